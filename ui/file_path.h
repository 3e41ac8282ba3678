// From Qt's file names to those of the layers below.
#pragma once

#include <QFile>
#include <QString>
#include <filesystem>
#include <functional>
#include <string>

namespace pentimento::ui {

inline std::filesystem::path file_path(const QString& path) {
    return QFile::encodeName(path).toStdString();
}

/// "<stem><ending>" in `folder`, or "<stem> 2<ending>" and so on where that is taken: unless it is
/// said otherwise, where there is something.
inline std::filesystem::path free_path(
    const std::filesystem::path& folder, const std::string& stem, const std::string& ending,
    const std::function<bool(const std::filesystem::path&)>& taken =
        [](const std::filesystem::path& path) {
            std::error_code ignored;
            return std::filesystem::exists(path, ignored);
        }) {
    std::filesystem::path path = folder / (stem + ending);
    for (int i = 2; taken(path); ++i) path = folder / (stem + " " + std::to_string(i) + ending);
    return path;
}

}  // namespace pentimento::ui
