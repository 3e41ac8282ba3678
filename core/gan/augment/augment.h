// Augmentations of what the discriminator sees, real and made pictures alike, so that it cannot
// learn few pictures by heart. One file each in this folder; they register themselves. Torch
// inside: not for ui.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <vector>

#include "core/gan/registry.h"
#include "core/tensor/dial.h"

namespace pentimento::gan {

struct Augmentation {
    Entry entry;
    /// Whether its strength is meant to be steered by how far the discriminator overfits.
    bool adaptive = false;
    /// Pictures N×C×S×S in [−1, 1], C 1 or 3 → the same shape, near the same range; differentiable
    /// in the pictures as often as one likes. `strength` in [0, 1] is the probability of each
    /// single transformation; 0 returns the pictures themselves. The draws depend on `random` and N
    /// alone: with an equally seeded generator, the same pictures at another size are transformed
    /// alike.
    std::function<torch::Tensor(const torch::Tensor& pictures, const tensor::Dial& strength,
                                torch::Generator random)>
        apply;
};

Registry<Augmentation>& augmentation_registry();
std::vector<Entry> augmentations();

}  // namespace pentimento::gan
