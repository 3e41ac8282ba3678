// The parameters of a style run, each declared once. No torch here.
#pragma once

#include <cstdint>
#include <string>

#include "core/params/param_set.h"
#include "core/tensor/machine_params.h"

namespace pentimento::style {

// Picture
extern const Param<std::string> kMethod;
extern const Param<std::int64_t> kSize;
extern const Param<double> kStyleSize;
extern const Param<std::string> kInit;
extern const Param<std::string> kColour;
extern const Param<std::string> kScales;
extern const Param<std::int64_t> kMinSize;
extern const Param<std::int64_t> kStepsPerScale;
extern const Param<std::int64_t> kTile;
// Weights
extern const Param<double> kStrength;
extern const Param<double> kContentWeight;
extern const Param<double> kStyleWeight;
extern const Param<double> kTvWeight;
const Param<double>& style_weight_param(int index);  ///< of one picture; index from 0
// Features; these list what is registered, so they are made when first asked for.
const Param<std::string>& features_param();
const Param<std::string>& content_layer_param(const std::string& features);
extern const Param<std::string> kMoreContentLayers;
extern const Param<std::string> kStyleLoss;
extern const Param<std::string> kStyleLayers;
extern const Param<std::string> kLayerWeights;
extern const Param<std::string> kLossScale;
extern const Param<std::string> kTv;
extern const Param<std::string> kPooling;
extern const Param<std::string> kPreprocessing;
// Optimisation
extern const Param<std::int64_t> kSteps;
extern const Param<std::string> kOptimiser;
extern const Param<double> kLearningRate;
extern const Param<std::string> kSchedule;
extern const Param<double> kBeta1;
extern const Param<double> kEpsilon;
extern const Param<double> kAveraging;
extern const Param<std::int64_t> kSeed;
extern const Param<std::int64_t> kSampleEvery;
// Machine
using tensor::kDevice;
using tensor::kThreads;

}  // namespace pentimento::style
