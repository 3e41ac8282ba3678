// Counter-based generators and latents.
#include "core/tensor/random.h"

#include <ATen/CPUGeneratorImpl.h>

#include "core/base/random.h"

namespace pentimento::tensor {

torch::Generator make_generator(std::uint64_t seed, Stream stream, std::uint64_t index) {
    return at::detail::createCPUGenerator(
        derive_seed(seed, static_cast<std::uint64_t>(stream), index));
}

torch::Generator device_generator(const torch::Device& device) {
    return at::globalContext().defaultGenerator(device);
}

torch::Tensor draw_latents(std::int64_t count, std::int64_t latent, std::uint64_t seed,
                           Stream stream, std::uint64_t index) {
    return torch::randn({count, latent}, make_generator(seed, stream, index), torch::kFloat32);
}

torch::Tensor draw_numbered_latents(std::int64_t first, std::int64_t count, std::int64_t latent,
                                    std::uint64_t seed, Stream stream) {
    torch::Tensor rows = torch::empty({count, latent}, torch::kFloat32);
    for (std::int64_t i = 0; i < count; ++i)
        rows[i].normal_(0.0, 1.0,
                        make_generator(seed, stream, static_cast<std::uint64_t>(first + i)));
    return rows;
}

}  // namespace pentimento::tensor
