// A Run that burns processor time instead of learning, and what tests of the studio share.
#pragma once

#include <QDeadlineTimer>
#include <QEventLoop>
#include <QTimer>
#include <chrono>
#include <cmath>
#include <functional>
#include <thread>

#include "core/session/run.h"

namespace pentimento::ui::test {

inline Schema fake_schema() {
    Schema schema;
    schema.add(Param<double>("lr", 2e-4)
                   .label("Learning rate")
                   .group("Optimisation")
                   .range(1e-6, 1)
                   .log_scale()
                   .live()
                   .help("How far each step goes."));
    schema.add(
        Param<std::int64_t>("width", 64).label("Width").group("Network").range(8, 256).unit("px"));
    schema.add(Param<bool>("ema", true).label("Averaging").group("Network"));
    schema.add(Param<double>("decay", 0.5)
                   .label("Decay")
                   .group("Network")
                   .range(0, 1)
                   .when("ema", {"true"}));
    schema.add(Param<std::string>("loss", "bce")
                   .label("Loss")
                   .group("Network")
                   .choice("bce", "Non-saturating", "Good.")
                   .choice("minimax", "Minimax", "Old."));
    schema.add(Param<std::string>("weights", "").label("Weights").group("Files").advanced());
    return schema;
}

struct FakeOptions {
    std::int64_t steps = 0;  ///< 0: without end
    int step_milliseconds = 2;
    std::int64_t fail_at = -1;
    int load_milliseconds = 0;
    std::string note = {};
};

class FakeRun : public Run {
  public:
    explicit FakeRun(FakeOptions options) : options_(options), params_(fake_schema()) {}

    std::string kind() const override { return "fake"; }
    const ParamSet& params() const override { return params_; }
    std::vector<MetricSpec> metric_specs() const override {
        return {{"loss", "Loss", "Falls while the run learns.", "Losses"},
                {"score", "Score", "Near one half is good.", "Scores"}};
    }
    Status apply(const Patch& patch) override { return params_.apply(patch); }

    Result<StepReport> step() override {
        const auto end = std::chrono::steady_clock::now() +
                         std::chrono::milliseconds(options_.step_milliseconds);
        volatile double sink = 0;
        while (std::chrono::steady_clock::now() < end) sink = sink + 1;
        ++steps_;
        if (steps_ == options_.fail_at)
            return Error{ErrorCode::Numeric, "The loss is not a number.", ""};
        StepReport report;
        report.step = steps_;
        report.total_steps = options_.steps;
        report.items = 8;
        report.note = options_.note;
        report.finished = options_.steps > 0 && steps_ >= options_.steps;
        report.metrics = {{"loss", 1.0 / static_cast<double>(steps_)}, {"score", 0.5}};
        return report;
    }
    Result<Preview> preview() override {
        return Preview{Frame::from_rgba(8, 8, std::vector<std::uint8_t>(8 * 8 * 4, 128)), steps_, 2,
                       2};
    }
    Status save(const std::filesystem::path&) override { return {}; }
    Status restore(const std::filesystem::path&) override { return {}; }
    std::int64_t steps_done() const override { return steps_; }

  private:
    FakeOptions options_;
    ParamSet params_;
    std::int64_t steps_ = 0;
};

inline std::function<Result<std::unique_ptr<Run>>()> fake_factory(FakeOptions options = {}) {
    return [options]() -> Result<std::unique_ptr<Run>> {
        std::this_thread::sleep_for(std::chrono::milliseconds(options.load_milliseconds));
        return std::unique_ptr<Run>(std::make_unique<FakeRun>(options));
    };
}

/// Lets events run until `done` holds; false after five seconds.
inline bool wait_for(const std::function<bool()>& done, int milliseconds = 5000) {
    const QDeadlineTimer deadline(milliseconds);
    while (!done()) {
        if (deadline.hasExpired()) return false;
        QEventLoop loop;
        QTimer::singleShot(5, &loop, &QEventLoop::quit);
        loop.exec();
    }
    return true;
}

}  // namespace pentimento::ui::test
