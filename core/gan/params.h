// The parameters that all GAN training shares, each declared once. No torch here.
#pragma once

#include <cstdint>
#include <string>

#include "core/params/param_set.h"
#include "core/tensor/machine_params.h"

namespace pentimento::gan {

// Data
extern const Param<std::int64_t> kSize;
extern const Param<std::int64_t> kChannels;
extern const Param<bool> kFlips;
extern const Param<bool> kConditional;
extern const Param<std::int64_t> kClasses;
// Model; "arch" and "loss" list what is registered, so they are made when first asked for.
const Param<std::string>& arch_param();
const Param<std::string>& loss_param();
const Param<std::string>& augment_param();
extern const Param<std::int64_t> kLatent;
// Training
extern const Param<std::int64_t> kSteps;
extern const Param<std::int64_t> kBatch;
extern const Param<double> kLrG;
extern const Param<double> kLrD;
extern const Param<double> kBeta1;
extern const Param<double> kBeta2;
extern const Param<double> kWeightDecay;
extern const Param<std::string> kOptimiser;
extern const Param<std::string> kSchedule;
extern const Param<std::int64_t> kWarmUp;
extern const Param<double> kLrEnd;
extern const Param<double> kBeta2End;
extern const Param<double> kPenaltyEnd;
extern const Param<std::int64_t> kMicroBatch;
extern const Param<std::int64_t> kSeed;
// Balance
extern const Param<std::int64_t> kDSteps;
extern const Param<double> kSkipDBelow;
extern const Param<double> kLabelSmoothing;
extern const Param<double> kInstanceNoise;
extern const Param<std::int64_t> kInstanceNoiseSteps;
extern const Param<double> kClipGradients;
extern const Param<bool> kGeneratorFirst;
extern const Param<bool> kAverageDLoss;
extern const Param<std::int64_t> kEvaluationModeAfter;
extern const Param<bool> kRollBack;
// Augmentation
extern const Param<double> kAugmentStrength;
extern const Param<double> kAdaTarget;
extern const Param<double> kAdaKimg;
// Pictures
extern const Param<double> kEmaDecay;
extern const Param<double> kEmaRamp;
extern const Param<std::int64_t> kSampleEvery;
extern const Param<std::int64_t> kPreviewCount;
extern const Param<std::int64_t> kMetricsEvery;
// Evaluation
extern const Param<std::int64_t> kEvaluateEvery;
extern const Param<std::int64_t> kEvaluateCount;
extern const Param<std::string> kEvaluateFeatures;
// Machine
extern const Param<std::string> kPrecision;
using tensor::kDevice;
using tensor::kThreads;

}  // namespace pentimento::gan
