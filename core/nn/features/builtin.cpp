// Distilled from VGG-19 by `pentimento-cli train-style --network features`: docs/MODELS.md. Its
// weights are part of the program, so that style transfer works at once and offline.
#include "core/nn/features/builtin.h"

#include "core/nn/features/feature_network.h"

namespace pentimento::nn {

namespace {

FeatureDefinition definition() {
    FeatureDefinition d;
    d.id = kBuiltinFeatures;
    d.label = "Built-in";
    d.help =
        "Pentimento's own small network, which has learned to see as VGG-19 does: needs no file "
        "and is many times faster; brushwork is a little less rich.";
    d.reference =
        "Distilled from VGG-19 (Simonyan, Zisserman 2014, arXiv:1409.1556) with a linear embedding "
        "as Wang and others 2020, Collaborative Distillation, arXiv:2003.08436";
    d.weights_hint = "It is part of the program; a file is only needed to try one of your own.";
    d.content_layer = "relu4_2";
    d.style_layers = {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"};
    describe_vgg(d, kBuiltinConvolutions);
    // So few channels have little to spare: with averages, which it has not learned with, it can be
    // fooled, and a refinement hides coloured noise in a corner of the picture.
    d.pooling = Pooling::Overlapping;
    d.embedded = builtin_feature_weights;
    return d;
}

[[maybe_unused]] const bool registered = register_features(definition());

}  // namespace
}  // namespace pentimento::nn
