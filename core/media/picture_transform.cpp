// Resizing, cropping and grids. Transparent pixels have no say in the colours of their neighbours.
#include <opencv2/imgproc.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/media/cv_bridge.h"
#include "core/media/picture.h"
#include "core/media/pixels.h"

namespace pentimento {
namespace media {
namespace {

void flatten_row(const std::uint8_t* from, std::uint8_t* to, int width, std::uint32_t rgb) {
    const std::uint32_t under[3] = {rgb >> 16 & 255, rgb >> 8 & 255, rgb & 255};
    for (int x = 0; x < width; ++x, from += 4, to += 4) {
        const std::uint32_t alpha = from[3];
        for (int c = 0; c < 3; ++c)
            to[c] =
                static_cast<std::uint8_t>((from[c] * alpha + under[c] * (255 - alpha) + 127) / 255);
        to[3] = 255;
    }
}

/// Area average along axes that shrink, then Lanczos along those that grow.
cv::Mat scaled(cv::Mat from, int width, int height) {
    const cv::Size small(std::min(width, from.cols), std::min(height, from.rows));
    if (small != from.size()) {
        cv::Mat reduced;
        cv::resize(from, reduced, small, 0, 0, cv::INTER_AREA);
        from = reduced;
    }
    if (from.cols != width || from.rows != height) {
        cv::Mat enlarged;
        cv::resize(from, enlarged, cv::Size(width, height), 0, 0, cv::INTER_LANCZOS4);
        from = enlarged;
    }
    return from;
}

/// Colours times alpha in 16 bits, which loses nothing.
cv::Mat premultiplied(const cv::Mat& rgba) {
    cv::Mat out(rgba.size(), CV_16UC4);
    for (int y = 0; y < rgba.rows; ++y) {
        const auto* from = rgba.ptr<std::uint8_t>(y);
        auto* to = out.ptr<std::uint16_t>(y);
        for (int x = 0; x < rgba.cols; ++x, from += 4, to += 4) {
            for (int c = 0; c < 3; ++c) to[c] = static_cast<std::uint16_t>(from[c] * from[3]);
            to[3] = static_cast<std::uint16_t>(255 * from[3]);
        }
    }
    return out;
}

cv::Mat straight(const cv::Mat& from16) {
    cv::Mat out(from16.size(), CV_8UC4);
    for (int y = 0; y < out.rows; ++y) {
        const auto* from = from16.ptr<std::uint16_t>(y);
        auto* to = out.ptr<std::uint8_t>(y);
        for (int x = 0; x < out.cols; ++x, from += 4, to += 4) {
            const std::uint32_t alpha = from[3];
            for (int c = 0; c < 3; ++c)
                to[c] = alpha == 0 ? 0
                                   : static_cast<std::uint8_t>(std::min<std::uint32_t>(
                                         255, (from[c] * 255u + alpha / 2) / alpha));
            to[3] = static_cast<std::uint8_t>(std::min<std::uint32_t>(255, (alpha + 127) / 255));
        }
    }
    return out;
}

cv::Mat resized(const Frame& frame, const cv::Rect& part, int width, int height) {
    const cv::Mat source = view(frame)(part);
    if (source.cols == width && source.rows == height) return source.clone();
    return is_opaque(frame) ? scaled(source, width, height).clone()
                            : straight(scaled(premultiplied(source), width, height));
}

}  // namespace

bool is_opaque(const Frame& frame) {
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = frame.row(y);
        std::uint8_t all = 255;
        for (int x = 0; x < frame.width; ++x) all &= row[x * 4 + 3];
        if (all != 255) return false;
    }
    return true;
}

Frame over(const Frame& frame, std::uint32_t rgb) {
    if (is_opaque(frame)) return frame;
    Rgba out(frame.width, frame.height);
    for (int y = 0; y < frame.height; ++y) flatten_row(frame.row(y), out.row(y), frame.width, rgb);
    return std::move(out).to_frame();
}

void flatten(Rgba& picture, std::uint32_t rgb) {
    for (int y = 0; y < picture.height; ++y)
        flatten_row(picture.row(y), picture.row(y), picture.width, rgb);
}

}  // namespace media

Frame resize(const Frame& frame, int width, int height, Fit fit, std::uint32_t rgb_background) {
    if (frame.empty() || width < 1 || height < 1) return {};
    cv::Rect part(0, 0, frame.width, frame.height);
    if (fit == Fit::Crop) {
        // The largest centred part of the wanted shape.
        const double scale = std::min(static_cast<double>(frame.width) / width,
                                      static_cast<double>(frame.height) / height);
        part.width = std::clamp(static_cast<int>(std::lround(width * scale)), 1, frame.width);
        part.height = std::clamp(static_cast<int>(std::lround(height * scale)), 1, frame.height);
        part.x = (frame.width - part.width) / 2;
        part.y = (frame.height - part.height) / 2;
    }
    if (fit != Fit::Pad) return media::to_frame(media::resized(frame, part, width, height));
    const double scale = std::min(static_cast<double>(width) / frame.width,
                                  static_cast<double>(height) / frame.height);
    const int inner_width =
        std::clamp(static_cast<int>(std::lround(frame.width * scale)), 1, width);
    const int inner_height =
        std::clamp(static_cast<int>(std::lround(frame.height * scale)), 1, height);
    const cv::Scalar bars(rgb_background >> 16 & 255, rgb_background >> 8 & 255,
                          rgb_background & 255, 255);
    cv::Mat out(height, width, CV_8UC4, bars);
    const cv::Rect place((width - inner_width) / 2, (height - inner_height) / 2, inner_width,
                         inner_height);
    media::resized(frame, part, inner_width, inner_height).copyTo(out(place));
    return media::to_frame(std::move(out));
}

Frame resize_to_edge(const Frame& frame, int edge) {
    const int longer = std::max(frame.width, frame.height);
    if (frame.empty() || edge < 1 || longer <= edge) return frame;
    const auto scaled = [&](int side) {
        return std::max(1,
                        static_cast<int>(std::lround(static_cast<double>(side) * edge / longer)));
    };
    return resize(frame, scaled(frame.width), scaled(frame.height), Fit::Fit);
}

Frame make_grid(const std::vector<Frame>& cells, int columns, int gap) {
    if (cells.empty() || cells.front().empty() || columns < 1) return {};
    columns = std::min(columns, static_cast<int>(cells.size()));
    gap = std::max(gap, 0);
    const int rows = (static_cast<int>(cells.size()) + columns - 1) / columns;
    const int width = cells.front().width, height = cells.front().height;
    media::Rgba out(columns * width + (columns - 1) * gap, rows * height + (rows - 1) * gap);
    for (int i = 0; i < static_cast<int>(cells.size()); ++i) {
        const Frame& cell = cells[static_cast<std::size_t>(i)];
        const Frame fitted = cell.width == width && cell.height == height
                                 ? cell
                                 : resize(cell, width, height, Fit::Pad);
        const int left = i % columns * (width + gap), top = i / columns * (height + gap);
        for (int y = 0; y < fitted.height; ++y)
            std::memcpy(out.row(top + y) + left * 4, fitted.row(y),
                        static_cast<std::size_t>(width) * 4);
    }
    return std::move(out).to_frame();
}

Frame crop(const Frame& frame, int x, int y, int width, int height) {
    // In 64 bits, since a caller's numbers may be anything.
    const auto clip = [](std::int64_t from, std::int64_t length, int side) {
        const std::int64_t begin = std::clamp<std::int64_t>(from, 0, side);
        const std::int64_t end = std::clamp<std::int64_t>(from + length, 0, side);
        return std::pair(static_cast<int>(begin), static_cast<int>(end - begin));
    };
    const auto [left, columns] = clip(x, width, frame.width);
    const auto [top, rows] = clip(y, height, frame.height);
    if (frame.empty() || columns < 1 || rows < 1) return {};
    Frame out = frame;  // shares the pixels
    out.width = columns;
    out.height = rows;
    out.pixels = frame.row(top) + left * 4;
    return out;
}

}  // namespace pentimento
