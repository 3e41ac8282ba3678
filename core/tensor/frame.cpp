// Pixels are converted on the tensor's own device; one copy brings the bytes to the host.
#include "core/tensor/frame.h"

#include <memory>
#include <stdexcept>
#include <vector>

namespace pentimento {
namespace {

/// Bytes [N, 4, H, W] on the device of `nchw`.
torch::Tensor to_rgba(const torch::Tensor& nchw, ValueRange range) {
    if (nchw.dim() != 4 || nchw.numel() == 0 ||
        (nchw.size(1) != 1 && nchw.size(1) != 3 && nchw.size(1) != 4))
        throw std::invalid_argument("a picture needs 1, 3 or 4 channels and at least one pixel");
    // In place after the first operation: a large picture must not exist five times.
    auto values = nchw.detach().to(torch::kFloat32).sub(range.low);
    values.mul_(255.0 / (range.high - range.low)).add_(0.5).floor_().clamp_(0, 255);
    auto bytes = values.nan_to_num_(0.0).to(torch::kUInt8);
    if (bytes.size(1) == 1) bytes = bytes.expand({bytes.size(0), 3, bytes.size(2), bytes.size(3)});
    if (bytes.size(1) == 3) {
        const auto opaque =
            torch::full({bytes.size(0), 1, bytes.size(2), bytes.size(3)}, 255, bytes.options());
        bytes = torch::cat({bytes, opaque}, 1);
    }
    return bytes;
}

/// Contiguous on the host. What comes from a graphics card is put in order there and comes into
/// memory that it writes to by itself.
torch::Tensor on_host(const torch::Tensor& bytes) {
    if (bytes.is_cpu()) return bytes.contiguous();
    auto here =
        torch::empty(bytes.sizes(), torch::TensorOptions(torch::kUInt8).pinned_memory(true));
    return here.copy_(bytes.contiguous());
}

/// `hwc`: [H, W, 4] bytes.
Frame to_frame(const torch::Tensor& hwc) {
    auto owner = std::make_shared<const torch::Tensor>(on_host(hwc));
    Frame frame;
    frame.width = static_cast<int>(owner->size(1));
    frame.height = static_cast<int>(owner->size(0));
    frame.stride = static_cast<std::ptrdiff_t>(frame.width) * 4;
    frame.pixels = owner->data_ptr<std::uint8_t>();
    frame.owner = std::move(owner);
    return frame;
}

}  // namespace

Frame tensor_to_frame(const torch::Tensor& chw, ValueRange range) {
    if (chw.dim() != 3) throw std::invalid_argument("a picture needs the shape [C, H, W]");
    return to_frame(to_rgba(chw.unsqueeze(0), range).squeeze(0).permute({1, 2, 0}));
}

Frame tensor_to_grid(const torch::Tensor& nchw, int columns, ValueRange range) {
    if (columns < 1) throw std::invalid_argument("a grid needs at least one column");
    auto cells = to_rgba(nchw, range);
    const auto height = cells.size(2), width = cells.size(3);
    const auto rows = (cells.size(0) + columns - 1) / columns;
    const auto missing = rows * columns - cells.size(0);
    if (missing > 0)
        cells = torch::cat({cells, torch::zeros({missing, 4, height, width}, cells.options())});
    // [rows, columns, 4, H, W] → [rows, H, columns, W, 4]
    return to_frame(cells.reshape({rows, columns, 4, height, width})
                        .permute({0, 3, 1, 4, 2})
                        .reshape({rows * height, columns * width, 4}));
}

torch::Tensor frame_to_tensor(const Frame& frame, ValueRange range, std::uint32_t background,
                              const torch::Device& device) {
    if (frame.empty()) throw std::invalid_argument("an empty frame has no tensor");
    const auto bytes =
        torch::from_blob(const_cast<std::uint8_t*>(frame.pixels), {frame.height, frame.width, 4},
                         {frame.stride, 4, 1}, torch::kUInt8)
            .to(device);
    const auto chw =
        bytes.permute({2, 0, 1}).to(torch::kFloat32, false, false, torch::MemoryFormat::Contiguous);
    auto rgb = chw.narrow(0, 0, 3);
    const auto alpha = chw.narrow(0, 3, 1);
    // Waiting for a graphics card to have looked would take longer than what it may save.
    if (!device.is_cpu() || alpha.min().item<float>() < 255) {
        const auto under = torch::tensor({static_cast<float>(background >> 16 & 0xff),
                                          static_cast<float>(background >> 8 & 0xff),
                                          static_cast<float>(background & 0xff)})
                               .view({3, 1, 1})
                               .to(device);
        rgb = (rgb * alpha + under * (255 - alpha)) / 255;
    }
    return (rgb * ((range.high - range.low) / 255.0) + range.low).contiguous();
}

}  // namespace pentimento
