// Between our pixels and OpenCV's, and OpenCV's exceptions as errors.
#pragma once

#include <opencv2/core.hpp>
#include <opencv2/core/utils/logger.hpp>

#include "core/base/frame.h"
#include "core/base/result.h"

namespace pentimento::media {

/// A view: valid while `frame` lives, and not to be written to.
inline cv::Mat view(const Frame& frame) {
    return cv::Mat(frame.height, frame.width, CV_8UC4, const_cast<std::uint8_t*>(frame.pixels),
                   static_cast<std::size_t>(frame.stride));
}

/// A frame that shares the pixels of an 8-bit RGBA matrix.
inline Frame to_frame(cv::Mat rgba) {
    auto owner = std::make_shared<const cv::Mat>(std::move(rgba));
    Frame frame;
    frame.width = owner->cols;
    frame.height = owner->rows;
    frame.stride = static_cast<std::ptrdiff_t>(owner->step[0]);
    frame.pixels = owner->data;
    frame.owner = std::move(owner);
    return frame;
}

/// OpenCV reports problems by throwing; its own log on the terminal is switched off.
inline void silence_opencv() {
    static const bool once = [] {
        cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
        return true;
    }();
    static_cast<void>(once);
}

}  // namespace pentimento::media
