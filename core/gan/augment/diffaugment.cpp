// DiffAugment: Zhao et al. 2020 (arXiv:2006.10738), colour, translation and cutout.
#include "core/gan/augment/augment.h"
#include "core/gan/augment/draws.h"
#include "core/gan/augment/warp.h"

namespace pentimento::gan::diffaugment {
namespace {

using torch::Tensor;

/// One number a picture, to be broadcast over it.
Tensor spread(const Tensor& numbers, const Tensor& pictures) {
    return numbers.to(pictures.options()).view({-1, 1, 1, 1});
}

/// Moves each picture by whole pixels; zeros (mid-grey) come in. Shifts are shares of the size.
Tensor translate(const Tensor& pictures, const Tensor& shift_x, const Tensor& shift_y) {
    const auto size = pictures.size(3);
    const Tensor line = (2 * torch::arange(size, shift_x.options()) + 1) / size - 1;
    const auto places = [&](const Tensor& shift) {
        return line - 2 * ((shift * size).round() / size).unsqueeze(1);
    };
    const auto count = pictures.size(0);
    const Tensor x = places(shift_x).view({count, 1, size}).expand({count, size, size});
    const Tensor y = places(shift_y).view({count, size, 1}).expand({count, size, size});
    return sample_at(pictures, torch::stack({x, y}, 3), Sampling::Nearest, Outside::Zero);
}

/// 0 in a square of half the size around a centre, given as shares of the size, else 1.
Tensor cutout_mask(std::int64_t size, const Tensor& centre_x, const Tensor& centre_y) {
    const Tensor line = (torch::arange(size, centre_x.options()) + .5) / size;
    const auto inside = [&](const Tensor& centre) {
        return (line - centre.unsqueeze(1)).abs() < .25;
    };
    const auto count = centre_x.size(0);
    return torch::logical_and(inside(centre_y).view({count, 1, size, 1}),
                              inside(centre_x).view({count, 1, 1, size}))
        .logical_not();
}

Tensor diffaugment(const Tensor& pictures, const tensor::Dial& dial, torch::Generator random) {
    if (dial.value() <= 0) return pictures;
    const Tensor strength = dial.tensor();
    Draws draws(pictures.size(0), std::move(random));
    const auto draw = [&](double low, double high, double neutral) {
        const Tensor gate = draws.gate(strength);
        return gated(gate, draws.uniform(low, high), neutral);
    };
    const Tensor brightness = draw(-.5, .5, 0);
    const Tensor saturation = draw(0, 2, 1);
    const Tensor contrast = draw(.5, 1.5, 1);
    const Tensor shift_gate = draws.gate(strength);
    const Tensor shift_x = gated(shift_gate, draws.uniform(-.125, .125), 0);
    const Tensor shift_y = gated(shift_gate, draws.uniform(-.125, .125), 0);
    const Tensor cutout_gate = draws.gate(strength);
    // A centre far away cuts nothing out.
    const Tensor centre_x = gated(cutout_gate, draws.uniform(0, 1), -1);
    const Tensor centre_y = gated(cutout_gate, draws.uniform(0, 1), -1);

    Tensor x = pictures + spread(brightness, pictures);
    if (x.size(1) == 3) {
        const Tensor grey = x.mean(1, /*keepdim=*/true);
        x = grey + (x - grey) * spread(saturation, pictures);
    }
    const Tensor mean = x.mean({1, 2, 3}, /*keepdim=*/true);
    x = mean + (x - mean) * spread(contrast, pictures);
    x = translate(x, shift_x, shift_y);
    return x * cutout_mask(x.size(3), centre_x, centre_y).to(x.options());
}

const bool kRegistered = augmentation_registry().add(
    {{"diffaugment",
      "DiffAugment",
      "Changes brightness, saturation and contrast, shifts each picture by up to an eighth and "
      "covers a square of half its size. Simple and strong: trains on a hundred pictures. Its "
      "strength is the probability of each change; 1 is the paper's.",
      "Zhao et al. 2020, Differentiable Augmentation for Data-Efficient GAN Training, "
      "arXiv:2006.10738",
      {}},
     /*adaptive=*/false,
     diffaugment});

}  // namespace
}  // namespace pentimento::gan::diffaugment
