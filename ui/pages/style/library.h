// The pictures that a person keeps for blending: files in <workspace>/library, and the samples that
// come with the studio. Reading and writing are slow: not for the UI thread.
#pragma once

#include <QImage>
#include <QString>
#include <filesystem>
#include <vector>

#include "ui/widgets/picture_source.h"

namespace pentimento::ui {

struct LibraryPicture {
    QString path;  ///< a file, or ":/samples/…"
    QString name;
    QImage thumbnail;  ///< longer edge at most kLibraryEdge
    bool own = false;  ///< can be taken out
};
inline constexpr int kLibraryEdge = 128;

/// Newest first, then the samples. Files that cannot be read are left out.
std::vector<LibraryPicture> read_library(const std::filesystem::path& folder);

/// Copies the picture into the library as it is. A picture that is there already is not kept twice.
Status add_to_library(const PictureSource& source, const std::filesystem::path& folder,
                      const std::filesystem::path& inputs);
/// Only what lies in the library itself is deleted.
Status remove_from_library(const QString& path, const std::filesystem::path& folder);

/// "Style-waves" for ":/samples/style-waves.jpg".
QString picture_title(const QString& path);

}  // namespace pentimento::ui
