// Teaches the small built-in feature network to see as VGG-19 does.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/result.h"
#include "core/session/run.h"
#include "core/style/train/style_training.h"

namespace pentimento::style::train {

/// The first step solves each of the student's layers in closed form: of the teacher's channels
/// those are kept that explain most of the others, and least squares finds the filters that compute
/// them from the student's own layer before (He, Zhang, Sun 2017, arXiv:1707.06168). The steps
/// after it refine all layers together: a linear map of the student's features must give the
/// teacher's (Wang and others 2020, arXiv:2003.08436). Every teacher channel is scaled to a mean of
/// 1 on pictures, so that the student's features count alike in a Gram matrix.
Result<std::unique_ptr<Run>> make_feature_distiller(const ParamSet& params, Inputs inputs);

}  // namespace pentimento::style::train
