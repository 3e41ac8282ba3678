// Trains the decoder of instant style.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/session/run.h"
#include "core/style/train/style_training.h"

namespace pentimento::style::train {

/// Contents and styles are drawn at random; the decoder's picture must have the blended features at
/// relu4_1, and the style's channel statistics at relu1_1 … relu5_1 (Huang and Belongie 2017,
/// arXiv:1703.06868, equations 11 to 13), and a picture in its own style
/// must come out unchanged.
Result<std::unique_ptr<Run>> make_decoder_training(const ParamSet& params, Inputs inputs);

}  // namespace pentimento::style::train
