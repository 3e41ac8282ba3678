// An exponential moving average of a network's weights: what previews and samples use, since it
// makes steadier pictures than the weights of any single step (Yazıcı et al. 2018,
// arXiv:1806.04498).
#pragma once

#include <torch/torch.h>

#include "core/tensor/dial.h"

namespace pentimento::nn {

/// The decay for update number `updates` (from 0): `decay`, but never more than (1 + n)/(10 + n),
/// so that the first, random weights are soon forgotten.
double ema_decay_at(double decay, std::int64_t updates);

/// average ← decay·average + (1 − decay)·model, for parameters and floating-point buffers
/// (batch-norm statistics belong to the weights they were measured with); other buffers are copied.
void ema_update(torch::nn::Module& average, const torch::nn::Module& model, double decay);

/// The same with the share of the model, 1 − decay, in a dial; one launch for all tensors of a
/// graphics card.
void ema_update_by(torch::nn::Module& average, const torch::nn::Module& model,
                   const tensor::Dial& share);

/// Makes all parameters and buffers of `to` equal to those of `from`, a network of the same make.
void copy_state(torch::nn::Module& to, const torch::nn::Module& from);

}  // namespace pentimento::nn
