// The discriminator overfits: it knows the training pictures by heart instead of what makes them
// real. Karras et al. 2020 (arXiv:2006.06676): r_t rises towards 1 and the pictures get worse.
#include "core/gan/health/detector.h"
#include "core/gan/health/thresholds.h"

namespace pentimento::gan::health {
namespace {

using namespace thresholds;

/// Passes through the dataset so far; nothing when its size is not known.
std::optional<double> passes(const Situation& at) {
    if (at.pictures <= 0) return std::nullopt;
    const auto batch = std::get<std::int64_t>(at.params.value("batch"));
    const auto d_steps = std::get<std::int64_t>(at.params.value("d_steps"));
    return static_cast<double>(at.step * batch * d_steps) / static_cast<double>(at.pictures);
}

Finding find(const Situation& at) {
    // Where scores have no fixed boundary, neither has r_t.
    if (at.loss.unbounded || at.loss.relativistic) return {Sign::Clear, {}, {}};
    const auto r_t = recent_median(at.curve("r_t"), 2 * kWindow);
    if (!r_t) return {};
    if (*r_t < kOverfittingRt - 0.1) return {Sign::Clear, {}, {}};
    if (*r_t < kOverfittingRt) return {Sign::Between, {}, {}};
    const auto seen = passes(at);
    if (seen && *seen < kOverfittingPasses) return {Sign::Clear, {}, {}};

    const KidCourse kid = kid_course(at);
    Finding found{Sign::Bad, {}, {evidence(at, "r_t", *r_t, kOverfittingRt)}};
    const std::string known = "The discriminator is sure of its training pictures (r_t " +
                              number(*r_t) + (seen ? " after " + number(*seen) + " passes" : "") +
                              ")";
    if (kid.count >= 4) {
        const double limit = kOverfittingRise * kid.best + kKidErrors * kid.error;
        // A rise is a rise only after pictures had become better.
        if (kid.now < limit || kid.best > 0.7 * kid.first) return {Sign::Clear, {}, {}};
        found.text = known + ", and the pictures have got worse again (KID " + number(kid.now) +
                     ", at best " + number(kid.best) + ").";
        found.evidence.push_back(evidence(at, "kid", kid.now, limit));
        return found;
    }
    if (*r_t < kOverfittingRtAlone || !seen) return {Sign::Between, {}, {}};
    found.text = known + ": it probably knows them by heart.";
    return found;
}

std::vector<Remedy> remedies(const Situation& at) {
    RemedyList list(at.params);
    if (at.params.value("augment") != ParamValue(std::string("none")))
        list.scale("More augmentation", {"augment_strength"}, 1.5, 0.3);
    list.scale("More R1 penalty", {"r1_gamma"}, 3, 1);
    list.scale("Go back to the best state and halve the discriminator's learning rate", {"lr_d"},
               0.5, 0, /*to_best=*/true);
    return list.take();
}

}  // namespace

Detector discriminator_overfits() {
    return {.info = {VerdictKind::DiscriminatorOverfits, "d_overfits", "The discriminator overfits",
                     "The discriminator has seen the training pictures so often that it knows them "
                     "by heart. It then calls everything else made, whether it looks real or not, "
                     "and its advice to the generator becomes worthless; pictures get worse after "
                     "they had become good. Small datasets are where this happens. More pictures "
                     "help most, then augmentation (which is chosen when a training begins), then "
                     "an R1 penalty."},
            .triggers = {"r_t"},
            .hold = kHoldRows,
            .release = kReleaseRows,
            .find = find,
            .remedies = remedies};
}

}  // namespace pentimento::gan::health
