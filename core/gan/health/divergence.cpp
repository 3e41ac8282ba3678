// Divergence: numbers run away, or pictures get much worse than they were.
#include <algorithm>
#include <cmath>

#include "core/gan/health/detector.h"
#include "core/gan/health/thresholds.h"

namespace pentimento::gan::health {
namespace {

using namespace thresholds;

/// How far scores are from "undecided", as logits, wherever that can be told: a probability's logit
/// is not measured, but a player that is wrong by that much pays as much.
double score_size(const LossView& loss, double d_real, double d_fake, double loss_g,
                  double loss_d) {
    if (loss.probability) return std::max(std::abs(loss_g), std::abs(loss_d));
    if (loss.relativistic || loss.unbounded) return std::abs(d_real - d_fake);
    return std::max(std::abs(d_real - loss.boundary), std::abs(d_fake - loss.boundary));
}

Finding exploded(const Situation& at) {
    const Curve &real = at.curve("d_real"), &fake = at.curve("d_fake");
    const auto d_real = recent_median(real, kWindow / 4), d_fake = recent_median(fake, kWindow / 4),
               loss_g = recent_median(at.curve("loss_g"), kWindow / 4),
               loss_d = recent_median(at.curve("loss_d"), kWindow / 4);
    if (!d_real || !d_fake || !loss_g || !loss_d) return {};
    const double size = score_size(at.loss, *d_real, *d_fake, *loss_g, *loss_d);
    const double limit = at.loss.unbounded ? kExplodedGap : kExplodedScore;
    if (size < limit) return {size < limit / 2 ? Sign::Clear : Sign::Between, {}, {}};
    const std::string metric = !at.loss.probability                    ? "d_fake"
                               : std::abs(*loss_g) > std::abs(*loss_d) ? "loss_g"
                                                                       : "loss_d";
    const double value = metric == "d_fake" ? *d_fake : metric == "loss_g" ? *loss_g : *loss_d;
    return {Sign::Bad,
            "The discriminator's scores have grown out of all proportion (" + number(size) +
                ", where a few units would do).",
            {evidence(at, metric, value, value < 0 ? -limit : limit, value >= 0)}};
}

Finding worsened(const Situation& at) {
    const KidCourse kid = kid_course(at);
    if (kid.count < 3) return {};
    double rise = std::max((kKidRise - 1) * kid.best, kKidRiseOfRange * (kid.first - kid.best));
    if (kid.best > kNeverBetter * kid.first)
        rise = std::min(rise, kWorseThanFirst * kid.first - kid.best);
    rise = std::max(rise, kKidErrors * kid.error);
    if (kid.now < kid.best + rise)
        return {kid.now < kid.best + rise / 2 ? Sign::Clear : Sign::Between, {}, {}};
    return {Sign::Bad,
            "The pictures have got much worse: KID " + number(kid.now) + ", after " +
                number(kid.best) + " at best.",
            {evidence(at, "kid", kid.now, kid.best + rise)}};
}

Finding find(const Situation& at) {
    if (at.broke_down >= 0 && at.step - at.broke_down < kBreakdownSteps)
        return {Sign::Bad,
                "Training broke down near step " + std::to_string(at.broke_down) +
                    ": its numbers left the range in which it can go on.",
                {}};
    Finding scores = exploded(at);
    if (scores.sign == Sign::Bad) return scores;
    Finding pictures = worsened(at);
    if (pictures.sign == Sign::Bad) return pictures;
    for (const Sign sign : {Sign::Between, Sign::Clear})
        if (scores.sign == sign || pictures.sign == sign) return {sign, {}, {}};
    return {};
}

std::vector<Remedy> remedies(const Situation& at) {
    RemedyList list(at.params);
    list.scale("Go back to the best state and halve both learning rates", {"lr_g", "lr_d"}, 0.5, 0,
               /*to_best=*/true);
    if (at.loss.unbounded)
        list.scale("Add a gradient penalty", {"gp_weight"}, 3, 10);
    else
        list.scale("More R1 penalty", {"r1_gamma"}, 3, 1);
    list.scale("Clip gradients", {"clip_gradients"}, 0.5, 10);
    list.to_best("Go back to the best state");
    return list.take();
}

}  // namespace

Detector divergence() {
    return {.info = {VerdictKind::Divergence, "divergence", "Training diverges",
                     "The two networks have driven each other out of the region where they learn: "
                     "scores grow without bound, a loss is no longer a number, or pictures get "
                     "worse and worse. The usual cause is a learning rate that is too high, or a "
                     "loss whose scale nothing holds. From here training rarely comes back by "
                     "itself. Go back to the best state and go on more slowly; a penalty on the "
                     "discriminator's slope or a limit on gradients keeps it from happening "
                     "again."},
            .triggers = {"loss_d", "kid", kBreakdown},
            .hold = 1,  // both signs are medians or repeated evaluations already
            .release = kReleaseRows,
            .find = find,
            .remedies = remedies};
}

}  // namespace pentimento::gan::health

namespace pentimento::gan {

bool HealthMonitor::hopeless(const MetricRow& row) const {
    std::map<std::string, double> value;
    for (const Metric& metric : row.metrics) value[metric.id] = metric.value;
    // Without a bound, a large score may be what the loss asks for.
    if (value.count("loss_d") == 0 || loss_->unbounded) return false;
    return health::score_size(*loss_, value["d_real"], value["d_fake"], value["loss_g"],
                              value["loss_d"]) > thresholds::kHopelessScore;
}

}  // namespace pentimento::gan
