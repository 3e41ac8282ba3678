// What all features have in common: portions, grey pictures, sizes.
#include "core/metrics/features.h"

#include <stdexcept>
#include <vector>

namespace pentimento::metrics {

torch::Tensor MetricFeatures::extract(const torch::Tensor& pictures) const {
    if (pictures.dim() != 4 || (pictures.size(1) != 1 && pictures.size(1) != 3) ||
        pictures.size(2) < 1 || pictures.size(3) < 1)
        throw std::invalid_argument("Features are made of N×C×H×W pictures with 1 or 3 channels.");
    torch::NoGradGuard no_grad;
    torch::Tensor features = torch::empty({pictures.size(0), dimensions_}, torch::kFloat32);
    for (std::int64_t i = 0; i < pictures.size(0); i += kPortion) {
        const auto portion = pictures.slice(0, i, i + kPortion)
                                 .detach()
                                 .to(device_, torch::kFloat32)
                                 .expand({-1, 3, -1, -1})
                                 .contiguous();
        features.slice(0, i, i + kPortion).copy_(compute(portion));
    }
    return features;
}

torch::Tensor resize_pictures(const torch::Tensor& pictures, std::int64_t size) {
    if (pictures.size(2) == size && pictures.size(3) == size) return pictures;
    if (pictures.size(2) >= size && pictures.size(3) >= size)
        return torch::adaptive_avg_pool2d(pictures, {size, size});
    return torch::upsample_bilinear2d(pictures, {size, size}, /*align_corners=*/false);
}

}  // namespace pentimento::metrics
