// Every number that decides a verdict, to be moved by the calibration's tuning runs only
// (docs/HEALTH.md).
#pragma once

#include <cstdint>

namespace pentimento::gan::thresholds {

/// Losses and scores are judged by the median of this many rows, so that a batch counts little.
constexpr std::size_t kWindow = 20;
/// Looks in a row (a look a row) before a verdict from losses is raised, and before it is cleared.
constexpr int kHoldRows = 10;
constexpr int kReleaseRows = 20;
/// The same for verdicts from evaluations, which are rare and each a mean over many pictures.
constexpr int kHoldEvaluations = 2;
constexpr int kReleaseEvaluations = 2;

// The discriminator wins
/// How right and how certain (LossView::certainty) it is, and the certainty below which the verdict
/// is cleared: alone, and where the measured pictures say that the generator gets nowhere.
struct Winning {
    double accuracy, certainty, cleared;
};
constexpr Winning kWinning{0.98, 0.9, 0.8};
constexpr Winning kWinningWhileStalled{0.95, 0.8, 0.7};
constexpr double kStarvedGradient = 0.1;   ///< the generator's, as a share of what it was
constexpr double kStarvedScore = 0.01;     ///< d_fake_after as a probability
constexpr double kStalledGain = 0.1;       ///< KID's fall over the last evaluations, as a share
constexpr double kGoodKid = 0.3;           ///< share of the first KID below which all is well

// The discriminator overfits
constexpr double kOverfittingRt = 0.6;       ///< Karras et al. 2020, arXiv:2006.06676: ADA's target
constexpr double kOverfittingRtAlone = 0.9;  ///< without a KID to confirm it
constexpr double kOverfittingRise = 1.3;     ///< KID against its best
constexpr double kOverfittingPasses = 10;  ///< through the dataset, before it can be known by heart

// Mode collapse
constexpr double kCollapsedDiversity = 0.4;
constexpr double kDiversityCleared = 0.55;
constexpr double kNeverDiverse = 0.2;     ///< while it was never higher than kDiversityCleared
constexpr double kDiversityRises = 1.15;  ///< over three evaluations, in a young training
constexpr double kCollapsedRecall = 0.3;  ///< as a share of its best …
constexpr double kBestRecall = 0.15;      ///< … which must have been at least this
constexpr double kHeldPrecision = 0.5;    ///< precision as a share of its best

// Memorisation
constexpr double kCopiedDistance = 0.6;  ///< held-out real pictures lie about 1 away
constexpr double kCopiedCleared = 0.75;

// Divergence
constexpr double kExplodedScore = 100;    ///< distance from the boundary, as a logit
constexpr double kHopelessScore = 1e4;    ///< at which a run goes back by itself
constexpr double kExplodedGap = 1e4;      ///< between scores, for losses without a bound
constexpr double kKidRise = 2.5;          ///< KID against its best
constexpr double kKidRiseOfRange = 0.15;  ///< and by this share of how far it had fallen
constexpr double kNeverBetter = 0.8;      ///< best KID as a share of the first: never improved …
constexpr double kWorseThanFirst = 1.25;  ///< … and is worse now than at first
constexpr double kKidErrors = 3;          ///< and by this many standard errors
constexpr std::int64_t kBreakdownSteps = 200;  ///< steps for which a breakdown is remembered

// Oscillation
constexpr std::size_t kChangeReadings = 3;  ///< of fixed_change, and as many to compare with
constexpr double kChangeNotFalling = 0.8;   ///< now, as a share of before
constexpr double kRestlessChange = 0.15;    ///< of the full range in 50 steps
constexpr double kChangeCleared = 0.1;

}  // namespace pentimento::gan::thresholds
