#include "ui/pages/style/instant_preview.h"

#include <algorithm>

#include "core/style/instant/instant.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

struct InstantPreview::Blender {
    std::unique_ptr<style::InstantBlender> engine;
    bool paints = false;  ///< the engine is a painter's
    Pictures pictures;    ///< that the engine has

    Result<Frame> blend(const Request& request) {
        const bool painter = !style::needs_styles(request.params);
        if (!engine || paints != painter || pictures.networks != request.pictures.networks) {
            engine.reset();
            auto made = style::InstantBlender::make(request.params, request.pictures.networks);
            if (!made) return made.error();
            engine = *std::move(made);
            paints = painter;
            pictures = {};
        }
        const auto differ = [](const Frame& a, const Frame& b) { return a.pixels != b.pixels; };
        if (differ(pictures.content, request.pictures.content))
            engine->set_content(request.pictures.content);
        for (int i = 0; i < style::kMaxStyles; ++i) {
            const auto at = static_cast<std::size_t>(i);
            if (differ(pictures.styles[at], request.pictures.styles[at]))
                engine->set_style(i, request.pictures.styles[at]);
            if (pictures.masks[at].cacheKey() != request.pictures.masks[at].cacheKey())
                engine->set_mask(i, request.pictures.masks[at].isNull()
                                        ? Frame{}
                                        : to_frame(request.pictures.masks[at]));
        }
        pictures = request.pictures;
        ParamSet params = request.params;
        if (!request.final) {
            const auto size = std::get<std::int64_t>(params.value("size"));
            (void)params.set("size", std::min<std::int64_t>(size, kQuickEdge));
        }
        return engine->blend(params);
    }
};

InstantPreview::InstantPreview(QObject* parent)
    : QObject(parent), blender_(std::make_shared<Blender>()) {
    rest_.setSingleShot(true);
    rest_.setInterval(kRestMs);
    connect(&rest_, &QTimer::timeout, this, [this] {
        if (!last_) return;
        Request full = *last_;
        full.final = true;
        send(std::move(full));
    });
}

InstantPreview::~InstantPreview() = default;

void InstantPreview::request(const ParamSet& params, const Pictures& pictures) {
    last_ = Request{params, pictures, false};
    send(*last_);
    rest_.start();
}

void InstantPreview::cancel() {
    background_.cancel();
    pending_.reset();
    last_.reset();
    rest_.stop();
    in_flight_ = false;
}

// One blend is under way at a time; of what is asked for meanwhile only the newest is done.
void InstantPreview::send(Request request) {
    if (in_flight_) {
        pending_ = std::move(request);
        return;
    }
    in_flight_ = true;
    const bool final = request.final;
    background_.start(
        [blender = blender_, request = std::move(request)] { return blender->blend(request); },
        [this, final](Result<Frame> frame) {
            in_flight_ = false;
            if (frame)
                Q_EMIT blended(*frame, final);
            else
                Q_EMIT failed(QString::fromStdString(frame.error().message));
            if (auto next = std::exchange(pending_, std::nullopt)) send(*std::move(next));
        });
}

}  // namespace pentimento::ui
