// OpenCV computes the flow; what of it can be trusted is decided here.
#include "core/media/flow.h"

#include <opencv2/imgproc.hpp>
#include <opencv2/video/tracking.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "core/media/cv_bridge.h"
#include "core/media/pixels.h"

namespace pentimento {
namespace {

Error flow_failed(const std::string& detail) {
    return {ErrorCode::Internal, "The movement between two frames could not be found.", detail};
}

cv::Mat grey(const Frame& frame) {
    cv::Mat result;
    cv::cvtColor(media::view(media::over(frame, 0xffffff)), result, cv::COLOR_RGBA2GRAY);
    return result;
}

struct Vector {
    float x = 0, y = 0;
    float square() const { return x * x + y * y; }
};

Vector at(const Flow& flow, int x, int y) {
    const auto* offset = &flow.offsets[(static_cast<std::size_t>(y) * flow.width + x) * 2];
    return {offset[0], offset[1]};
}

/// Bilinear; the place is inside.
Vector between(const Flow& flow, float x, float y) {
    const int left = std::min(static_cast<int>(x), flow.width - 1),
              top = std::min(static_cast<int>(y), flow.height - 1);
    const int right = std::min(left + 1, flow.width - 1), low = std::min(top + 1, flow.height - 1);
    const float u = x - static_cast<float>(left), v = y - static_cast<float>(top);
    const Vector a = at(flow, left, top), b = at(flow, right, top), c = at(flow, left, low),
                 d = at(flow, right, low);
    const auto mix = [&](float p, float q, float r, float s) {
        return (p * (1 - u) + q * u) * (1 - v) + (r * (1 - u) + s * u) * v;
    };
    return {mix(a.x, b.x, c.x, d.x), mix(a.y, b.y, c.y, d.y)};
}

}  // namespace

Result<Flow> optical_flow(const Frame& from, const Frame& to) {
    if (from.width != to.width || from.height != to.height || from.width < 16 || from.height < 16)
        return flow_failed("frames of different sizes, or too small");
    media::silence_opencv();
    try {
        const auto search = cv::DISOpticalFlow::create(cv::DISOpticalFlow::PRESET_MEDIUM);
        // At full size and with dense patches: the usual settings smear the edges of things by
        // several pixels. It takes a small part of what a frame's refinement takes.
        search->setFinestScale(0);
        search->setPatchStride(2);
        search->setGradientDescentIterations(40);
        cv::Mat found;
        search->calc(grey(from), grey(to), found);
        Flow flow{from.width, from.height,
                  std::vector<float>(static_cast<std::size_t>(from.width) * from.height * 2)};
        for (int y = 0; y < flow.height; ++y)
            std::copy_n(found.ptr<float>(y), flow.width * 2,
                        flow.offsets.begin() + static_cast<std::ptrdiff_t>(y) * flow.width * 2);
        return flow;
    } catch (const cv::Exception& problem) {
        return flow_failed(problem.what());
    }
}

Result<Frame> warp(const Frame& picture, const Flow& flow) {
    if (picture.width != flow.width || picture.height != flow.height)
        return flow_failed("the flow is of another size");
    try {
        cv::Mat places(flow.height, flow.width, CV_32FC2);
        for (int y = 0; y < flow.height; ++y) {
            auto* place = places.ptr<float>(y);
            for (int x = 0; x < flow.width; ++x) {
                const Vector offset = at(flow, x, y);
                place[2 * x] = static_cast<float>(x) + offset.x;
                place[2 * x + 1] = static_cast<float>(y) + offset.y;
            }
        }
        cv::Mat result;
        cv::remap(media::view(picture), result, places, {}, cv::INTER_LINEAR, cv::BORDER_REPLICATE);
        return media::to_frame(result);
    } catch (const cv::Exception& problem) {
        return flow_failed(problem.what());
    }
}

std::vector<float> trusted(const Flow& backward, const Flow& forward) {
    const int width = backward.width, height = backward.height;
    std::vector<float> mask(static_cast<std::size_t>(width) * height, 0.f);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x) {
            const Vector back = at(backward, x, y);
            const float old_x = static_cast<float>(x) + back.x,
                        old_y = static_cast<float>(y) + back.y;
            if (!(old_x >= 0 && old_y >= 0 && old_x <= static_cast<float>(width - 1) &&
                  old_y <= static_cast<float>(height - 1)))
                continue;
            const Vector forth = between(forward, old_x, old_y);
            const Vector round{back.x + forth.x, back.y + forth.y};
            if (round.square() > 0.01f * (back.square() + forth.square()) + 0.5f) continue;
            const Vector left = at(backward, std::max(x - 1, 0), y),
                         right = at(backward, std::min(x + 1, width - 1), y),
                         up = at(backward, x, std::max(y - 1, 0)),
                         down = at(backward, x, std::min(y + 1, height - 1));
            const Vector across{(right.x - left.x) / 2, (right.y - left.y) / 2},
                along{(down.x - up.x) / 2, (down.y - up.y) / 2};
            if (across.square() + along.square() > 0.01f * back.square() + 0.002f) continue;
            mask[static_cast<std::size_t>(y) * width + x] = 1;
        }
    return mask;
}

std::vector<float> uncovered(const std::vector<float>& trusted, int width, int radius) {
    const int height = static_cast<int>(trusted.size()) / std::max(1, width);
    cv::Mat unknown(height, width, CV_32F);
    for (std::size_t i = 0; i < trusted.size(); ++i)
        unknown.at<float>(static_cast<int>(i) / width, static_cast<int>(i) % width) =
            1 - trusted[i];
    // Beyond the picture it goes on as at its edge, where most of what is new comes in.
    cv::blur(unknown, unknown, {2 * radius + 1, 2 * radius + 1}, {-1, -1}, cv::BORDER_REPLICATE);
    std::vector<float> share(trusted.size());
    for (std::size_t i = 0; i < share.size(); ++i)
        share[i] = std::clamp(
            2 * unknown.at<float>(static_cast<int>(i) / width, static_cast<int>(i) % width) - 1,
            0.f, 1.f);
    return share;
}

Frame mixture(const Frame& picture, const Frame& other, const std::vector<float>& share) {
    std::vector<std::uint8_t> rgba;
    rgba.reserve(static_cast<std::size_t>(picture.width) * picture.height * 4);
    for (int y = 0; y < picture.height; ++y)
        for (int x = 0; x < 4 * picture.width; ++x) {
            const float part = share[static_cast<std::size_t>(y) * picture.width + x / 4];
            const auto a = static_cast<float>(picture.row(y)[x]),
                       b = static_cast<float>(other.row(y)[x]);
            rgba.push_back(static_cast<std::uint8_t>(std::lround(a + (b - a) * part)));
        }
    return Frame::from_rgba(picture.width, picture.height, std::move(rgba));
}

double masked_difference(const Frame& a, const Frame& b, const std::vector<float>& mask) {
    double sum = 0, count = 0;
    for (int y = 0; y < a.height; ++y)
        for (int x = 0; x < a.width; ++x) {
            if (mask[static_cast<std::size_t>(y) * a.width + x] == 0) continue;
            for (int c = 0; c < 3; ++c) sum += std::abs(a.row(y)[4 * x + c] - b.row(y)[4 * x + c]);
            count += 3;
        }
    return count > 0 ? sum / count : 0;
}

}  // namespace pentimento
