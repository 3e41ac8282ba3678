// Three ways to keep colours.
#include "core/style/colour.h"

#include <algorithm>
#include <stdexcept>

namespace pentimento::style {

using torch::Tensor;

namespace {

/// A 3×3 matrix times every pixel.
Tensor mixed(const Tensor& picture, const Tensor& matrix) {
    const at::NoTF32Guard in_full;
    const auto flat = picture.reshape({3, -1});
    return torch::mm(matrix.to(flat.device(), flat.scalar_type()), flat).view_as(picture);
}

Tensor matrix3(std::initializer_list<double> values) {
    return torch::tensor(std::vector<double>(values), torch::kFloat64).view({3, 3});
}

Tensor luma(const Tensor& picture) {
    return picture.narrow(1, 0, 1) * 0.299 + picture.narrow(1, 1, 1) * 0.587 +
           picture.narrow(1, 2, 1) * 0.114;
}

/// grey + t·chroma with the largest t ≤ 1 that stays in [0, 1]; `chroma` is what a colour has
/// beyond its grey.
Tensor in_range(const Tensor& grey, const Tensor& chroma) {
    const auto room = torch::where(chroma > 0, 1 - grey, grey);
    const auto share =
        std::get<0>((room / chroma.abs().clamp_min(1e-6)).min(1, /*keepdim=*/true)).clamp(0, 1);
    return grey + share * chroma;
}

Tensor to_linear(const Tensor& srgb) {
    return torch::where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055).pow(2.4));
}

Tensor to_srgb(const Tensor& linear) {
    return torch::where(linear <= 0.0031308, linear * 12.92,
                        1.055 * linear.clamp_min(1e-9).pow(1 / 2.4) - 0.055);
}

// Ottosson's matrices: linear sRGB to cone responses, their cube roots to Lab.
const Tensor& cones() {
    static const Tensor matrix = matrix3({0.4122214708, 0.5363325363, 0.0514459929,  //
                                          0.2119034982, 0.6806995451, 0.1073969566,  //
                                          0.0883024619, 0.2817188376, 0.6299787005});
    return matrix;
}
const Tensor& lab() {
    static const Tensor matrix = matrix3({0.2104542553, 0.7936177850, -0.0040720468,  //
                                          1.9779984951, -2.4285922050, 0.4505937099,  //
                                          0.0259040371, 0.7827717662, -0.8086757660});
    return matrix;
}

/// For what concerns each pixel alone: a few rows at a time, so that a large picture does not exist
/// ten times.
template <class Work>
Tensor by_bands(const Tensor& result, const Tensor& content, Work&& work) {
    constexpr std::int64_t rows = 256;
    auto made = torch::empty_like(result);
    for (std::int64_t top = 0; top < result.size(2); top += rows) {
        const auto height = std::min(rows, result.size(2) - top);
        made.narrow(2, top, height)
            .copy_(work(result.narrow(2, top, height), content.narrow(2, top, height)));
    }
    return made;
}

/// The content's mean and covariance for the result's colours.
Tensor recoloured(const Tensor& result, const Tensor& content) {
    return with_colours(result, colour_statistics(result), colour_statistics(content)).clamp_(0, 1);
}

}  // namespace

ColourStatistics colour_statistics(const Tensor& picture, const Tensor& mask) {
    const auto flat = picture.detach().reshape({3, -1});
    const auto weights =
        mask.defined() ? mask.reshape({1, -1}) / mask.sum().clamp_min(1e-6) : Tensor();
    const auto mean = weights.defined() ? (flat * weights).sum(1, true) : flat.mean(1, true);
    const auto off = flat - mean;
    const auto weighted = weights.defined() ? off * weights : off;
    // A graphics card would give a product of 3×3 numbers to one of its many processors.
    auto covariance = flat.is_cpu() ? torch::mm(weighted, off.t())
                                    : (weighted.unsqueeze(1) * off.unsqueeze(0)).sum(2);
    if (!weights.defined()) covariance = covariance / static_cast<double>(flat.size(1));
    // One read from the device, not two.
    const auto numbers = torch::cat({mean, covariance}, 1).to(torch::kCPU, torch::kFloat64);
    return {numbers.select(1, 0).contiguous(), numbers.narrow(1, 1, 3).contiguous()};
}

ColourStatistics between(const ColourStatistics& from, const ColourStatistics& to, double share) {
    return {torch::lerp(from.first, to.first, share), torch::lerp(from.second, to.second, share)};
}

Tensor with_colours(const Tensor& picture, const ColourStatistics& own,
                    const ColourStatistics& wanted, double grain) {
    const auto noise = grain * grain * torch::eye(3, torch::kFloat64);
    const auto covariance = own.second + noise, aim = wanted.second + noise;
    // T = Σ^(−½)(Σ^½ Σ_w Σ^½)^½ Σ^(−½): of all linear maps to that covariance the nearest to none.
    const auto root = matrix_root(covariance), inverse = matrix_root(covariance, true);
    const auto map =
        torch::mm(torch::mm(inverse, matrix_root(torch::mm(torch::mm(root, aim), root))), inverse);
    const auto shift = wanted.first - torch::mv(map, own.first);
    // In one piece to the device.
    const auto numbers =
        torch::cat({map, shift.unsqueeze(1)}, 1).to(picture.device(), torch::kFloat32);
    return mixed(picture, numbers.narrow(1, 0, 3).contiguous()) +
           numbers.select(1, 3).view({1, 3, 1, 1});
}

Tensor matrix_root(const Tensor& matrix, bool inverse) {
    const auto [values, vectors] = at::linalg_eigh(matrix);
    auto roots = values.clamp_min(0).sqrt();
    if (inverse) {
        // Of a picture in one colour, nothing can be stretched.
        const auto least = 1e-4 * roots.max().clamp_min(1e-6);
        roots = torch::where(roots > least, 1 / roots.clamp_min(1e-12), torch::zeros_like(roots));
    }
    return torch::mm(vectors * roots, vectors.t());
}

Tensor to_oklab(const Tensor& srgb) {
    return mixed(mixed(to_linear(srgb), cones()).clamp_min(0).pow(1.0 / 3), lab());
}

Tensor from_oklab(const Tensor& oklab) {
    static const Tensor to_roots = torch::inverse(lab()), to_linear_rgb = torch::inverse(cones());
    const auto linear = mixed(mixed(oklab, to_roots).pow(3), to_linear_rgb);
    const auto grey = oklab.narrow(1, 0, 1).clamp(0, 1).pow(3);
    return to_srgb(in_range(grey, linear - grey)).clamp(0, 1);
}

Tensor keep_colour(const std::string& kind, const Tensor& result, const Tensor& content) {
    if (kind == "none") return result;
    torch::NoGradGuard no_grad;
    if (kind == "luma")
        return by_bands(result, content, [](const Tensor& band, const Tensor& own) {
            return in_range(luma(band), own - luma(own));
        });
    if (kind == "oklab")
        return by_bands(result, content, [](const Tensor& band, const Tensor& own) {
            return from_oklab(
                torch::cat({to_oklab(band).narrow(1, 0, 1), to_oklab(own).narrow(1, 1, 2)}, 1));
        });
    if (kind == "mean_cov") return recoloured(result, content);
    throw std::invalid_argument("no such way to keep colours: " + kind);
}

}  // namespace pentimento::style
