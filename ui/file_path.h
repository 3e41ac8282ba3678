// From Qt's file names to those of the layers below.
#pragma once

#include <QFile>
#include <QString>
#include <filesystem>

namespace pentimento::ui {

inline std::filesystem::path file_path(const QString& path) {
    return QFile::encodeName(path).toStdString();
}

}  // namespace pentimento::ui
