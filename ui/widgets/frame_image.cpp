// Frame ↔ QImage without copying pixels.
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

QImage to_image(const Frame& frame) {
    if (frame.empty()) return {};
    auto* owner = new std::shared_ptr<const void>(frame.owner);
    return QImage(
        frame.pixels, frame.width, frame.height, frame.stride, QImage::Format_RGBA8888,
        [](void* held) { delete static_cast<std::shared_ptr<const void>*>(held); }, owner);
}

Frame to_frame(const QImage& image) {
    if (image.isNull()) return {};
    auto held = std::make_shared<const QImage>(image.convertToFormat(QImage::Format_RGBA8888));
    Frame frame;
    frame.width = held->width();
    frame.height = held->height();
    frame.stride = held->bytesPerLine();
    frame.pixels = held->constBits();
    frame.owner = std::move(held);
    return frame;
}

}  // namespace pentimento::ui
