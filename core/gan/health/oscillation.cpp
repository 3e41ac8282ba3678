// Oscillation: the pictures of fixed latents keep changing into others instead of settling.
#include "core/gan/health/detector.h"
#include "core/gan/health/thresholds.h"

namespace pentimento::gan::health {
namespace {

using namespace thresholds;

Finding find(const Situation& at) {
    const Curve& change = at.curve("fixed_change");
    if (change.size() < 2 * kChangeReadings) return {};
    const Curve earlier(change.begin(), change.end() - kChangeReadings);
    const double now = *recent_median(change, kChangeReadings),
                 before = *recent_median(earlier, kChangeReadings);
    if (now < kChangeCleared) return {Sign::Clear, {}, {}};
    if (now < kRestlessChange || now < kChangeNotFalling * before) return {Sign::Between, {}, {}};
    return {Sign::Bad,
            "The pictures do not settle: in 50 steps they change by " + percent(now) +
                " of the full range, and it does not become less (" + percent(before) + " before).",
            {evidence(at, "fixed_change", now, kRestlessChange)}};
}

std::vector<Remedy> remedies(const Situation& at) {
    RemedyList list(at.params);
    list.scale("Halve both learning rates", {"lr_g", "lr_d"}, 0.5);
    list.scale("More R1 penalty", {"r1_gamma"}, 3, 1);
    list.scale("Clip gradients", {"clip_gradients"}, 0.5, 10);
    return list.take();
}

}  // namespace

Detector oscillation() {
    return {.info = {VerdictKind::Oscillation, "oscillation", "Training goes in circles",
                     "The picture of one and the same latent keeps turning into another. The "
                     "generator runs after the discriminator and the discriminator after the "
                     "generator, and neither settles. Learning rates that are too high are the "
                     "usual cause. Lower both, or add an R1 penalty, which is known to end such "
                     "circles."},
            .triggers = {"fixed_change"},
            .hold = kHoldEvaluations,
            .release = kReleaseEvaluations,
            .find = find,
            .remedies = remedies};
}

}  // namespace pentimento::gan::health
