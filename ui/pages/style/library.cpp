// Files of the library.
#include "ui/pages/style/library.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/picture.h"
#include "ui/file_path.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

QString picture_title(const QString& path) {
    QString name = QFileInfo(path).completeBaseName();
    name.replace(QLatin1Char('-'), QLatin1Char(' ')).replace(QLatin1Char('_'), QLatin1Char(' '));
    if (!name.isEmpty()) name[0] = name[0].toUpper();
    return name;
}

std::vector<LibraryPicture> read_library(const std::filesystem::path& folder) {
    std::vector<LibraryPicture> pictures;
    const QDir dir(QString::fromStdString(folder.string()));
    for (const QFileInfo& file : dir.entryInfoList(QDir::Files, QDir::Time)) {
        const auto frame = read_picture(file_path(file.absoluteFilePath()));
        if (!frame) continue;
        pictures.push_back({file.absoluteFilePath(), picture_title(file.fileName()),
                            to_image(resize_to_edge(*frame, kLibraryEdge)).copy(), true});
    }
    for (const QString& path : sample_pictures())
        pictures.push_back({path, picture_title(path),
                            QImage(path).scaled(kLibraryEdge, kLibraryEdge, Qt::KeepAspectRatio,
                                                Qt::SmoothTransformation),
                            false});
    return pictures;
}

Status add_to_library(const PictureSource& source, const std::filesystem::path& folder,
                      const std::filesystem::path& inputs) {
    // Read first: what is no picture is refused with the reason.
    const auto picture = load_picture(source, inputs);
    if (!picture) return picture.error();
    const std::filesystem::path from = file_path(picture->path);
    const auto bytes = read_file(from, ReadLimits{}.max_file_bytes);
    if (!bytes) return bytes.error();
    if (Status made = make_directories(folder); !made) return made;
    const std::string stem = file_path(QFileInfo(picture->name).completeBaseName()).string(),
                      extension = from.extension().string();
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
        std::error_code ignored;
        if (entry.file_size(ignored) != bytes->size() || ignored) continue;
        if (const auto there = read_file(entry.path()); there && *there == *bytes) return {};
    }
    std::filesystem::path to = folder / (stem + extension);
    for (int i = 2; std::filesystem::exists(to, failed); ++i)
        to = folder / (stem + "-" + std::to_string(i) + extension);
    return write_file_atomically(to, *bytes);
}

Status remove_from_library(const QString& path, const std::filesystem::path& folder) {
    const std::filesystem::path file = file_path(path);
    std::error_code failed;
    if (file.parent_path() != folder || !std::filesystem::is_regular_file(file, failed))
        return Error{ErrorCode::InvalidArgument,
                     to_valid_utf8(file.native()) + " is not in the library.",
                     {}};
    if (!std::filesystem::remove(file, failed))
        return Error{
            ErrorCode::Io,
            to_valid_utf8(file.native()) + " could not be deleted. Is the folder writable?",
            failed.message()};
    return {};
}

}  // namespace pentimento::ui
