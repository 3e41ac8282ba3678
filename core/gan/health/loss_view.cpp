// The one file of health that sees torch: it asks the registered loss what it pays for.
#include "core/gan/health/loss_view.h"

#include <algorithm>

#include "core/gan/params.h"
#include "core/gan/registry.h"
#include "core/tensor/random.h"

namespace pentimento::gan {

LossView loss_view(const ParamSet& params) {
    const Loss& loss = *loss_registry().find(params.get(loss_param()));
    LossView view;
    view.probability = loss.probability;
    view.relativistic = loss.relativistic;
    view.boundary = loss.probability ? 0.5 : loss.boundary;

    const torch::NoGradGuard no_grad;
    const auto paid = [&](double margin) {
        LossContext context;
        context.label_smoothing = params.get(kLabelSmoothing);
        context.random = at::detail::createCPUGenerator(0);
        const auto parts = loss.discriminator(torch::full({1}, loss.boundary + margin),
                                              torch::full({1}, loss.boundary - margin), context);
        return std::pair(parts.real.item<double>(), parts.fake.item<double>());
    };
    const auto undecided = paid(0);
    view.chance = undecided.first + undecided.second;
    auto best = undecided;
    for (const double margin : {0.5, 1.0, 2.0, 3.0, 5.0, 10.0}) {
        const auto now = paid(margin);
        best = {std::min(best.first, now.first), std::min(best.second, now.second)};
    }
    view.floor = best.first + best.second;
    const auto sure = paid(10), surer = paid(20);
    view.unbounded = surer.first + surer.second < sure.first + sure.second - 1;
    if (params.get(kAverageDLoss)) {
        view.chance /= 2;
        view.floor /= 2;
    }
    return view;
}

}  // namespace pentimento::gan
