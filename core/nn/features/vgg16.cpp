// VGG-16 (Simonyan and Zisserman 2014, arXiv:1409.1556) up to relu5_1: VGG-19 with one convolution
// less in the deeper blocks.
#include "core/nn/features/vgg.h"

namespace pentimento::nn {
namespace {

constexpr std::array<VggConvolution, 11> kConvolutions{{
    {0, 3, 64, "relu1_1", false},
    {2, 64, 64, "relu1_2", false},
    {5, 64, 128, "relu2_1", true},
    {7, 128, 128, "relu2_2", false},
    {10, 128, 256, "relu3_1", true},
    {12, 256, 256, "relu3_2", false},
    {14, 256, 256, "relu3_3", false},
    {17, 256, 512, "relu4_1", true},
    {19, 512, 512, "relu4_2", false},
    {21, 512, 512, "relu4_3", false},
    {24, 512, 512, "relu5_1", true},
}};

FeatureDefinition definition() {
    FeatureDefinition d;
    d.id = "vgg16";
    d.label = "VGG-16";
    d.help = "VGG-19's smaller sister: nearly as rich, a fifth faster; the lesson uses it.";
    d.reference = "Simonyan, Zisserman 2014, arXiv:1409.1556; Johnson, Alahi, Fei-Fei 2016, ECCV";
    d.weights_hint =
        "A safetensors file with VGG-16's convolutions under torchvision's names "
        "(features.0.weight …), about 30 to 60 MB without the classifier.";
    d.content_layer = "relu4_2";
    d.style_layers = {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"};
    describe_vgg(d, kConvolutions);
    return d;
}

[[maybe_unused]] const bool registered = register_features(definition());

}  // namespace
}  // namespace pentimento::nn
