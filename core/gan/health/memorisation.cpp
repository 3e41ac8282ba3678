// Memorisation: made pictures are copies of training pictures.
#include "core/gan/health/detector.h"
#include "core/gan/health/thresholds.h"

namespace pentimento::gan::health {
namespace {

using namespace thresholds;

Finding find(const Situation& at) {
    const Curve& nearest = at.curve("nearest");
    if (nearest.empty()) return {};
    const double now = nearest.back().second;
    if (now >= kCopiedDistance) return {now < kCopiedCleared ? Sign::Between : Sign::Clear, {}, {}};
    return {Sign::Bad,
            "Made pictures are copies of training pictures: they lie " + percent(now) +
                " as far from the nearest one as training pictures lie from each other.",
            {evidence(at, "nearest", now, kCopiedDistance, false)}};
}

std::vector<Remedy> remedies(const Situation& at) {
    RemedyList list(at.params);
    if (at.params.value("augment") != ParamValue(std::string("none")))
        list.scale("More augmentation", {"augment_strength"}, 1.5, 0.3);
    list.scale("Halve both learning rates", {"lr_g", "lr_d"}, 0.5);
    return list.take();
}

}  // namespace

Detector memorisation() {
    return {.info = {VerdictKind::Memorisation, "memorisation", "Copies of training pictures",
                     "The generator reproduces pictures that it was trained on instead of making "
                     "new ones. That happens when the dataset is small and training goes on for "
                     "long. The pictures look excellent, and figures such as KID praise them, but "
                     "nothing new comes out. Only more pictures help for sure; augmentation and an "
                     "earlier state help a little."},
            .triggers = {"nearest"},
            .hold = kHoldEvaluations,
            .release = kReleaseEvaluations,
            .find = find,
            .remedies = remedies};
}

}  // namespace pentimento::gan::health
