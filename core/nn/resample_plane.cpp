// The loops of resampling.
#include "core/nn/resample_plane.h"

#include <algorithm>

#include "core/tensor/registers.h"

namespace pentimento::nn::detail {
namespace {

std::int64_t ceil_div(std::int64_t a, std::int64_t b) {
    return a >= 0 ? (a + b - 1) / b : -(-a / b);
}

/// The taps that touch an output sample: y[j] = Σ_t taps[t] · x[first + t].
struct Touch {
    std::int64_t first;
    int tap;  ///< the first one's index; the next are `up` further on
};

Touch touch(const Fir& fir, std::int64_t j) {
    const std::int64_t first = ceil_div(j * fir.down - fir.pad, fir.up);
    return {first, static_cast<int>(fir.up * first - j * fir.down + fir.pad)};
}

// The loops below are compiled twice, for any processor of the architecture and for wider registers
// (Plan::run_wide); so they are part of what calls them.

/// Σ_t taps[t]·in[step·i + t] for i < count. Known counts let the compiler unroll and vectorise.
template <class T, int kTaps, int kStep>
PENTIMENTO_INLINE void correlate_known(const T* __restrict in, const T* taps_at, T* __restrict out,
                                       std::int64_t count) {
    T taps[kTaps];
    std::copy(taps_at, taps_at + kTaps, taps);
    for (std::int64_t i = 0; i < count; ++i) {
        T sum = 0;
        for (int t = 0; t < kTaps; ++t) sum += taps[t] * in[kStep * i + t];
        out[i] = sum;
    }
}

template <class T, int kStep>
PENTIMENTO_INLINE void correlate(const T* in, const std::vector<T>& taps, T* out,
                                 std::int64_t count) {
    switch (taps.size()) {
        case 1:
            return correlate_known<T, 1, kStep>(in, taps.data(), out, count);
        case 2:
            return correlate_known<T, 2, kStep>(in, taps.data(), out, count);
        case 3:
            return correlate_known<T, 3, kStep>(in, taps.data(), out, count);
        case 4:
            return correlate_known<T, 4, kStep>(in, taps.data(), out, count);
        case 6:
            return correlate_known<T, 6, kStep>(in, taps.data(), out, count);
        case 12:
            return correlate_known<T, 12, kStep>(in, taps.data(), out, count);
        default:
            for (std::int64_t i = 0; i < count; ++i) {
                out[i] = 0;
                for (std::size_t t = 0; t < taps.size(); ++t)
                    out[i] += taps[t] * in[kStep * i + static_cast<std::int64_t>(t)];
            }
    }
}

/// out[x] = Σ_l weights[l]·lines[l][x], or += with kAdd.
template <class T, int kLines, bool kAdd>
PENTIMENTO_INLINE void weigh_known(const T* const* lines_at, const T* weights_at, T* __restrict out,
                                   std::int64_t count) {
    const T* lines[kLines];
    T weights[kLines];
    std::copy(lines_at, lines_at + kLines, lines);
    std::copy(weights_at, weights_at + kLines, weights);
    for (std::int64_t x = 0; x < count; ++x) {
        T sum = kAdd ? out[x] : T(0);
        for (int l = 0; l < kLines; ++l) sum += weights[l] * lines[l][x];
        out[x] = sum;
    }
}

template <class T, bool kAdd>
PENTIMENTO_INLINE void weigh(const T* const* lines, const T* weights, int taken, T* out,
                             std::int64_t count) {
    switch (taken) {
        case 1:
            return weigh_known<T, 1, kAdd>(lines, weights, out, count);
        case 2:
            return weigh_known<T, 2, kAdd>(lines, weights, out, count);
        case 3:
            return weigh_known<T, 3, kAdd>(lines, weights, out, count);
        default:
            return weigh_known<T, 4, kAdd>(lines, weights, out, count);
    }
}

}  // namespace

template <class T>
Plan<T>::Plan(const Fir& f, std::int64_t h, std::int64_t w, std::int64_t oh, std::int64_t ow)
    : height(h), width(w), out_height(oh), out_width(ow), fir_(f) {
    taps_.assign(f.taps.begin(), f.taps.end());
    phase_count = ceil_div(ow, f.up);
    std::int64_t end = w;
    for (int phase = 0; phase < f.up; ++phase) {
        const Touch at = touch(f, phase);
        phase_first_[phase] = at.first;
        for (std::size_t k = static_cast<std::size_t>(at.tap); k < taps_.size();
             k += static_cast<std::size_t>(f.up))
            phase_taps_[phase].push_back(taps_[k]);
        before_ = std::max(before_, -at.first);
        end = std::max(end, at.first + f.down * (phase_count - 1) +
                                static_cast<std::int64_t>(phase_taps_[phase].size()));
    }
    buffer = before_ + end;
}

/// The lines that touch output row j, weighted and added up.
template <class T>
PENTIMENTO_INLINE void Plan<T>::gather(const T* in, std::int64_t j, T* middle) const {
    constexpr int kAtOnce = 4;
    const Touch at = touch(fir_, j);
    const T* lines[kAtOnce];
    T weights[kAtOnce];
    int taken = 0;
    bool begun = false;
    const auto add = [&]() __attribute__((always_inline)) {
        begun ? weigh<T, true>(lines, weights, taken, middle, width)
              : weigh<T, false>(lines, weights, taken, middle, width);
        begun = true;
        taken = 0;
    };
    std::int64_t source = at.first;
    for (std::size_t k = static_cast<std::size_t>(at.tap); k < taps_.size();
         k += static_cast<std::size_t>(fir_.up), ++source) {
        if (source < 0 || source >= height) continue;
        lines[taken] = in + source * width;
        weights[taken++] = taps_[k];
        if (taken == kAtOnce) add();
    }
    if (taken > 0) add();
    if (!begun) std::fill(middle, middle + width, T(0));
}

template <class T>
PENTIMENTO_INLINE void Plan<T>::run_loops(const T* in, T* out, T* row, T* phases) const {
    T* const middle = row + before_;
    for (std::int64_t j = 0; j < out_height; ++j, out += out_width) {
        gather(in, j, middle);
        if (fir_.up == 1) {
            const T* from = middle + phase_first_[0];
            fir_.down == 1 ? correlate<T, 1>(from, phase_taps_[0], out, out_width)
                           : correlate<T, 2>(from, phase_taps_[0], out, out_width);
            continue;
        }
        T* const odd = phases + phase_count;
        correlate<T, 1>(middle + phase_first_[0], phase_taps_[0], phases, phase_count);
        correlate<T, 1>(middle + phase_first_[1], phase_taps_[1], odd, phase_count);
        const std::int64_t pairs = out_width / 2;
        for (std::int64_t i = 0; i < pairs; ++i) {
            out[2 * i] = phases[i];
            out[2 * i + 1] = odd[i];
        }
        if (out_width % 2 != 0) out[out_width - 1] = phases[pairs];
    }
}

template <class T>
PENTIMENTO_AVX2 void Plan<T>::run_wide(const T* in, T* out, T* row, T* phases) const {
    run_loops(in, out, row, phases);
}

template <class T>
void Plan<T>::run(const T* in, T* out, T* row, T* phases) const {
    tensor::widest() >= tensor::Width::Avx2 ? run_wide(in, out, row, phases)
                                            : run_loops(in, out, row, phases);
}

template class Plan<float>;
template class Plan<double>;

}  // namespace pentimento::nn::detail
