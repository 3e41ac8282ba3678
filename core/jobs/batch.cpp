// The Run behind a batch: it drives one style run after the other.
#include "core/jobs/batch.h"

#include <algorithm>
#include <set>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "core/style/style_run.h"

namespace pentimento {
namespace {

std::string name_of(const fs::path& path) {
    return to_valid_utf8(path.filename().native());
}

/// Short enough that two of them with an ending fit into a file name of 255 bytes.
std::string short_stem(const fs::path& path) {
    std::string stem = path.stem().native();
    std::size_t length = std::min<std::size_t>(stem.size(), 100);
    // Not in the middle of a character.
    while (length > 0 && length < stem.size() && (stem[length] & 0xc0) == 0x80) --length;
    return stem.substr(0, length);
}

class BatchRun final : public Run {
  public:
    explicit BatchRun(StyleBatch batch)
        : batch_(std::move(batch)), results_(batch_results(batch_)) {}

    std::string kind() const override { return "batch"; }
    const ParamSet& params() const override { return batch_.params; }
    std::vector<MetricSpec> metric_specs() const override { return style::metric_specs(); }
    std::int64_t steps_done() const override { return steps_done_; }

    Status apply(const Patch& patch) override {
        if (Status applied = batch_.params.apply(patch); !applied) return applied;
        return run_ ? run_->apply(patch) : Status();
    }

    Result<StepReport> step() override {
        StepReport report;
        if (!run_) {
            if (Status status = begin_next(report); !status) return status.error();
        } else if (auto stepped = run_->step(); !stepped) {
            fail(stepped.error(), report);
        } else {
            report.metrics = std::move(stepped->metrics);
            steps_done_ = steps_before_ + stepped->step;
            if (stepped->finished)
                if (Status status = finish(stepped->step, report); !status) return status.error();
        }
        report.step = steps_done_;
        report.total_steps = steps_per_picture() * static_cast<std::int64_t>(results_.size());
        report.finished = item_ >= results_.size();
        if (!report.finished)
            report.note = "Picture " + format_count(static_cast<std::int64_t>(item_) + 1) + " of " +
                          format_count(static_cast<std::int64_t>(results_.size())) + ": " +
                          name_of(results_[item_]);
        return report;
    }

    Result<Preview> preview() override {
        // Between two pictures, the one that is done.
        Run* const shown = run_ ? run_.get() : last_.get();
        if (!shown) return Error{ErrorCode::NotFound, "No picture is being made.", {}};
        return shown->preview();
    }
    Status save(const fs::path&) override {
        return Error{ErrorCode::Unsupported,
                     "A batch is not saved: start it again, and it goes on with what is missing.",
                     {}};
    }
    Status restore(const fs::path& dir) override { return save(dir); }

  private:
    std::int64_t steps_per_picture() const { return style::total_steps(batch_.params); }
    bool paints() const { return !style::needs_styles(batch_.params); }
    std::size_t per_content() const { return batch_.blend || paints() ? 1 : batch_.styles.size(); }
    const fs::path& content() const { return batch_.contents[item_ / per_content()]; }
    std::vector<fs::path> styles() const {
        if (paints()) return {};
        if (batch_.blend) return batch_.styles;
        return {batch_.styles[item_ % per_content()]};
    }

    Status begin_next(StepReport& report) {
        std::error_code ignored;
        if (!batch_.overwrite && fs::exists(results_[item_], ignored)) {
            skip("exists", name_of(results_[item_]) + " is there already", report);
            return {};
        }
        style::StyleInputs inputs;
        inputs.weights = batch_.weights;
        inputs.networks = batch_.networks;
        auto picture = read(content());
        if (!picture) return fail(picture.error(), report), Status();
        inputs.content = *std::move(picture);
        for (const fs::path& path : styles()) {
            auto style = read(path);
            if (!style) return fail(style.error(), report), Status();
            inputs.styles.push_back(*std::move(style));
        }
        auto made = style::make_run(batch_.params, std::move(inputs));
        if (!made) {
            // What is wrong with anything but the pictures would be wrong for all others, too.
            if (made.error().code != ErrorCode::InvalidArgument) return made.error();
            return fail(made.error(), report), Status();
        }
        run_ = *std::move(made);
        last_.reset();  // only now: it kept the feature network in memory
        return {};
    }

    Result<Frame> read(const fs::path& path) {
        // Told once, not for each of the pictures that it is needed for.
        if (broken_.count(path)) return Error{ErrorCode::Corrupt, {}, {}};
        auto frame = read_picture(path);
        if (!frame) broken_.insert(path);
        return frame;
    }

    Status finish(std::int64_t steps, StepReport& report) {
        const auto preview = run_->preview();
        if (!preview) return fail(preview.error(), report), Status();
        WriteOptions options;
        if (batch_.embed_settings) {
            const Json settings =
                export_settings("style", name_of(results_[item_]), steps, batch_.params);
            options.settings = settings.dump();
            options.readable = readable_settings(settings);
        }
        // A full disk would fail for all others as well.
        if (Status written = write_picture(results_[item_], preview->frame, options); !written)
            return written;
        report.items = 1;
        report.events.push_back({.type = "made",
                                 .text = name_of(results_[item_]),
                                 .data = {{"file", to_valid_utf8(results_[item_].native())}}});
        next();
        return {};
    }

    void fail(const Error& error, StepReport& report) {
        std::string names;
        for (const fs::path& path : styles()) names += (names.empty() ? "" : ", ") + name_of(path);
        if (paints()) names = name_of(batch_.networks.painter);
        skip("failed",
             name_of(content()) + " in the style of " + names + ": " +
                 (error.message.empty() ? "one of its pictures cannot be read, see above"
                                        : error.message),
             report);
    }

    void skip(const char* reason, std::string text, StepReport& report) {
        report.events.push_back(
            {.type = "skipped",
             .text = std::move(text),
             .data = {{"file", to_valid_utf8(results_[item_].native())}, {"reason", reason}}});
        next();
    }

    void next() {
        ++item_;
        if (run_) last_ = std::move(run_);
        run_.reset();
        steps_before_ = steps_done_ = steps_per_picture() * static_cast<std::int64_t>(item_);
    }

    StyleBatch batch_;
    std::vector<fs::path> results_;
    std::size_t item_ = 0;
    std::unique_ptr<Run> run_, last_;
    std::int64_t steps_before_ = 0, steps_done_ = 0;
    std::set<fs::path> broken_;
};

Error invalid(std::string message) {
    return {ErrorCode::InvalidArgument, std::move(message), {}};
}

}  // namespace

Result<std::vector<fs::path>> expand_pictures(
    const std::vector<std::string>& pictures_and_folders) {
    std::vector<fs::path> pictures;
    for (const std::string& text : pictures_and_folders) {
        std::error_code failed;
        if (!fs::is_directory(text, failed)) {
            pictures.emplace_back(text);
            continue;
        }
        auto listed = list_pictures(text);
        if (!listed) return listed.error();
        pictures.insert(pictures.end(), listed->begin(), listed->end());
    }
    return pictures;
}

std::vector<fs::path> batch_results(const StyleBatch& batch) {
    std::vector<fs::path> results;
    std::set<std::string> taken;
    const auto add = [&](const fs::path& content, const std::string& style) {
        const std::string stem = short_stem(content) + "--" + style;
        std::string name = stem;
        for (int i = 2; !taken.insert(name).second; ++i) name = stem + "-" + std::to_string(i);
        results.push_back(batch.out / (name + "." + batch.extension));
    };
    for (const fs::path& content : batch.contents) {
        if (!style::needs_styles(batch.params))
            add(content, short_stem(batch.networks.painter));
        else if (batch.blend)
            add(content,
                short_stem(batch.styles.front()) +
                    (batch.styles.size() > 1 ? "+" + std::to_string(batch.styles.size() - 1)
                                             : std::string()));
        else
            for (const fs::path& style : batch.styles) add(content, short_stem(style));
    }
    return results;
}

Result<std::unique_ptr<Run>> make_batch_run(StyleBatch batch) {
    if (batch.contents.empty()) return invalid("A batch needs at least one content picture.");
    const bool paints = !style::needs_styles(batch.params);
    if (batch.styles.empty() && !paints)
        return invalid("A batch needs at least one style picture.");
    if (paints)
        if (auto painter = style::identify_painter(batch.networks.painter); !painter)
            return painter.error();
    if (batch.blend && batch.styles.size() > static_cast<std::size_t>(style::kMaxStyles))
        return invalid("At most " + std::to_string(style::kMaxStyles) +
                       " styles can be blended into one picture, not " +
                       std::to_string(batch.styles.size()) + ".");
    const auto extensions = writable_extensions();
    if (std::find(extensions.begin(), extensions.end(), batch.extension) == extensions.end())
        return invalid("Pictures cannot be written as '" + batch.extension +
                       "' (possible: " + join(extensions, ", ") + ").");
    if (to_text(batch.params.value("init")) == "picture")
        return invalid("A batch cannot start from a picture: set init to content or noise.");
    if (const Status made = make_directories(batch.out); !made) return made.error();
    return std::unique_ptr<Run>(std::make_unique<BatchRun>(std::move(batch)));
}

}  // namespace pentimento
