// Kinds of files by their names' endings: for file dialogs, and for what was dropped.
#pragma once

#include <QFileInfo>
#include <QStringList>

namespace pentimento::ui {

inline QStringList picture_endings() {
    return {QStringLiteral("png"),  QStringLiteral("jpg"), QStringLiteral("jpeg"),
            QStringLiteral("webp"), QStringLiteral("tif"), QStringLiteral("tiff"),
            QStringLiteral("bmp"),  QStringLiteral("gif"), QStringLiteral("ppm"),
            QStringLiteral("pgm")};
}

inline QStringList film_endings() {
    return {QStringLiteral("mp4"), QStringLiteral("mov"),  QStringLiteral("mkv"),
            QStringLiteral("avi"), QStringLiteral("webm"), QStringLiteral("m4v"),
            QStringLiteral("mpg"), QStringLiteral("mpeg")};
}

inline bool ends_as(const QString& path, const QStringList& endings) {
    return endings.contains(QFileInfo(path).suffix().toLower());
}

/// "Pictures (*.png *.jpg …)" for file dialogs.
inline QString file_filter(const QString& title, const QStringList& endings) {
    return QStringLiteral("%1 (*.%2)").arg(title, endings.join(QStringLiteral(" *.")));
}

}  // namespace pentimento::ui
