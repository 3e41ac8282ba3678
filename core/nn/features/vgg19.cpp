// VGG-19 (Simonyan and Zisserman 2014, arXiv:1409.1556) up to relu5_1: the network of Gatys and
// others.
#include "core/nn/features/vgg.h"

namespace pentimento::nn {
namespace {

FeatureDefinition definition() {
    FeatureDefinition d;
    d.id = "vgg19";
    d.label = "VGG-19";
    d.help = "The classic for style transfer: rich brushwork and colour, and slow, as it is large.";
    d.reference = "Simonyan, Zisserman 2014, arXiv:1409.1556; Gatys, Ecker, Bethge 2016, CVPR";
    d.weights_hint =
        "torchvision's vgg19-dcbb9e9d.pth (575 MB), or a safetensors file with the convolutions "
        "under the same names (features.0.weight …), about 45 to 80 MB.";
    d.content_layer = "relu4_2";
    d.style_layers = {"relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"};
    describe_vgg(d, kVgg19Convolutions);
    d.caffe_first_weights = {0.341195f, 0.339992f, -0.0448442f, 0.232159f};
    return d;
}

[[maybe_unused]] const bool registered = register_features(definition());

}  // namespace
}  // namespace pentimento::nn
