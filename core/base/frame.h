// A picture that can cross threads: immutable pixels and whoever keeps them alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace pentimento {

/// RGBA8, row-major, top-left origin, straight (not premultiplied) alpha, sRGB values.
/// Copying a Frame shares the pixels; nobody may write to them once a Frame exists.
struct Frame {
    int width = 0;              ///< pixels
    int height = 0;             ///< pixels
    std::ptrdiff_t stride = 0;  ///< bytes from one row to the next, at least 4·width
    const std::uint8_t* pixels = nullptr;
    std::shared_ptr<const void> owner;  ///< keeps `pixels` alive

    bool empty() const { return width <= 0 || height <= 0 || pixels == nullptr; }
    const std::uint8_t* row(int y) const { return pixels + y * stride; }

    /// Takes a tightly packed buffer of width·height·4 bytes.
    static Frame from_rgba(int width, int height, std::vector<std::uint8_t> rgba) {
        auto buffer = std::make_shared<const std::vector<std::uint8_t>>(std::move(rgba));
        Frame frame;
        frame.width = width;
        frame.height = height;
        frame.stride = static_cast<std::ptrdiff_t>(width) * 4;
        frame.pixels = buffer->data();
        frame.owner = std::move(buffer);
        return frame;
    }
};

}  // namespace pentimento
