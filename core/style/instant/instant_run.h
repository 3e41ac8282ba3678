// An instant blend where a refinement would be: as a Run, and as the start of one.
#pragma once

#include <torch/torch.h>

#include <memory>

#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/session/run.h"
#include "core/style/instant/instant.h"
#include "core/style/style_run.h"

namespace pentimento::style {

/// A Run of one step, so that stored runs, batches and films take every method. `params` say which
/// one it is.
Result<std::unique_ptr<Run>> make_instant_run(const ParamSet& params, StyleInputs inputs);

/// Content, styles and masks.
void give_pictures(InstantBlender& blender, const StyleInputs& inputs);

/// The instant blend, whatever the method of `params`, with longer edge `size`: [1, 3, h, w] in [0,
/// 1].
Result<torch::Tensor> instant_picture(const ParamSet& params, const StyleInputs& inputs, int size);

}  // namespace pentimento::style
