// The settings of training a style network, each declared once. No torch here.
#pragma once

#include <cstdint>
#include <string>

#include "core/params/param_set.h"
#include "core/tensor/machine_params.h"

namespace pentimento::style::train {

extern const Param<std::string> kNetwork;  ///< "features", "decoder" or "painter"
extern const Param<std::int64_t> kSteps;
extern const Param<std::int64_t> kBatch;
extern const Param<std::int64_t> kCrop;
extern const Param<double> kLearningRate;
extern const Param<std::int64_t> kWidth;      ///< of a painter
extern const Param<std::int64_t> kStyleEdge;  ///< of a painter's style picture
extern const Param<double> kContentWeight;
extern const Param<double> kStyleWeight;
extern const Param<double> kTvWeight;
extern const Param<double> kIdentityWeight;
extern const Param<std::int64_t> kSeed;
extern const Param<std::int64_t> kSampleEvery;
using tensor::kDevice;
using tensor::kThreads;

}  // namespace pentimento::style::train
