// The discriminator wins: it is always right and sure, and the generator gets nowhere. A strong
// discriminator alone is no fault: critics of WGAN-GP and R3GAN are meant to be strong, and many
// trainings with cross-entropy give good pictures under one.
#include "core/gan/health/detector.h"
#include "core/gan/health/thresholds.h"

namespace pentimento::gan::health {
namespace {

using namespace thresholds;

struct Starved {
    Sign sign = Sign::Unknown;
    std::string text;
    std::optional<Evidence> evidence;
};

/// By the pictures where they are measured: they tell what the losses only suggest.
Starved starved_by_kid(const Situation& at, const KidCourse& kid) {
    const Curve& curve = at.curve("kid");
    // The best before the last three evaluations against the best of those.
    double before = curve.front().second, lately = curve.back().second;
    for (std::size_t i = 0; i + 3 < curve.size(); ++i) before = std::min(before, curve[i].second);
    for (std::size_t i = curve.size() - 3; i < curve.size(); ++i)
        lately = std::min(lately, curve[i].second);
    const double gain = (before - lately) / std::max(before, 1e-12);
    if (gain > kStalledGain) return {Sign::Clear, {}, {}};
    if (kid.now < kGoodKid * kid.first) return {Sign::Clear, {}, {}};
    return {Sign::Bad,
            "the pictures do not get better (KID " + number(kid.now) + ", at best " +
                number(kid.best) + ")",
            evidence(at, "kid", kid.now, before * (1 - kStalledGain))};
}

Starved starved_by_losses(const Situation& at) {
    const Curve& gradient = at.curve("grad_g");
    if (gradient.size() >= 3 * kWindow) {
        const Curve early(gradient.begin(), gradient.begin() + 2 * kWindow);
        const double before = median(last(early, 2 * kWindow)),
                     now = *recent_median(gradient, kWindow);
        if (now < kStarvedGradient * before)
            return {
                Sign::Bad,
                "the generator's gradient has fallen from " + number(before) + " to " + number(now),
                evidence(at, "grad_g", now, kStarvedGradient * before, false)};
    }
    const auto score = recent_median(at.curve("d_fake_after"), 3 * kWindow);
    if (!score) return {};
    if (at.loss.probability && *score < kStarvedScore)
        return {Sign::Bad, "it takes none of the made pictures for real",
                evidence(at, "d_fake_after", *score, kStarvedScore, false)};
    return {Sign::Clear, {}, {}};
}

Finding find(const Situation& at) {
    if (at.loss.unbounded) return {Sign::Clear, {}, {}};
    const auto loss = recent_median(at.curve("loss_d"), kWindow);
    const auto accuracy = recent_median(at.curve("accuracy"), kWindow);
    if (!loss || !accuracy) return {};
    const double certainty = at.loss.certainty(*loss);
    if (certainty < kWinningWhileStalled.cleared) return {Sign::Clear, {}, {}};
    const KidCourse kid = kid_course(at);
    const bool measured = kid.count >= 4;
    const Starved starved = measured ? starved_by_kid(at, kid) : starved_by_losses(at);
    const Winning& limits = measured && starved.sign == Sign::Bad ? kWinningWhileStalled : kWinning;
    if (certainty < limits.cleared) return {Sign::Clear, {}, {}};
    if (certainty < limits.certainty) return {Sign::Between, {}, {}};
    // A relativistic discriminator has no boundary that a picture could be right or wrong of.
    const bool by_accuracy = !at.loss.relativistic;
    if (by_accuracy && *accuracy < limits.accuracy) return {Sign::Between, {}, {}};
    if (starved.sign != Sign::Bad) return {starved.sign, {}, {}};
    Finding found{Sign::Bad,
                  by_accuracy ? "The discriminator puts " + percent(*accuracy) +
                                    " of all pictures on the right side, and " + starved.text + "."
                              : "The discriminator ranks real above made pictures almost without "
                                "fail (loss " +
                                    number(*loss) + "), and " + starved.text + ".",
                  {}};
    if (by_accuracy) found.evidence.push_back(evidence(at, "accuracy", *accuracy, limits.accuracy));
    found.evidence.push_back(
        evidence(at, "loss_d", *loss,
                 at.loss.chance - limits.certainty * (at.loss.chance - at.loss.floor), false));
    found.evidence.push_back(*starved.evidence);
    return found;
}

std::vector<Remedy> remedies(const Situation& at) {
    RemedyList list(at.params);
    if (const auto steps = at.params.value("d_steps"); steps != ParamValue(std::int64_t{1}))
        list.scale("One discriminator step a generator step", {"d_steps"}, 0);
    list.scale("Halve the discriminator's learning rate", {"lr_d"}, 0.5);
    if (at.params.value("skip_d_below") == ParamValue(0.0))
        list.scale("Skip the discriminator while it is far ahead", {"skip_d_below"}, 1,
                   at.loss.floor + 0.3 * (at.loss.chance - at.loss.floor));
    list.scale("Add noise to all pictures", {"instance_noise"}, 1.5, 0.1);
    list.scale("More R1 penalty", {"r1_gamma"}, 3, 1);
    return list.take();
}

}  // namespace

Detector discriminator_wins() {
    return {.info = {VerdictKind::DiscriminatorWins, "d_wins", "The discriminator is winning",
                     "The discriminator tells made from real pictures with ease and is sure of it. "
                     "Then whatever the generator tries is wrong to the same degree, so it cannot "
                     "learn which way is better. A strong discriminator is no fault as long as the "
                     "pictures improve; here they do not. Slow the discriminator down, or make its "
                     "task harder."},
            .triggers = {"loss_d"},
            .hold = kHoldRows,
            .release = kReleaseRows,
            .find = find,
            .remedies = remedies};
}

}  // namespace pentimento::gan::health
