// Adam in one pass over memory. No torch inside, so that the loop is compiled for wide registers in
// a file of its own.
#pragma once

#include <cstdint>

namespace pentimento::nn::detail {

/// A step's numbers (Kingma and Ba 2014, arXiv:1412.6980, algorithm 1; AdamW: Loshchilov and
/// Hutter 2017, arXiv:1711.05101).
struct AdamStep {
    float first_share;   ///< 1 − β1: of the gradient in the first moment
    float second_keep;   ///< β2: of the second moment in itself
    float second_share;  ///< 1 − β2
    float root_scale;    ///< 1/√(1 − β2^t), for the root of the second moment
    float epsilon;
    float rate;        ///< learning rate / (1 − β1^t)
    float decay = 0;   ///< of the weight in the gradient
    float shrink = 1;  ///< AdamW: what each weight is multiplied by beforehand
};

/// Arrays of `count` numbers; all but the gradient are changed.
void adam_loop(const AdamStep& step, const float* gradient, float* first, float* second,
               float* weight, std::int64_t count);

}  // namespace pentimento::nn::detail
