// Work that does not depend on each other, at the same time on a graphics card: small products of
// matrices, of which one alone would leave most of the card idle.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <memory>

namespace pentimento::tensor {

class SideBySide {
  public:
    /// With up to `lanes` streams of `device`; on the CPU things are done one after the other.
    SideBySide(const torch::Device& device, std::size_t lanes);
    ~SideBySide();
    SideBySide(SideBySide&&) noexcept;
    SideBySide& operator=(SideBySide&&) noexcept;

    /// Does work(0) … work(count − 1) after all that the current stream has to do; what this stream
    /// gets next waits for all of them. Tensors from outside must live until then. Can be recorded
    /// (core/tensor/recorder.h).
    void each(std::size_t count, const std::function<void(std::size_t)>& work) const;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::tensor
