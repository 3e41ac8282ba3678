// Where a well's picture comes from: a file, a drop, the clipboard, the studio's own samples.
// Whatever it was, it ends as a file, since a run copies its inputs from files.
#pragma once

#include <QByteArray>
#include <QImage>
#include <QMimeData>
#include <QString>
#include <filesystem>

#include "core/base/frame.h"
#include "core/base/result.h"

namespace pentimento::ui {

/// Not read yet. Exactly one of path, bytes, image is set.
struct PictureSource {
    QString path;      ///< of a file, or ":/samples/…"
    QByteArray bytes;  ///< an encoded picture from another program
    QImage image;      ///< pixels from the clipboard
    QString name;      ///< to show

    static PictureSource from_path(const QString& path);
};

/// A picture that has been read.
struct WellPicture {
    Frame frame;  ///< longer edge at most kWellEdge: for the screen
    QSize size;   ///< of the picture itself
    QString name;
    QString path;  ///< a file on disk
};
inline constexpr int kWellEdge = 1600;

/// The person's home for pictures that had no file: <workspace>/inputs.
/// Slow (reads, decodes, may write): not for the UI thread.
Result<WellPicture> load_picture(const PictureSource& source, const std::filesystem::path& inputs);

/// True when drop or paste can become a picture.
bool offers_picture(const QMimeData* mime);
/// Local files, then encoded pictures, then plain pixels. The error is for the person.
Result<PictureSource> picture_from_mime(const QMimeData* mime);

/// "Pictures (*.png *.jpg …)" for file dialogs.
QString picture_filter();
/// The pictures that come with the studio: ":/samples/…", sorted.
QStringList sample_pictures();

}  // namespace pentimento::ui
