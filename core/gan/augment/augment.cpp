// The registry, made on first use, and the augmentation that is none.
#include "core/gan/augment/augment.h"

namespace pentimento::gan {

Registry<Augmentation>& augmentation_registry() {
    static Registry<Augmentation> registry("augmentation");
    return registry;
}

std::vector<Entry> augmentations() {
    return augmentation_registry().entries();
}

namespace {

const bool kRegistered = augmentation_registry().add(
    {{"none",
      "None",
      "The discriminator sees the pictures as they are. Right for large datasets; with a few "
      "hundred or thousand pictures it will soon know them by heart.",
      {},
      {}},
     /*adaptive=*/false,
     [](const torch::Tensor& pictures, const tensor::Dial&, torch::Generator) {
         return pictures;
     }});

}  // namespace
}  // namespace pentimento::gan
