// Films through OpenCV's FFmpeg, sequences through our own picture readers.
#include "core/media/video.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/class_folders.h"
#include "core/media/cv_bridge.h"
#include "core/media/pixels.h"

namespace pentimento {
namespace {

/// FFmpeg would write on the terminal what our messages say. Set while there is only one thread.
[[maybe_unused]] const bool quiet = ::setenv("OPENCV_FFMPEG_LOGLEVEL", "-8", 0) == 0;

std::string shown(const fs::path& path) {
    return "'" + to_valid_utf8(path.native()) + "'";
}

std::string size_text(int width, int height) {
    return std::to_string(width) + " × " + std::to_string(height) + " px";
}

class FilmReader final : public VideoReader {
  public:
    FilmReader(fs::path path, const ReadLimits& limits) : path_(std::move(path)), limits_(limits) {}

    Status open() {
        media::silence_opencv();
        try {
            // FFmpeg and nothing else: other back ends would take cameras and lists of pictures.
            if (!film_.open(path_.string(), cv::CAP_FFMPEG))
                return Error{ErrorCode::Unsupported,
                             shown(path_) +
                                 " is no film that can be read. Convert it to MP4 "
                                 "(H.264), or use a folder of pictures.",
                             {}};
            const auto get = [&](int what) { return film_.get(what); };
            // Turned by a quarter when the camera was.
            info_.width = static_cast<int>(get(cv::CAP_PROP_FRAME_WIDTH));
            info_.height = static_cast<int>(get(cv::CAP_PROP_FRAME_HEIGHT));
            if (const int turn = static_cast<int>(get(cv::CAP_PROP_ORIENTATION_META));
                turn % 180 != 0)
                std::swap(info_.width, info_.height);
            const double fps = get(cv::CAP_PROP_FPS), count = get(cv::CAP_PROP_FRAME_COUNT);
            info_.fps = std::isfinite(fps) && fps >= 1 && fps <= 1000 ? fps : 25;
            info_.frames = std::isfinite(count) && count > 0 && count < 1e9
                               ? static_cast<std::int64_t>(count)
                               : 0;
            const auto code = static_cast<unsigned>(get(cv::CAP_PROP_FOURCC));
            for (int i = 0; i < 4; ++i)
                if (const char c = static_cast<char>(code >> (8 * i)); c > ' ' && c < 127)
                    info_.format += c;
        } catch (const cv::Exception& problem) {
            return damaged(problem.what());
        }
        if (info_.width <= 0 || info_.height <= 0) return damaged("no size");
        if (static_cast<std::int64_t>(info_.width) * info_.height > limits_.max_pixels)
            return Error{ErrorCode::TooLarge,
                         shown(path_) + " has frames of " + size_text(info_.width, info_.height) +
                             "; at most " + format_count(limits_.max_pixels) + " pixels are read.",
                         {}};
        return {};
    }

    const VideoInfo& info() const override { return info_; }

    Result<std::optional<Frame>> next() override {
        try {
            cv::Mat bgr, rgba;
            if (!film_.read(bgr) || bgr.empty()) {
                if (given_ == 0) return damaged("no frame");
                return std::optional<Frame>();
            }
            cv::cvtColor(bgr, rgba, bgr.channels() == 1 ? cv::COLOR_GRAY2RGBA : cv::COLOR_BGR2RGBA);
            ++given_;
            info_.width = rgba.cols;
            info_.height = rgba.rows;
            return std::optional(media::to_frame(rgba));
        } catch (const cv::Exception& problem) {
            return damaged(problem.what());
        }
    }

    Status skip(std::int64_t count) override {
        try {
            for (std::int64_t i = 0; i < count && film_.grab(); ++i) ++given_;
            return {};
        } catch (const cv::Exception& problem) {
            return damaged(problem.what());
        }
    }

  private:
    Error damaged(const std::string& detail) const {
        return {ErrorCode::Corrupt,
                shown(path_) + " is damaged: no frame of it can be read. Use another copy.",
                detail};
    }

    fs::path path_;
    ReadLimits limits_;
    cv::VideoCapture film_;
    VideoInfo info_;
    std::int64_t given_ = 0;
};

class PictureReader final : public VideoReader {
  public:
    PictureReader(std::vector<fs::path> files, const ReadLimits& limits)
        : files_(std::move(files)), limits_(limits) {}

    Status open() {
        const auto first = read_picture(files_[0], limits_);
        if (!first) return first.error();
        info_ = {first->width, first->height, 0, static_cast<std::int64_t>(files_.size()),
                 "pictures"};
        return {};
    }

    const VideoInfo& info() const override { return info_; }

    Result<std::optional<Frame>> next() override {
        if (at_ >= files_.size()) return std::optional<Frame>();
        auto frame = read_picture(files_[at_], limits_);
        if (!frame) return frame.error();
        if (frame->width != info_.width || frame->height != info_.height)
            return Error{ErrorCode::Corrupt,
                         shown(files_[at_]) + " has " + size_text(frame->width, frame->height) +
                             ", and the first picture of the sequence " +
                             size_text(info_.width, info_.height) + ". All have to be of one size.",
                         {}};
        ++at_;
        return std::optional(*std::move(frame));
    }

    Status skip(std::int64_t count) override {
        at_ = std::min(files_.size(),
                       at_ + static_cast<std::size_t>(std::max<std::int64_t>(0, count)));
        return {};
    }

  private:
    std::vector<fs::path> files_;
    ReadLimits limits_;
    VideoInfo info_;
    std::size_t at_ = 0;
};

/// "frame-%04d.png" → what stands before and after the number; nothing when it has none or two.
std::optional<std::pair<std::string, std::string>> split_pattern(const std::string& name) {
    const auto percent = name.find('%');
    if (percent == std::string::npos) return {};
    auto end = percent + 1;
    while (end < name.size() && name[end] >= '0' && name[end] <= '9') ++end;
    if (end >= name.size() || name[end] != 'd' || name.find('%', end) != std::string::npos)
        return {};
    return std::pair(name.substr(0, percent), name.substr(end + 1));
}

Result<std::vector<fs::path>> list_pattern(const fs::path& source, const std::string& before,
                                           const std::string& after) {
    const fs::path folder = source.has_parent_path() ? source.parent_path() : fs::path(".");
    auto files = list_pictures(folder);
    if (!files) return files.error();
    std::erase_if(*files, [&](const fs::path& path) {
        const std::string name = path.filename().native();
        if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
            !name.ends_with(after))
            return true;
        return !std::all_of(name.begin() + static_cast<std::ptrdiff_t>(before.size()),
                            name.end() - static_cast<std::ptrdiff_t>(after.size()),
                            [](char c) { return c >= '0' && c <= '9'; });
    });
    if (files->empty())
        return Error{ErrorCode::NotFound, "No picture has a name like " + shown(source) + ".", {}};
    return files;
}

class Mp4Writer final : public VideoWriter {
  public:
    Mp4Writer(fs::path path, int width, int height, double fps)
        : path_(std::move(path)), width_(width), height_(height), fps_(fps) {
        // Beside the target, and with its ending: FFmpeg chooses the container by it.
        temporary_ = path_.parent_path() /
                     ("." + path_.stem().string() + ".tmp-" + std::to_string(::getpid()) + ".mp4");
    }
    ~Mp4Writer() override {
        film_.release();
        std::error_code ignored;
        fs::remove(temporary_, ignored);
    }

    Status open() {
        media::silence_opencv();
        // Tried by hand: FFmpeg's own words would only name the codec.
        if (const Status possible = write_file_atomically(temporary_, std::string_view());
            !possible)
            return possible;
        try {
            const cv::Size size(width_ + width_ % 2, height_ + height_ % 2);
            for (const char* code : {"avc1", "mp4v"})
                if (film_.open(temporary_.string(), cv::CAP_FFMPEG,
                               cv::VideoWriter::fourcc(code[0], code[1], code[2], code[3]), fps_,
                               size))
                    return {};
        } catch (const cv::Exception& problem) {
            return failed(problem.what());
        }
        return failed("neither H.264 nor MPEG-4");
    }

    Status write(const Frame& frame) override {
        if (frame.width != width_ || frame.height != height_)
            return Error{ErrorCode::InvalidArgument,
                         "A frame has " + size_text(frame.width, frame.height) +
                             ", not the film's " + size_text(width_, height_) + ".",
                         {}};
        try {
            cv::Mat bgr;
            cv::cvtColor(media::view(media::over(frame, 0xffffff)), bgr, cv::COLOR_RGBA2BGR);
            if (width_ % 2 || height_ % 2)
                cv::copyMakeBorder(bgr, bgr, 0, height_ % 2, 0, width_ % 2, cv::BORDER_REPLICATE);
            film_.write(bgr);
            ++written_;
            return {};
        } catch (const cv::Exception& problem) {
            return failed(problem.what());
        }
    }

    Status finish() override {
        try {
            film_.release();
            // FFmpeg keeps a full disk to itself: only reading back tells.
            cv::VideoCapture check(temporary_.string(), cv::CAP_FFMPEG);
            const double frames = check.isOpened() ? check.get(cv::CAP_PROP_FRAME_COUNT) : 0;
            if (written_ > 0 && frames < static_cast<double>(written_))
                return failed("holds " + std::to_string(frames) + " of " +
                              std::to_string(written_) + " frames");
        } catch (const cv::Exception& problem) {
            return failed(problem.what());
        }
        return put_in_place(temporary_, path_);
    }

  private:
    Error failed(const std::string& detail) const {
        return {ErrorCode::Io,
                "The film " + shown(path_) +
                    " could not be written. Is there enough room on the disk, and does this "
                    "system's OpenCV have FFmpeg? Pictures can be written instead: name a folder.",
                detail};
    }

    fs::path path_, temporary_;
    int width_, height_;
    double fps_;
    cv::VideoWriter film_;
    std::int64_t written_ = 0;
};

template <class Reader, class Source>
Result<std::unique_ptr<VideoReader>> opened(Source source, const ReadLimits& limits) {
    auto reader = std::make_unique<Reader>(std::move(source), limits);
    if (const Status status = reader->open(); !status) return status.error();
    return std::unique_ptr<VideoReader>(std::move(reader));
}

}  // namespace

Result<std::unique_ptr<VideoReader>> VideoReader::open(const fs::path& source,
                                                       const ReadLimits& limits) {
    std::error_code failed;
    if (fs::is_directory(source, failed)) {
        auto files = list_pictures(source);
        if (!files) return files.error();
        return opened<PictureReader>(*std::move(files), limits);
    }
    if (!fs::exists(source, failed)) {
        if (const auto pattern = split_pattern(source.filename().native())) {
            auto files = list_pattern(source, pattern->first, pattern->second);
            if (!files) return files.error();
            return opened<PictureReader>(*std::move(files), limits);
        }
        return Error{ErrorCode::NotFound, shown(source) + " does not exist.", {}};
    }
    if (!fs::is_regular_file(source, failed))
        return Error{ErrorCode::Unsupported, shown(source) + " is not a regular file.", {}};
    return opened<FilmReader>(source, limits);
}

Result<std::unique_ptr<VideoWriter>> VideoWriter::create(const fs::path& path, int width,
                                                         int height, double fps) {
    if (width < 2 || height < 2 || !(fps > 0 && fps <= 1000))
        return Error{ErrorCode::InvalidArgument,
                     "A film needs at least 2 × 2 px and 1 to 1,000 frames a second.",
                     {}};
    auto writer = std::make_unique<Mp4Writer>(path, width, height, fps);
    if (const Status status = writer->open(); !status) return status.error();
    return std::unique_ptr<VideoWriter>(std::move(writer));
}

}  // namespace pentimento
