// The only place that knows how LibTorch 1.13, 2.6 and 2.11 differ.
#pragma once

#include <torch/torch.h>
#include <torch/version.h>

#include <string>
#include <type_traits>

namespace pentimento::tensor {

namespace detail {
template <class Optimizer>
auto state_key(const Optimizer& optimizer, const torch::Tensor& parameter) {
    using Key = typename std::decay_t<decltype(optimizer.state())>::key_type;
    // 1.13 keys an optimiser's state by the parameter's address as text, 2.x by the address.
    if constexpr (std::is_same_v<Key, std::string>)
        return c10::guts::to_string(parameter.unsafeGetTensorImpl());
    else
        return static_cast<Key>(parameter.unsafeGetTensorImpl());
}
}  // namespace detail

/// The key of `parameter` in `optimizer.state()`.
inline auto optimiser_state_key(const torch::optim::Optimizer& optimizer,
                                const torch::Tensor& parameter) {
    return detail::state_key(optimizer, parameter);
}

/// "1.13.1", "2.11.0+cu130": what the program was built against.
inline const char* torch_version() {
    return TORCH_VERSION;
}

}  // namespace pentimento::tensor
