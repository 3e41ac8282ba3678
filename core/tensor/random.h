// Own generators: every draw depends on (seed, stream, index) only, so that an exact resume needs
// no saved generator state and a preview can never disturb training. LibTorch's default generator
// is not used.
#pragma once

#include <torch/torch.h>

#include <cstdint>

namespace pentimento::tensor {

/// What random numbers are for. Values are part of "same seed, same result": never renumber them.
enum class Stream : std::uint64_t {
    InitGenerator = 1,
    InitDiscriminator = 2,
    Noise = 3,           ///< latents of training
    PreviewLatents = 4,  ///< the fixed latents of previews
    SampleLatents = 5,   ///< pictures asked for later
    StepChance = 6,      ///< within a training step: layer noise, augmentation, interpolates
    Labels = 7,          ///< classes of made pictures
    Evaluation = 8,      ///< pictures made to be measured
};

/// Draws on the CPU, so that a seed gives the same numbers on every device.
torch::Generator make_generator(std::uint64_t seed, Stream stream, std::uint64_t index);

/// A graphics card's own generator, the only one whose draws can be recorded (core/tensor/recorder.h).
/// Whoever uses it seeds it first: torch::Generator::set_current_seed().
torch::Generator device_generator(const torch::Device& device);

/// float32 where `random` draws: on the CPU, or on the card whose generator it is.
inline torch::TensorOptions drawn_by(const torch::Generator& random) {
    return torch::TensorOptions(random.defined() ? random.device() : torch::Device(torch::kCPU))
        .dtype(torch::kFloat32);
}

/// count × latent standard normals, one draw for the whole batch.
torch::Tensor draw_latents(std::int64_t count, std::int64_t latent, std::uint64_t seed,
                           Stream stream, std::uint64_t index);

/// Row i is the latent of picture first + i whatever the count: more pictures never change the
/// others.
torch::Tensor draw_numbered_latents(std::int64_t first, std::int64_t count, std::int64_t latent,
                                    std::uint64_t seed, Stream stream);

}  // namespace pentimento::tensor
