// Trains a network that paints any picture in the style of one, in a single pass.
#pragma once

#include <memory>

#include "core/base/result.h"
#include "core/session/run.h"
#include "core/style/train/style_training.h"

namespace pentimento::style::train {

/// Johnson, Alahi, Fei-Fei 2016 (arXiv:1603.08155) with instance normalisation (arXiv:1607.08022).
Result<std::unique_ptr<Run>> make_painter_training(const ParamSet& params, Inputs inputs);

}  // namespace pentimento::style::train
