// The moving average of weights.
#include "core/nn/ema.h"

#include <algorithm>

namespace pentimento::nn {

double ema_decay_at(double decay, std::int64_t updates) {
    const auto n = static_cast<double>(updates);
    return std::min(decay, (1.0 + n) / (10.0 + n));
}

void ema_update(torch::nn::Module& average, const torch::nn::Module& model, double decay) {
    torch::NoGradGuard no_grad;
    const auto blend = [decay](torch::Tensor to, const torch::Tensor& from) {
        if (to.is_floating_point())
            to.lerp_(from, 1.0 - decay);
        else
            to.copy_(from);
    };
    const auto parameters = model.parameters(), averaged = average.parameters();
    for (std::size_t i = 0; i < averaged.size(); ++i) blend(averaged[i], parameters[i]);
    const auto buffers = model.buffers(), averaged_buffers = average.buffers();
    for (std::size_t i = 0; i < averaged_buffers.size(); ++i)
        blend(averaged_buffers[i], buffers[i]);
}

void ema_update_by(torch::nn::Module& average, const torch::nn::Module& model,
                   const tensor::Dial& share) {
#ifdef PENTIMENTO_CUDA
    if (share.lasts()) {
        torch::NoGradGuard no_grad;
        std::vector<torch::Tensor> to, from;
        const auto add = [&](const std::vector<torch::Tensor>& averaged,
                             const std::vector<torch::Tensor>& current) {
            for (std::size_t i = 0; i < averaged.size(); ++i) {
                if (!averaged[i].is_floating_point()) {
                    torch::Tensor counter = averaged[i];
                    counter.copy_(current[i]);
                    continue;
                }
                to.push_back(averaged[i]);
                from.push_back(current[i].detach());
            }
        };
        add(average.parameters(), model.parameters());
        add(average.buffers(), model.buffers());
        auto way = at::_foreach_sub(from, to);
        at::_foreach_mul_(way, share.tensor());
        at::_foreach_add_(to, way);
        return;
    }
#endif
    ema_update(average, model, 1 - share.value());
}

void copy_state(torch::nn::Module& to, const torch::nn::Module& from) {
    ema_update(to, from, 0.0);
}

}  // namespace pentimento::nn
