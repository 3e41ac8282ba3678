// Mode collapse: the generator makes few kinds of pictures, however different the latents are.
#include <algorithm>

#include "core/gan/health/detector.h"
#include "core/gan/health/thresholds.h"

namespace pentimento::gan::health {
namespace {

using namespace thresholds;

double highest(const Curve& curve) {
    double best = curve.front().second;
    for (const auto& [step, value] : curve) best = std::max(best, value);
    return best;
}

Finding find(const Situation& at) {
    const Curve& diversity = at.curve("diversity");
    if (diversity.empty()) return {};
    const double now = diversity.back().second;
    // A young generator's pictures are all alike, too, and become different by and by.
    const bool young = highest(diversity) < kDiversityCleared;
    const bool rises =
        diversity.size() < 3 || now > kDiversityRises * diversity[diversity.size() - 3].second;
    const double limit = young ? kNeverDiverse : kCollapsedDiversity;
    if (now < limit && young && rises) return {Sign::Between, {}, {}};
    if (now < limit)
        return {Sign::Bad,
                "Made pictures are alike: they differ by " + percent(now) +
                    " of what real ones differ by.",
                {evidence(at, "diversity", now, limit, false)}};
    const Curve &recall = at.curve("recall"), &precision = at.curve("precision");
    if (recall.size() >= 3 && precision.size() >= 3) {
        const double best = highest(recall), left = recall.back().second,
                     good = precision.back().second;
        if (best >= kBestRecall && left < kCollapsedRecall * best &&
            good >= kHeldPrecision * highest(precision))
            return {Sign::Bad,
                    "The generator leaves kinds of pictures out: it covers " + percent(left) +
                        " of the real ones, after " + percent(best) + " at best.",
                    {evidence(at, "recall", left, kCollapsedRecall * best, false),
                     evidence(at, "precision", good, kHeldPrecision * highest(precision)),
                     evidence(at, "diversity", now, kCollapsedDiversity, false)}};
    }
    return {now < kDiversityCleared ? Sign::Between : Sign::Clear, {}, {}};
}

std::vector<Remedy> remedies(const Situation& at) {
    RemedyList list(at.params);
    list.scale("Go back to the best state and halve both learning rates", {"lr_g", "lr_d"}, 0.5, 0,
               /*to_best=*/true);
    list.to_best("Go back to the best state");
    list.scale("Halve the generator's learning rate", {"lr_g"}, 0.5);
    list.scale("More R1 penalty", {"r1_gamma"}, 3, 1);
    return list.take();
}

}  // namespace

Detector mode_collapse() {
    return {.info = {VerdictKind::ModeCollapse, "mode_collapse", "Mode collapse",
                     "The generator has found a few pictures that pass and makes little else: "
                     "different latents give nearly the same picture. The discriminator learns to "
                     "reject them, the generator moves on to the next few, and neither gets "
                     "anywhere. It rarely heals by itself. Go back to a state before it and train "
                     "more gently; a minibatch standard deviation layer or a relativistic loss "
                     "(both chosen when a training begins) make it rarer."},
            .triggers = {"diversity"},
            .hold = kHoldEvaluations,
            .release = kReleaseEvaluations,
            .find = find,
            .remedies = remedies};
}

}  // namespace pentimento::gan::health
