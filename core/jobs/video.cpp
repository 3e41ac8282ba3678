// The Run behind films (Ruder, Dosovitskiy, Brox 2016, arXiv:1604.08610), and its work folder.
#include "core/jobs/video.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "core/media/flow.h"
#include "core/media/video.h"
#include "core/style/instant/instant.h"
#include "core/style/style_run.h"

namespace pentimento {
namespace {

constexpr const char* kDescription = "video.json";
constexpr int kFormatVersion = 1;
constexpr double kUsualFps = 25;
/// Of a frame, below which it has nothing to do with the one before: a cut.
constexpr double kCutShare = 0.25;
constexpr int kFramesPerStep = 4;  // when the film is written

const Param<std::int64_t> kFrameSteps =
    Param<std::int64_t>("frame_steps", 40)
        .label("Steps for later frames")
        .help(
            "Frames after the first one start from the last result, moved along with the picture, "
            "and need fewer steps. More follows the film more closely; fewer is faster.")
        .unit("steps")
        .group("Film")
        .range(1, 10'000)
        .step(10);
const Param<bool> kFollow =
    Param<bool>("follow", true)
        .label("Follow the movement")
        .help(
            "Start each frame from the last result, moved along the optical flow. Off: each frame "
            "is made on its own, and brushstrokes flicker.")
        .group("Film");
const Param<double> kCoherence =
    Param<double>("coherence", 1)
        .label("Coherence")
        .help(
            "How strongly a frame must look like the last one, where that one can still be seen in "
            "it. More keeps brushstrokes still; too much smears them.")
        .group("Film")
        .range(0, 1000)
        .log_scale()
        .step(0.1)
        .when("follow", {"true"});

std::string shown(const fs::path& path) {
    return "'" + to_valid_utf8(path.native()) + "'";
}

fs::path frame_path(const fs::path& folder, std::int64_t index, const char* prefix = "") {
    char name[48];
    std::snprintf(name, sizeof name, "%s%08lld.png", prefix, static_cast<long long>(index + 1));
    return folder / name;
}
/// As it was before colours were kept: what the next frame starts from. There only for the newest
/// frame, and only when colours are kept.
fs::path raw_path(const fs::path& folder, std::int64_t index) {
    return frame_path(folder, index, ".raw-");
}

std::int64_t frames_done(const fs::path& folder) {
    std::error_code failed;
    std::int64_t count = 0;
    while (fs::is_regular_file(frame_path(folder, count), failed)) ++count;
    return count;
}

/// What the frames depend on; two calls with the same may go on from each other.
Result<Json> describe(const VideoRequest& request, const VideoInfo& info) {
    Json params = request.params.to_json();
    // The same pictures come out whatever these are.
    for (const char* id : {"device", "threads", "sample_every"}) params.erase(id);
    Json styles = Json::array();
    for (const fs::path& path : request.styles) {
        const auto bytes = read_file(path);
        if (!bytes) return bytes.error();
        styles.push_back(
            {{"name", to_valid_utf8(path.filename().native())}, {"xxh3", to_hex(hash64(*bytes))}});
    }
    std::error_code failed;
    Json networks = Json::object();
    for (const auto& [key, file] : style::InstantNetworks::named(request.networks)) {
        if (file->empty()) continue;
        const auto bytes = read_file(*file);
        if (!bytes) return bytes.error();
        networks[key] = to_hex(hash64(*bytes));
    }
    Json description{{"version", kFormatVersion},
                     {"source", to_valid_utf8(fs::absolute(request.source, failed).native())},
                     {"width", info.width},
                     {"height", info.height},
                     {"weights", to_valid_utf8(request.weights.filename().native())},
                     {"styles", styles},
                     {"params", params}};
    // Work folders from before networks of one's own have no such entry.
    if (!networks.empty()) description["networks"] = networks;
    return description;
}

Status check_same(const Json& wanted, const fs::path& folder) {
    const auto text = read_file(folder / kDescription, 1 << 20);
    if (!text) return text.error();
    auto found = parse_json(*text, kDescription);
    if (!found) return found.error();
    found->erase("fps");
    if (*found == wanted) return {};
    std::vector<std::string> differing;
    const auto compare = [&](const Json& a, const Json& b) {
        for (const auto& [key, value] : a.items())
            if (key != "params" && (!b.contains(key) || b[key] != value)) differing.push_back(key);
    };
    compare(wanted, *found);
    if (found->contains("params") && (*found)["params"].is_object())
        compare(wanted["params"], (*found)["params"]);
    return Error{ErrorCode::Conflict,
                 shown(folder) + " holds frames that were made otherwise" +
                     (differing.empty() ? "" : " (" + join(differing, ", ") + ")") +
                     ". Delete it to begin anew, or name another output.",
                 {}};
}

/// The size that style transfer works in, as it computes it from the longer edge.
Frame to_working_size(const Frame& frame, std::int64_t edge) {
    const double scale =
        static_cast<double>(edge) / static_cast<double>(std::max(frame.width, frame.height));
    const auto fitted = [&](int length) {
        return std::max(1, static_cast<int>(std::lround(length * scale)));
    };
    return resize(frame, fitted(frame.width), fitted(frame.height));
}

/// Puts finished frames into a film, some at a time.
class FilmMaker {
  public:
    FilmMaker(fs::path folder, fs::path out, double fps, std::int64_t count)
        : folder_(std::move(folder)), out_(std::move(out)), fps_(fps), count_(count) {}

    /// True when the film is in place.
    Result<bool> work(int frames) {
        for (; frames > 0 && at_ < count_; --frames, ++at_) {
            const auto frame = read_picture(frame_path(folder_, at_));
            if (!frame) return frame.error();
            if (!writer_) {
                auto made = VideoWriter::create(out_, frame->width, frame->height, fps_);
                if (!made) return made.error();
                writer_ = *std::move(made);
            }
            if (Status written = writer_->write(*frame); !written) return written.error();
        }
        if (at_ < count_) return false;
        if (Status finished = writer_->finish(); !finished) return finished.error();
        return true;
    }
    std::int64_t written() const { return at_; }

  private:
    fs::path folder_, out_;
    double fps_;
    std::int64_t count_, at_ = 0;
    std::unique_ptr<VideoWriter> writer_;
};

bool is_film(const fs::path& out) {
    return out.extension() == ".mp4" || out.extension() == ".MP4";
}

class VideoRun final : public Run {
  public:
    VideoRun(VideoRequest request, std::unique_ptr<VideoReader> reader, std::vector<Frame> styles)
        : request_(std::move(request)),
          folder_(video_work_folder(request_.out)),
          reader_(std::move(reader)),
          styles_(std::move(styles)) {}

    /// Takes up the frames that are done.
    Status begin() {
        index_ = frames_done(folder_);
        if (request_.frames > 0) index_ = std::min(index_, request_.frames);
        if (index_ == 0) return {};
        if (Status skipped = reader_->skip(index_ - 1); !skipped) return skipped;
        auto before = next_content();
        if (!before) return before.error();
        if (!*before)
            return Error{ErrorCode::Conflict,
                         shown(folder_) + " holds more frames than the source has.",
                         {}};
        std::error_code failed;
        const auto raw = raw_path(folder_, index_ - 1);
        auto result = read_picture(
            keeps_colour() && fs::exists(raw, failed) ? raw : frame_path(folder_, index_ - 1));
        if (!result) return result.error();
        last_content_ = **before;
        last_result_ = *std::move(result);
        steps_done_ = steps_for(index_);
        return {};
    }

    std::string kind() const override { return "video"; }
    const ParamSet& params() const override { return request_.params; }
    std::vector<MetricSpec> metric_specs() const override {
        return {{"flicker", "Flicker",
                 "How much a frame differs from the last one, moved along with the picture, where "
                 "that one can be seen in it: 0 to 255. Lower is calmer.",
                 "Film"}};
    }
    std::int64_t steps_done() const override { return steps_done_; }

    Status apply(const Patch& patch) override {
        if (Status applied = request_.params.apply(patch); !applied) return applied;
        if (!run_) return {};
        Patch inner;
        for (const auto& [id, value] : patch)
            if (run_->params().schema().find(id)) inner[id] = value;
        return run_->apply(inner);
    }

    Result<StepReport> step() override {
        StepReport report;
        Status status = film_ ? work_on_film(report) : run_ ? improve(report) : begin_frame(report);
        if (!status) return status.error();
        report.step = steps_done_;
        report.total_steps = std::max(total_steps(), steps_done_);
        if (!film_)
            report.note = "Frame " + format_count(index_ + 1) +
                          (frame_count() > 0 ? " of " + format_count(frame_count()) : "");
        else
            report.note = "Writing the film";
        return report;
    }

    Result<Preview> preview() override {
        if (run_) return run_->preview();
        if (last_result_.empty()) return Error{ErrorCode::NotFound, "No frame is done yet.", {}};
        return Preview{last_result_, steps_done_, 1, 1};
    }
    Status save(const fs::path&) override {
        return Error{ErrorCode::Unsupported,
                     "A film is not saved: start it again, and it goes on from its last frame.",
                     {}};
    }
    Status restore(const fs::path& dir) override { return save(dir); }

  private:
    std::int64_t first_steps() const { return style::total_steps(style_params(request_.params)); }
    std::int64_t later_steps() const {
        return follow() ? request_.params.get(kFrameSteps) : first_steps();
    }
    bool keeps_colour() const { return to_text(request_.params.value("colour")) != "none"; }
    /// What one pass makes has no start that could be moved along; it hardly flickers by itself.
    bool follow() const {
        return request_.params.get(kFollow) && !style::one_pass(request_.params);
    }
    /// Of that many frames from the start, without cuts.
    std::int64_t steps_for(std::int64_t frames) const {
        return frames > 0 ? first_steps() + (frames - 1) * later_steps() : 0;
    }
    std::int64_t frame_count() const {
        const std::int64_t all = reader_->info().frames;
        return request_.frames > 0 && (all == 0 || request_.frames < all) ? request_.frames : all;
    }
    std::int64_t total_steps() const {
        return frame_count() > 0
                   ? steps_before_ + steps_this_frame_ +
                         std::max<std::int64_t>(0, frame_count() - index_ - 1) * later_steps()
                   : 0;
    }

    Result<std::optional<Frame>> next_content() {
        auto frame = reader_->next();
        if (!frame || !*frame) return frame;
        return std::optional(
            to_working_size(**frame, std::get<std::int64_t>(request_.params.value("size"))));
    }

    Status begin_frame(StepReport& report) {
        std::optional<Frame> content;
        if (request_.frames == 0 || index_ < request_.frames) {
            auto next = next_content();
            if (!next) return next.error();
            content = *std::move(next);
        }
        if (!content) return end(report);
        content_ = *std::move(content);
        style::StyleInputs inputs;
        inputs.weights = request_.weights;
        inputs.networks = request_.networks;
        inputs.content = content_;
        inputs.styles = styles_;
        ParamSet params = style_params(request_.params);
        warped_ = {};
        mask_.clear();
        if (index_ > 0)
            if (Status moved = follow_movement(params, inputs, report); !moved) return moved;
        auto made = style::make_run(params, std::move(inputs));
        if (!made) return made.error();
        run_ = *std::move(made);
        last_.reset();  // only now: it kept the feature network in memory
        steps_before_ = steps_done_;
        steps_this_frame_ = style::total_steps(params);
        return {};
    }

    Status follow_movement(ParamSet& params, style::StyleInputs& inputs, StepReport& report) {
        auto backward = optical_flow(content_, last_content_);
        if (!backward) return backward.error();
        auto forward = optical_flow(last_content_, content_);
        if (!forward) return forward.error();
        auto mask = trusted(*backward, *forward);
        double share = 0;
        for (const float value : mask) share += value;
        share /= static_cast<double>(mask.size());
        if (share < kCutShare) {
            report.events.push_back(
                {.type = "cut",
                 .text = "Frame " + format_count(index_ + 1) + " begins a new scene.",
                 .data = {{"frame", index_ + 1}, {"trusted", share}}});
            return {};
        }
        auto warped = warp(last_result_, *backward);
        if (!warped) return warped.error();
        warped_ = *std::move(warped);
        mask_ = std::move(mask);
        if (!follow()) return {};  // the flicker is measured all the same
        auto start = with_new_parts(params);
        if (!start) return start.error();
        inputs.start = *std::move(start);
        inputs.likeness = style::Likeness{warped_, mask_, request_.params.get(kCoherence)};
        // At one size: the coarse forms are there already.
        const Patch changes{{"init", std::string("picture")},
                            {"scales", std::string("one")},
                            {"steps", later_steps()}};
        return params.apply(changes);
    }

    /// The last result moved along; where something has come into view, an instant blend. Its edge
    /// repeated would be streaks, which a few steps do not turn into anything else.
    Result<Frame> with_new_parts(ParamSet params) {
        constexpr float kWorthwhile = 0.5f;
        const auto fresh = uncovered(mask_, content_.width);
        if (*std::max_element(fresh.begin(), fresh.end()) < kWorthwhile) return warped_;
        const Patch plain{{"method", std::string("instant")},
                          {"colour", std::string("none")},
                          {"size", std::int64_t{std::max(content_.width, content_.height)}}};
        if (Status set = params.apply(plain); !set) return warped_;  // smaller than a blend can be
        if (!blender_) {
            auto made = style::InstantBlender::make(params, request_.networks);
            if (!made) return made.error();
            blender_ = *std::move(made);
            for (std::size_t i = 0; i < styles_.size(); ++i)
                blender_->set_style(static_cast<int>(i), styles_[i]);
        }
        blender_->set_content(content_);
        const auto blend = blender_->blend(params);
        if (!blend) return blend.error();
        if (blend->width != warped_.width || blend->height != warped_.height) return warped_;
        return mixture(warped_, *blend, fresh);
    }

    Status improve(StepReport& report) {
        auto stepped = run_->step();
        if (!stepped) return stepped.error();
        steps_done_ = steps_before_ + stepped->step;
        if (!stepped->finished) return {};
        auto picture = run_->preview();
        if (!picture) return picture.error();
        const Frame result = picture->frame;
        if (keeps_colour()) {
            if (Status plain = run_->apply({{"colour", std::string("none")}}); !plain) return plain;
            picture = run_->preview();
            if (!picture) return picture.error();
            if (Status written = write_picture(raw_path(folder_, index_), picture->frame); !written)
                return written;
        }
        if (Status written = write_picture(frame_path(folder_, index_), result); !written)
            return written;
        std::error_code ignored;
        fs::remove(raw_path(folder_, index_ - 1), ignored);
        last_result_ = picture->frame;
        if (!mask_.empty())
            report.metrics.push_back({"flicker", masked_difference(warped_, last_result_, mask_)});
        report.items = 1;
        last_content_ = content_;
        last_ = std::move(run_);
        run_.reset();
        ++index_;
        return {};
    }

    Status end(StepReport& report) {
        if (index_ == 0)
            return Error{ErrorCode::Corrupt, shown(request_.source) + " holds no frames.", {}};
        last_.reset();
        std::error_code ignored;
        if (!is_film(request_.out)) fs::remove(raw_path(folder_, index_ - 1), ignored);
        if (is_film(request_.out)) {
            const double own = reader_->info().fps > 0 ? reader_->info().fps : kUsualFps;
            film_ = std::make_unique<FilmMaker>(folder_, request_.out,
                                                request_.fps > 0 ? request_.fps : own, index_);
            return {};
        }
        report.finished = true;
        return {};
    }

    Status work_on_film(StepReport& report) {
        const auto complete = film_->work(kFramesPerStep);
        if (!complete) return complete.error();
        if (!*complete) return {};
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
        report.finished = true;
        return {};
    }

    VideoRequest request_;
    fs::path folder_;
    std::unique_ptr<VideoReader> reader_;
    std::vector<Frame> styles_;
    std::int64_t index_ = 0;  ///< of the frame that is worked on
    std::int64_t steps_done_ = 0, steps_before_ = 0, steps_this_frame_ = 0;
    Frame content_, last_content_, last_result_, warped_;
    std::vector<float> mask_;  ///< where `warped_` can be trusted; empty: nowhere
    std::unique_ptr<Run> run_, last_;
    std::unique_ptr<style::InstantBlender> blender_;  ///< once something has come into view
    std::unique_ptr<FilmMaker> film_;
};

/// Takes over from `from` what style::schema() has.
ParamSet with_style(ParamSet params, const ParamSet& from) {
    for (const ParamSpec& spec : style::schema().specs())
        (void)params.set(spec.id, from.value(spec.id));  // valid there, valid here
    return params;
}

Error invalid(std::string message) {
    return {ErrorCode::InvalidArgument, std::move(message), {}};
}

}  // namespace

const Schema& video_schema() {
    static const Schema schema = [] {
        Schema s;
        s.add(style::schema()).add(kFrameSteps).add(kFollow).add(kCoherence);
        return s;
    }();
    return schema;
}

ParamSet style_params(const ParamSet& film) {
    return with_style(ParamSet(style::schema()), film);
}

ParamSet film_params(const ParamSet& style) {
    return with_style(ParamSet(video_schema()), style);
}

fs::path video_work_folder(const fs::path& out) {
    return is_film(out) ? fs::path(out.native() + ".frames") : out;
}

Result<std::unique_ptr<Run>> make_video_run(VideoRequest request) {
    if (style::needs_styles(request.params) &&
        (request.styles.empty() ||
         request.styles.size() > static_cast<std::size_t>(style::kMaxStyles)))
        return invalid("A film needs 1 to " + std::to_string(style::kMaxStyles) +
                       " style pictures.");
    if (to_text(request.params.value("init")) == "picture")
        return invalid("A film cannot start from a picture: set init to content or noise.");
    if (request.frames < 0 || request.fps < 0)
        return invalid("The number of frames and the frames a second cannot be negative.");
    std::error_code failed;
    if (!is_film(request.out) && request.out.has_extension() &&
        !fs::is_directory(request.out, failed))
        return invalid("Films are written as .mp4; name a folder to get the frames as pictures.");
    auto reader = VideoReader::open(request.source);
    if (!reader) return reader.error();
    std::vector<Frame> styles;
    for (const fs::path& path : request.styles) {
        auto style = read_picture(path);
        if (!style) return style.error();
        styles.push_back(*std::move(style));
    }
    auto description = describe(request, (*reader)->info());
    if (!description) return description.error();
    const fs::path folder = video_work_folder(request.out);
    if (fs::exists(folder / kDescription, failed)) {
        if (const Status same = check_same(*description, folder); !same) return same.error();
    } else {
        if (is_film(request.out) && fs::exists(request.out, failed))
            return Error{
                ErrorCode::Conflict,
                shown(request.out) + " is there already. Delete it, or name another output.",
                {}};
        if (fs::exists(folder, failed) && !fs::is_empty(folder, failed))
            return Error{ErrorCode::Conflict,
                         shown(folder) +
                             " is not empty, and not from an earlier call. Name "
                             "another output.",
                         {}};
        if (const Status made = make_directories(folder); !made) return made.error();
        Json stored = *description;
        stored["fps"] = (*reader)->info().fps;
        if (const Status written =
                write_file_atomically(folder / kDescription, stored.dump(2) + "\n");
            !written)
            return written.error();
    }
    auto run =
        std::make_unique<VideoRun>(std::move(request), *std::move(reader), std::move(styles));
    if (const Status begun = run->begin(); !begun) return begun.error();
    return std::unique_ptr<Run>(std::move(run));
}

Result<std::int64_t> write_film(const VideoRequest& request) {
    const fs::path folder = video_work_folder(request.out);
    const std::int64_t count = frames_done(folder);
    if (count == 0)
        return Error{ErrorCode::NotFound, "No frame is done yet, so there is no film.", {}};
    if (!is_film(request.out)) return count;
    double fps = request.fps;
    if (fps <= 0)
        if (const auto text = read_file(folder / kDescription, 1 << 20))
            if (const auto json = parse_json(*text, kDescription);
                json && json->is_object() && json->contains("fps") && (*json)["fps"].is_number())
                fps = (*json)["fps"].get<double>();
    FilmMaker maker(folder, request.out, fps > 0 ? fps : kUsualFps, count);
    for (;;) {
        const auto complete = maker.work(kFramesPerStep);
        if (!complete) return complete.error();
        if (*complete) return count;
    }
}

}  // namespace pentimento
