// Pictures and folders that tests of the studio's picture widgets share.
#pragma once

#include <gtest/gtest.h>

#include <QFile>
#include <QTemporaryDir>
#include <filesystem>
#include <vector>

#include "core/base/frame.h"
#include "core/media/picture.h"

namespace pentimento::ui::test {

inline Frame plain_frame(int width, int height, std::uint8_t red, std::uint8_t green,
                         std::uint8_t blue, std::uint8_t alpha = 255) {
    std::vector<std::uint8_t> rgba;
    rgba.reserve(static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * 4);
    for (int i = 0; i < width * height; ++i) rgba.insert(rgba.end(), {red, green, blue, alpha});
    return Frame::from_rgba(width, height, std::move(rgba));
}

/// Left half one colour, right half another: a wrong crop shows.
inline Frame two_colours(int width, int height) {
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            if (x < width / 2)
                rgba.insert(rgba.end(), {200, 30, 30, 255});
            else
                rgba.insert(rgba.end(), {30, 30, 200, 255});
        }
    return Frame::from_rgba(width, height, std::move(rgba));
}

class Folder {
  public:
    Folder() { EXPECT_TRUE(dir_.isValid()); }
    std::filesystem::path path() const { return dir_.path().toStdString(); }
    QString file(const QString& name) const { return dir_.filePath(name); }

    QString picture(const QString& name, const Frame& frame) const {
        const std::filesystem::path path = file(name).toStdString();
        std::filesystem::create_directories(path.parent_path());
        const auto written = write_picture(path, frame);
        EXPECT_TRUE(written.ok()) << written.error().message;
        return file(name);
    }
    QString text(const QString& name, const QByteArray& bytes) const {
        QFile out(file(name));
        EXPECT_TRUE(out.open(QIODevice::WriteOnly));
        out.write(bytes);
        return file(name);
    }

  private:
    QTemporaryDir dir_;
};

}  // namespace pentimento::ui::test
