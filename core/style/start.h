// The picture that a run begins with.
#pragma once

#include <torch/torch.h>

#include <vector>

#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/style/style_run.h"

namespace pentimento::style {

/// [1, 3, h, w] of the size of `content`, as "init" says. `styles`: [1, 3, any, any]. Random
/// numbers depend on the seed only. InvalidArgument when there is no picture to start from.
Result<torch::Tensor> first_picture(const ParamSet& params, const StyleInputs& inputs,
                                    const torch::Tensor& content,
                                    const std::vector<torch::Tensor>& styles);

}  // namespace pentimento::style
