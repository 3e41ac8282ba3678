// Pictures from files, drops, the clipboard and resources.
#include "ui/widgets/picture_source.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUrl>
#include <span>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/media/picture.h"
#include "ui/file_kinds.h"
#include "ui/file_path.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

// Names, not translations: these are MIME types, best quality first.
constexpr const char* kEncodedTypes[] = {"image/png", "image/tiff", "image/webp", "image/jpeg",
                                         "image/bmp"};

QString tr(const char* text) {
    return QCoreApplication::translate("PictureSource", text);
}

Error error(ErrorCode code, const QString& text) {
    return {code, text.toStdString(), {}};
}

std::span<const std::byte> as_bytes(const QByteArray& bytes) {
    return {reinterpret_cast<const std::byte*>(bytes.constData()),
            static_cast<std::size_t>(bytes.size())};
}

WellPicture shown(const Frame& frame, const QString& name, const QString& path) {
    const bool large = frame.width > kWellEdge || frame.height > kWellEdge;
    return {
        large ? resize_to_edge(frame, kWellEdge) : frame, {frame.width, frame.height}, name, path};
}

// Named by content, so that pasting the same picture twice keeps one file.
Result<WellPicture> keep(const QByteArray& bytes, const QString& name, const QString& suffix,
                         const std::filesystem::path& inputs) {
    auto frame = decode_picture(as_bytes(bytes), name.toStdString());
    if (!frame) return frame.error();
    if (auto made = make_directories(inputs); !made) return made.error();
    const std::filesystem::path folder = inputs / to_hex(hash64(as_bytes(bytes)));
    if (auto made = make_directories(folder); !made) return made.error();
    const std::string stem = QFileInfo(name).completeBaseName().toStdString();
    const std::filesystem::path path =
        folder / ((stem.empty() ? "picture" : stem) + "." + suffix.toStdString());
    if (!std::filesystem::exists(path)) {
        if (auto written = write_file_atomically(path, as_bytes(bytes)); !written)
            return written.error();
    }
    return shown(*frame, name, QString::fromStdString(path.string()));
}

}  // namespace

PictureSource PictureSource::from_path(const QString& path) {
    PictureSource source;
    source.path = path;
    source.name = QFileInfo(path).fileName();
    return source;
}

Result<WellPicture> load_picture(const PictureSource& source, const std::filesystem::path& inputs) {
    if (source.path.startsWith(QLatin1String(":/"))) {
        QFile file(source.path);
        if (!file.open(QIODevice::ReadOnly))
            return error(ErrorCode::NotFound, tr("The sample picture is missing from this build."));
        return keep(file.readAll(), source.name, QFileInfo(source.path).suffix(), inputs);
    }
    if (!source.path.isEmpty()) {
        const std::filesystem::path path = file_path(source.path);
        auto frame = read_picture(path);
        if (!frame) return frame.error();
        return shown(*frame, source.name, source.path);
    }
    if (!source.bytes.isEmpty()) {
        auto header = probe_picture(as_bytes(source.bytes), source.name.toStdString());
        if (!header) return header.error();
        return keep(source.bytes, source.name, QString::fromStdString(header->format), inputs);
    }
    if (source.image.isNull())
        return error(ErrorCode::InvalidArgument, tr("There is no picture in it."));
    const Frame frame = to_frame(source.image);
    if (auto made = make_directories(inputs); !made) return made.error();
    Hasher hasher;
    for (int y = 0; y < frame.height; ++y)
        hasher.update({reinterpret_cast<const std::byte*>(frame.row(y)),
                       static_cast<std::size_t>(frame.width) * 4});
    const std::filesystem::path path = inputs / (to_hex(hasher.digest()) + ".png");
    if (!std::filesystem::exists(path)) {
        if (auto written = write_picture(path, frame); !written) return written.error();
    }
    return shown(frame, source.name, QString::fromStdString(path.string()));
}

bool offers_picture(const QMimeData* mime) {
    if (mime->hasUrls() || mime->hasImage()) return true;
    for (const char* type : kEncodedTypes)
        if (mime->hasFormat(QLatin1String(type))) return true;
    return false;
}

Result<PictureSource> picture_from_mime(const QMimeData* mime) {
    for (const QUrl& url : mime->urls())
        if (url.isLocalFile()) return PictureSource::from_path(url.toLocalFile());
    PictureSource source;
    source.name = tr("Pasted picture");
    for (const char* type : kEncodedTypes) {
        source.bytes = mime->data(QLatin1String(type));
        if (!source.bytes.isEmpty()) return source;
    }
    source.image = qvariant_cast<QImage>(mime->imageData());
    if (!source.image.isNull()) return source;
    if (mime->hasUrls())
        return error(
            ErrorCode::Unsupported,
            tr("That is an address on the network. Save the picture to this computer first, "
               "or copy the picture itself."));
    return error(ErrorCode::InvalidArgument, tr("There is no picture in what was given."));
}

QString picture_filter() {
    return file_filter(tr("Pictures"), picture_endings());
}

QStringList sample_pictures() {
    QStringList paths;
    for (const QString& name : QDir(QStringLiteral(":/samples")).entryList(QDir::Files, QDir::Name))
        paths << QStringLiteral(":/samples/") + name;
    return paths;
}

}  // namespace pentimento::ui
