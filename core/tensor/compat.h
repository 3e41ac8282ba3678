// The only place that knows how LibTorch 1.13, 2.6 and 2.11 differ.
#pragma once

#include <ATen/autocast_mode.h>
#include <torch/torch.h>
#include <torch/version.h>

namespace pentimento::tensor {

/// Products of matrices [n, i, k] and [n, k, j], float32 whatever they are made of.
inline torch::Tensor wide_bmm(const torch::Tensor& a, const torch::Tensor& b) {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 9)
    if (a.is_cuda() && a.scalar_type() != at::kFloat) return at::bmm(a, b, at::kFloat);
#endif
    return at::bmm(a.to(at::kFloat), b.to(at::kFloat));
}

/// Heavy products in bfloat16 while it lives, sums in float32 ("mixed precision": Micikevicius et
/// al. 2017, arXiv:1710.03740; bfloat16 needs no loss scaling). Does nothing when not enabled.
class Autocast {
  public:
    Autocast(bool enabled, const torch::Device& device)
        : enabled_(enabled), cuda_(device.is_cuda()) {
        if (enabled_) set(true);
    }
    ~Autocast() {
        if (!enabled_) return;
        set(false);
        at::autocast::clear_cache();
    }
    Autocast(const Autocast&) = delete;
    Autocast& operator=(const Autocast&) = delete;

  private:
    void set(bool on) const {
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
        const auto type = cuda_ ? at::kCUDA : at::kCPU;
        at::autocast::set_autocast_dtype(type, at::kBFloat16);
        at::autocast::set_autocast_enabled(type, on);
#else
        if (cuda_) {
            at::autocast::set_autocast_gpu_dtype(at::kBFloat16);
            at::autocast::set_enabled(on);
        } else {
            at::autocast::set_autocast_cpu_dtype(at::kBFloat16);
            at::autocast::set_cpu_enabled(on);
        }
#endif
    }
    bool enabled_;
    bool cuda_;
};

/// The type that heavy products of this device are computed in at present: `type` itself outside
/// of mixed precision, and for what it leaves alone (float64, whole numbers).
inline at::ScalarType product_type(const torch::Device& device, at::ScalarType type) {
    if (type != at::kFloat) return type;
#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 4)
    return at::autocast::is_autocast_enabled(device.type())
               ? at::autocast::get_autocast_dtype(device.type())
               : type;
#else
    if (device.is_cuda())
        return at::autocast::is_enabled() ? at::autocast::get_autocast_gpu_dtype() : type;
    return at::autocast::is_cpu_enabled() ? at::autocast::get_autocast_cpu_dtype() : type;
#endif
}

/// "1.13.1", "2.11.0+cu130": what the program was built against.
inline const char* torch_version() {
    return TORCH_VERSION;
}

}  // namespace pentimento::tensor
