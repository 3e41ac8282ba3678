// Masks as files: 8 bit grey PNGs. Slow (reads, decodes, writes): not for the UI thread.
#pragma once

#include <QImage>
#include <filesystem>

#include "core/base/result.h"

namespace pentimento::ui {

/// Any picture, as grey.
Result<QImage> read_mask(const std::filesystem::path& path);
Status write_mask(const std::filesystem::path& path, const QImage& grey);
/// Under a name made from the contents; returns the path.
Result<std::filesystem::path> keep_mask(const QImage& grey, const std::filesystem::path& inputs);

}  // namespace pentimento::ui
