// Adaptive discriminator augmentation's pipeline: Karras et al. 2020 (arXiv:2006.06676), appendix
// B: pixel blitting, general geometric transformations, colour.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/gan/augment/augment.h"
#include "core/gan/augment/draws.h"
#include "core/gan/augment/warp.h"
#include "core/nn/resample.h"

namespace pentimento::gan::ada {
namespace {

using torch::Tensor;
constexpr double kPi = std::numbers::pi;

Tensor identity(std::int64_t count, const torch::TensorOptions& options) {
    return torch::eye(3, options).repeat({count, 1, 1});
}

Tensor scaling(const Tensor& x, const Tensor& y) {
    return torch::diag_embed(torch::stack({x, y, torch::ones_like(x)}, 1));
}

Tensor translation(const Tensor& x, const Tensor& y) {
    Tensor matrix = identity(x.size(0), x.options());
    matrix.select(2, 2).select(1, 0).copy_(x);
    matrix.select(2, 2).select(1, 1).copy_(y);
    return matrix;
}

Tensor rotation(const Tensor& angle) {
    Tensor matrix = identity(angle.size(0), angle.options());
    matrix.select(1, 0).select(1, 0).copy_(angle.cos());
    matrix.select(1, 0).select(1, 1).copy_(-angle.sin());
    matrix.select(1, 1).select(1, 0).copy_(angle.sin());
    matrix.select(1, 1).select(1, 1).copy_(angle.cos());
    return matrix;
}

/// Half of the pixel blitting, to which the filters below would not be exact: they are not
/// symmetric.
struct Turn {
    Tensor flip;      ///< 0 or 1
    Tensor quarters;  ///< 0 to 3
};

/// Whether there is anything to do. A graphics card is not asked, which would take longer than
/// doing it.
bool perhaps_any(const Tensor& mask) {
    return mask.is_cuda() || mask.any().item<bool>();
}

Turn draw_turn(Draws& draws, const Tensor& p) {
    const Tensor flip_gate = draws.gate(p), flip = draws.choice(2);
    const Tensor quarter_gate = draws.gate(p), quarters = draws.choice(4);
    return {gated(flip_gate, flip, 0), gated(quarter_gate, quarters, 0)};
}

Tensor turn(const Tensor& pictures, const Turn& by) {
    const auto where = [&](const Tensor& which, const Tensor& those, const Tensor& others) {
        return perhaps_any(which)
                   ? torch::where(which.to(pictures.device()).view({-1, 1, 1, 1}), those, others)
                   : others;
    };
    Tensor x = where(by.flip == 1, pictures.flip({3}), pictures);
    x = where(by.quarters >= 2, x.flip({2, 3}), x);
    return where(by.quarters.remainder(2) == 1, x.rot90(1, {2, 3}), x);
}

/// The rest of the geometry: the places each picture is sampled from, as N×3×3 maps of output to
/// input places, −1 … 1 across the picture. Every family of transformations is closed under
/// inversion, so the maps are composed as they stand.
Tensor draw_geometry(Draws& draws, const Tensor& p, std::int64_t size) {
    const auto draw = [&](const auto& value, double neutral, const Tensor& probability) {
        const Tensor gate = draws.gate(probability);
        return gated(gate, value(), neutral);
    };
    Tensor map = identity(draws.count(), draws.options());

    // By whole pixels, which are copied exactly.
    const Tensor whole_gate = draws.gate(p);
    const auto whole = [&] {
        const Tensor share = gated(whole_gate, draws.uniform(-.125, .125), 0);
        return (share * size).round() * (2.0 / static_cast<double>(size));
    };
    const Tensor whole_x = whole(), whole_y = whole();
    map = map.bmm(translation(whole_x, whole_y));

    // General transformations. Two rotations before and after the stretch: at least one happens
    // with probability p.
    const Tensor p_rotation = 1 - (1 - p).sqrt();
    const Tensor scale = draw([&] { return draws.normal(.2).exp2(); }, 1, p);
    map = map.bmm(scaling(scale, scale));
    const auto angle = [&] { return draws.uniform(-kPi, kPi); };
    map = map.bmm(rotation(draw(angle, 0, p_rotation)));
    const Tensor stretch = draw([&] { return draws.normal(.2).exp2(); }, 1, p);
    map = map.bmm(scaling(stretch, 1 / stretch));
    map = map.bmm(rotation(draw(angle, 0, p_rotation)));
    const Tensor shift_gate = draws.gate(p);
    const Tensor shift_x = gated(shift_gate, draws.normal(.125), 0);
    const Tensor shift_y = gated(shift_gate, draws.normal(.125), 0);
    return map.bmm(translation(2 * shift_x, 2 * shift_y));
}

/// x → scale·x + shift for grey; for colour, `matrix` (N×3×3) takes the place of the scale.
struct Colour {
    Tensor matrix;  ///< acts on red, green and blue
    Tensor scale;   ///< what the matrix does to grey
    Tensor shift;
};

Colour draw_colour(Draws& draws, const Tensor& p) {
    const auto draw = [&](const auto& value, double neutral) {
        const Tensor gate = draws.gate(p);
        return gated(gate, value(), neutral);
    };
    const Tensor brightness = draw([&] { return draws.normal(.2); }, 0);
    const Tensor contrast = draw([&] { return draws.normal(.5).exp2(); }, 1);
    const Tensor flip = draw([&] { return draws.choice(2); }, 0);
    const Tensor hue = draw([&] { return draws.uniform(-kPi, kPi); }, 0);
    const Tensor saturation = draw([&] { return draws.normal(1).exp2(); }, 1);

    Colour colour;
    colour.scale = contrast * (1 - 2 * flip);
    colour.shift = brightness * colour.scale;
    // Along the grey axis the scale, across it a rotation by the hue (Rodrigues) times the
    // saturation.
    const Tensor one = torch::eye(3, draws.options());
    const Tensor grey = torch::full({3, 3}, 1.0 / 3, draws.options());
    // [0 −1 1; 1 0 −1; −1 1 0]/√3, made where the draws are.
    const Tensor cross = (one.roll(-1, 1) - one.roll(1, 1)) / std::sqrt(3.0);
    const auto each = [](const Tensor& numbers) { return numbers.view({-1, 1, 1}); };
    const Tensor across = each(hue.cos()) * (one - grey) + each(hue.sin()) * cross;
    colour.matrix = each(colour.scale) * grey + each(contrast * saturation) * across;
    return colour;
}

// Daubechies' least asymmetric wavelet with six vanishing moments ("sym6"), as in the paper: the
// filter that, used for enlarging and then for reducing, gives back the very same picture.
const std::vector<double> kSym6 = {
    0.015404109327027373,  0.0034907120842174702, -0.11799011114819057,  -0.048311742585633,
    0.4910559419267466,    0.787641141030194,     0.3379294217276218,    -0.07263752278646252,
    -0.021060292512300564, 0.04472490177066578,   0.0017677118642428036, -0.007800708325034148};
constexpr std::int64_t kMargin = 6;  ///< how far the filter reaches, in pixels of twice the size
constexpr std::int64_t kLowMargin = 3;

/// Mirrored at the edges, whose pixels come twice.
Tensor mirror_pad(const Tensor& pictures, std::int64_t margin) {
    const auto size = pictures.size(3);
    Tensor index = torch::arange(-margin, size + margin, pictures.options().dtype(torch::kInt64));
    index = torch::where(index < 0, -1 - index, index);
    index = torch::where(index >= size, 2 * size - 1 - index, index);
    return pictures.index_select(2, index).index_select(3, index);
}

/// Samples at twice the size, so that turning and stretching neither blur nor alias much.
Tensor transform(const Tensor& pictures, const Tensor& map) {
    const auto count = pictures.size(0), channels = pictures.size(1), size = pictures.size(3);
    const auto taps = static_cast<std::int64_t>(kSym6.size());
    const std::vector<double> reversed(kSym6.rbegin(), kSym6.rend());
    // Each output is exactly the middle that its zero padding cannot reach. In between, numbers are
    // half of what they are in the picture, since the taps sum to √2 where an enlargement needs 2.
    Tensor x = mirror_pad(pictures, kLowMargin);
    x = nn::resample(x, {kSym6, 2, 1, taps / 2 - 2 * kLowMargin}, 2 * size, 2 * size);

    const auto wide = 2 * (size + kMargin);
    const double beyond = static_cast<double>(wide) / static_cast<double>(2 * size);
    Tensor theta = map.narrow(1, 0, 2).clone();
    theta.narrow(2, 0, 2).mul_(beyond);
    const Tensor grid = at::affine_grid_generator(theta.to(pictures.options()),
                                                  {count, channels, wide, wide}, false);
    x = sample_at(x, grid, Sampling::Bilinear, Outside::Mirror);
    return nn::resample(x, {reversed, 1, 2, taps / 2 - 1 - kMargin}, size, size);
}

Tensor recolour(const Tensor& pictures, const Colour& colour) {
    const Tensor shift = colour.shift.to(pictures.options()).view({-1, 1, 1, 1});
    if (pictures.size(1) != 3)
        return pictures * colour.scale.to(pictures.options()).view({-1, 1, 1, 1}) + shift;
    return colour.matrix.to(pictures.options()).bmm(pictures.flatten(2)).view_as(pictures) + shift;
}

Tensor ada(const Tensor& pictures, const tensor::Dial& strength, torch::Generator random) {
    TORCH_CHECK(pictures.size(2) == pictures.size(3), "ada: pictures ", pictures.sizes(),
                " are not square");
    if (strength.value() <= 0) return pictures;
    Draws draws(pictures.size(0), std::move(random));
    const Tensor p = strength.tensor().clamp_max(1);
    const Turn turned = draw_turn(draws, p);
    const Tensor map = draw_geometry(draws, p, pictures.size(3));
    const Colour colour = draw_colour(draws, p);

    const Tensor moved = (map - torch::eye(3, draws.options())).abs().amax({1, 2}) > 1e-9;
    Tensor x = turn(pictures, turned);
    if (perhaps_any(moved))
        // Pictures that stay where they are keep every bit.
        x = torch::where(moved.to(pictures.device()).view({-1, 1, 1, 1}), transform(x, map), x);
    return recolour(x, colour);
}

const bool kRegistered = augmentation_registry().add(
    {{"ada",
      "Adaptive augmentation (ADA)",
      "Flips, turns, shifts, stretches and recolours pictures. Its strength is the probability of "
      "each change and is raised while the discriminator overfits and lowered while it does not, "
      "so that small datasets train as long as large ones.",
      "Karras et al. 2020, Training Generative Adversarial Networks with Limited Data, "
      "arXiv:2006.06676",
      {}},
     /*adaptive=*/true,
     ada});

}  // namespace
}  // namespace pentimento::gan::ada
