// Resampling of a single plane: the loops of core/nn/resample, without LibTorch, so that they can
// be compiled with more optimisation than all the rest.
#pragma once

#include <cstdint>
#include <vector>

namespace pentimento::nn {

/// One axis of a resampling; both axes are treated alike.
/// y[j] = Σ_k taps[k] · z[j·down + k − pad], where z is x with up − 1 zeros after each sample and
/// is zero outside. `pad` may be negative: it then skips samples.
struct Fir {
    std::vector<double> taps;
    int up = 1;    ///< 1 or 2
    int down = 1;  ///< 1 or 2; 1 if up is 2
    std::int64_t pad = 0;
};

namespace detail {

/// Everything about a resampling but the pixels. For float and double.
template <class T>
class Plan {
  public:
    Plan(const Fir& fir, std::int64_t height, std::int64_t width, std::int64_t out_height,
         std::int64_t out_width);
    /// One plane. `row` holds `buffer` zeros and `phases` 2·phase_count numbers.
    void run(const T* in, T* out, T* row, T* phases) const;

    std::int64_t height, width, out_height, out_width;
    std::int64_t buffer = 0;       ///< length of a row with the zeros around it
    std::int64_t phase_count = 0;  ///< output columns of a phase, rounded up

  private:
    void gather(const T* in, std::int64_t j, T* middle) const;
    void run_loops(const T* in, T* out, T* row, T* phases) const;
    void run_wide(const T* in, T* out, T* row, T* phases) const;

    Fir fir_;
    std::vector<T> taps_;
    std::vector<T> phase_taps_[2];   ///< by (output column mod up)
    std::int64_t phase_first_[2]{};  ///< source column of output column `phase`
    std::int64_t before_ = 0;        ///< zeros before a row in the buffer
};

}  // namespace detail
}  // namespace pentimento::nn
