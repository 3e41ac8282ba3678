// What a loss's numbers mean, so that curves of all losses are judged on one scale. No torch here.
#pragma once

#include "core/params/param_set.h"

namespace pentimento::gan {

struct LossView {
    bool probability = true;    ///< scores are probabilities of being real
    bool relativistic = false;  ///< only differences of scores mean anything
    bool unbounded = false;     ///< a perfect discriminator's loss has no lower bound (Wasserstein)
    double boundary = 0;        ///< the score at which the discriminator is undecided
    double chance = 0;          ///< loss_d when the discriminator cannot tell at all …
    double floor = 0;           ///< … and when it always can

    /// 0: it guesses, 1: it is always sure and right. Meaningless for an unbounded loss.
    double certainty(double loss_d) const { return (chance - loss_d) / (chance - floor); }
};

/// Measured on the registered loss itself, so that a new loss needs no line here.
LossView loss_view(const ParamSet& params);

}  // namespace pentimento::gan
