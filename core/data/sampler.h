// Which picture comes next. The order depends on (seed, epoch) only, so the number of pictures
// drawn so far is all there is to save. No torch here: tensors begin in core/tensor/batch.h.
#pragma once

#include <cstdint>
#include <vector>

namespace pentimento {

struct Draw {
    std::int64_t index = 0;  ///< picture in the dataset
    bool flip = false;       ///< mirror it left to right
};

class Sampler {
  public:
    /// `count` pictures, 1 or more. With `flips`, half of the draws are mirrored.
    Sampler(std::int64_t count, std::uint64_t seed, bool flips);

    /// The next pictures; every epoch visits each picture once, in an order of its own.
    std::vector<Draw> draw(std::int64_t pictures);

    /// Pictures drawn so far.
    std::int64_t cursor() const { return cursor_; }
    /// Continue as if `cursor` pictures had been drawn.
    void seek(std::int64_t cursor) { cursor_ = cursor; }

  private:
    std::int64_t count_;
    std::uint64_t seed_;
    bool flips_;
    std::int64_t cursor_ = 0;
    std::int64_t epoch_ = -1;  ///< whose order is held
    std::vector<std::uint32_t> order_;
};

}  // namespace pentimento
