// Films and sequences of pictures, one frame at a time. No OpenCV type appears here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "core/media/picture.h"

namespace pentimento {

struct VideoInfo {
    int width = 0;  ///< pixels, as shown
    int height = 0;
    double fps = 0;           ///< 0 for pictures
    std::int64_t frames = 0;  ///< for films an estimate; 0: not known
    std::string format;       ///< "h264", "mpeg4" …; "pictures"
};

/// Reads forwards, and holds no more than a frame.
class VideoReader {
  public:
    /// `source`: a film; a folder of pictures, in natural order of their names; or a pattern
    /// "folder/frame-%04d.png" with one number. The pictures of a sequence may differ in format but
    /// not in size. Errors: NotFound, Unsupported (no film that can be read), Corrupt, TooLarge.
    static Result<std::unique_ptr<VideoReader>> open(const std::filesystem::path& source,
                                                     const ReadLimits& limits = {});
    virtual ~VideoReader() = default;

    virtual const VideoInfo& info() const = 0;
    /// Nothing at the end.
    virtual Result<std::optional<Frame>> next() = 0;
    /// Passes over frames; stops at the end without a word.
    virtual Status skip(std::int64_t count) = 0;
};

/// Writes an MP4: H.264 where the system's FFmpeg has it, else MPEG-4 part 2. Nothing is at `path`
/// before finish().
class VideoWriter {
  public:
    /// Odd sizes get a repeated last row or column, since H.264 halves the colours.
    static Result<std::unique_ptr<VideoWriter>> create(const std::filesystem::path& path, int width,
                                                       int height, double fps);
    virtual ~VideoWriter() = default;

    /// Of the size given to create().
    virtual Status write(const Frame& frame) = 0;
    /// Closes the file, counts what it holds, and puts it in place.
    virtual Status finish() = 0;
};

}  // namespace pentimento
