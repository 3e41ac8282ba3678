// Batches: bytes are copied a picture at a time; all arithmetic is LibTorch's.
#include "core/tensor/batch.h"

#include <cstring>

namespace pentimento::tensor {

torch::Tensor load_batch(const PackedDataset& data, std::span<const Draw> draws,
                         const torch::Device& device) {
    const PackInfo& info = data.info();
    const auto count = static_cast<std::int64_t>(draws.size());
    torch::Tensor bytes =
        torch::empty({count, info.height, info.width, info.channels}, torch::kUInt8);
    auto* out = bytes.data_ptr<std::uint8_t>();
    std::vector<std::int64_t> mirrored;
    for (std::int64_t i = 0; i < count; ++i) {
        const Draw& draw = draws[static_cast<std::size_t>(i)];
        const auto picture = data.picture(draw.index);
        std::memcpy(out, picture.data(), picture.size());
        out += picture.size();
        if (draw.flip) mirrored.push_back(i);
    }
    if (!mirrored.empty()) {
        const torch::Tensor rows = torch::tensor(mirrored, torch::kInt64);
        bytes.index_copy_(0, rows, bytes.index_select(0, rows).flip({2}));
    }
    return bytes.to(device)
        .permute({0, 3, 1, 2})
        .to(torch::kFloat32, /*non_blocking=*/false,
            /*copy=*/false, torch::MemoryFormat::Contiguous)
        .div_(127.5)
        .sub_(1.0);
}

}  // namespace pentimento::tensor
