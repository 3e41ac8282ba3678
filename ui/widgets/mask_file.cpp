// Reading and writing masks.
#include "ui/widgets/mask_file.h"

#include <QBuffer>
#include <span>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/media/picture.h"
#include "ui/widgets/mask_canvas.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

Result<QByteArray> encode(const QImage& grey) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    buffer.open(QIODevice::WriteOnly);
    if (grey.isNull() || !to_grey(grey).save(&buffer, "PNG"))
        return Error{ErrorCode::Io, "The mask could not be made into a PNG.", {}};
    return bytes;
}

std::span<const std::byte> as_bytes(const QByteArray& bytes) {
    return std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size())));
}

}  // namespace

Result<QImage> read_mask(const std::filesystem::path& path) {
    auto frame = read_picture(path);
    if (!frame) return frame.error();
    return to_grey(to_image(*frame));
}

Status write_mask(const std::filesystem::path& path, const QImage& grey) {
    auto bytes = encode(grey);
    if (!bytes) return bytes.error();
    return write_file_atomically(path, as_bytes(*bytes));
}

Result<std::filesystem::path> keep_mask(const QImage& grey, const std::filesystem::path& inputs) {
    auto bytes = encode(grey);
    if (!bytes) return bytes.error();
    if (auto made = make_directories(inputs); !made) return made.error();
    const std::filesystem::path path =
        inputs / ("mask-" + to_hex(hash64(as_bytes(*bytes))) + ".png");
    if (!std::filesystem::exists(path)) {
        if (auto written = write_file_atomically(path, as_bytes(*bytes)); !written)
            return written.error();
    }
    return path;
}

}  // namespace pentimento::ui
