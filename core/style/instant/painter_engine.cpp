// The method "painter": one pass through a person's own network.
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/style/colour.h"
#include "core/style/instant/engine.h"
#include "core/style/instant/painter.h"
#include "core/style/params.h"
#include "core/style/working_picture.h"

namespace pentimento::style {
namespace {

using torch::Tensor;

class PainterEngine : public InstantBlender::Impl {
  public:
    PainterEngine(const Painter& painter, const torch::Device& device)
        : painter_(painter), device_(device) {}

    void set_content(Frame content) override {
        content_ = std::move(content);
        size_ = edge_ = 0;
    }

    Result<Tensor> blend(const ParamSet& params, int size) override {
        if (content_.empty())
            return Error{ErrorCode::InvalidArgument, "There is no content picture yet.", {}};
        if (size_ != size) {
            auto picture =
                resized_to_edge(content_, size, kInstantMinEdge, "The content picture", device_);
            if (!picture) return picture.error();
            picture_ = *picture;
            size_ = size;
            edge_ = 0;
        }
        // A painter's strokes have their size in pixels: broader ones come from painting a smaller
        // picture.
        const int edge = static_cast<int>(std::lround(size / params.get(kStyleSize)));
        if (edge_ != edge) {
            auto source = edge == size ? Result<Tensor>(picture_)
                                       : resized_to_edge(content_, edge, kInstantMinEdge,
                                                         "The content picture", device_);
            if (!source) return source.error();
            painted_ = paint(painter_, *source).clamp(0, 1);
            if (edge != size)
                painted_ = at::_upsample_bicubic2d_aa(
                               painted_, {picture_.size(2), picture_.size(3)}, false, {}, {})
                               .clamp(0, 1);
            edge_ = edge;
        }
        return keep_colour(params.get(kColour),
                           torch::lerp(picture_, painted_, params.get(kStrength)), picture_);
    }

  private:
    Painter painter_;
    torch::Device device_;
    Frame content_;
    Tensor picture_, painted_;  ///< [1, 3, h, w] at size_; painted at edge_
    int size_ = 0, edge_ = 0;   ///< 0: not made yet
};

}  // namespace

Result<std::unique_ptr<InstantBlender::Impl>> make_painter_engine(const std::filesystem::path& path,
                                                                  const torch::Device& device) {
    if (path.empty())
        return Error{ErrorCode::InvalidArgument,
                     "The method needs a trained painter: choose its file, or train one.",
                     {}};
    const auto info = identify_painter(path);
    if (!info) return info.error();
    const auto file = read_safetensors(path);
    if (!file) return file.error();
    Painter painter(info->width);
    if (const Status loaded =
            load_network(*painter, *file, to_valid_utf8(path.filename().native()));
        !loaded)
        return loaded.error();
    painter->to(device);
    return std::unique_ptr<InstantBlender::Impl>(std::make_unique<PainterEngine>(painter, device));
}

}  // namespace pentimento::style
