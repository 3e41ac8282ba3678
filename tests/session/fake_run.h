// A Run without mathematics: counts, remembers what it was told, and can be made to misbehave.
#pragma once

#include <atomic>
#include <chrono>
#include <limits>
#include <map>
#include <stdexcept>
#include <thread>

#include "core/base/file.h"
#include "core/session/run.h"

namespace pentimento {

/// What the test sees from outside while the run lives on the worker's thread.
struct FakeProbe {
    std::atomic<std::int64_t> steps{0};
    std::atomic<int> saves{0}, previews{0}, alive{0};
    std::atomic<double> rate{0};
};

struct FakeSettings {
    std::int64_t total = 0;  ///< 0: no end
    std::chrono::microseconds step_time{0};
    std::int64_t fail_at = -1, throw_at = -1;
    bool save_fails = false;
    std::map<std::int64_t, double> scores;  ///< by step
    /// This step breaks down while the rate is above 1.5: the run goes back to the last multiple of
    /// `safe_every` (a state it keeps in memory) and halves its own rate.
    std::int64_t break_at = -1;
    std::int64_t safe_every = 4;
};

inline const Param<double> kFakeRate = Param<double>("rate", 1.0).label("Rate").range(0, 10).live();
inline const Param<std::int64_t> kFakeBatch =
    Param<std::int64_t>("batch", 4).label("Batch").range(1, 64);
/// As if it were the width of a network: a state fits only the width it was made with.
inline const Param<std::int64_t> kFakeWidth =
    Param<std::int64_t>("width", 8).label("Width").range(1, 64);
inline const Param<std::int64_t> kFakeSteps =
    Param<std::int64_t>("steps", 0).label("Steps").range(0, 1e6).live();

inline Schema fake_schema() {
    return Schema().add(kFakeRate).add(kFakeBatch).add(kFakeWidth).add(kFakeSteps);
}

class FakeRun : public Run {
  public:
    FakeRun(FakeProbe& probe, FakeSettings settings)
        : FakeRun(probe, std::move(settings), ParamSet(fake_schema())) {}
    /// The setting "steps", when not 0, is the end.
    FakeRun(FakeProbe& probe, FakeSettings settings, ParamSet params)
        : probe_(probe), settings_(std::move(settings)), params_(std::move(params)) {
        ++probe_.alive;
    }
    ~FakeRun() override { --probe_.alive; }

    std::string kind() const override { return "fake"; }
    const ParamSet& params() const override { return params_; }
    std::vector<MetricSpec> metric_specs() const override {
        return {{"loss", "Loss", "", "Losses"}};
    }
    Status apply(const Patch& patch) override {
        Status status = params_.apply(patch);
        probe_.rate = params_.get(kFakeRate);
        return status;
    }
    Result<StepReport> step() override {
        if (settings_.step_time.count() > 0) std::this_thread::sleep_for(settings_.step_time);
        if (step_ == settings_.throw_at) throw std::runtime_error("thrown on purpose");
        if (step_ == settings_.fail_at)
            return Error{ErrorCode::Numeric, "The loss became NaN.", ""};
        if (step_ + 1 == settings_.break_at && params_.get(kFakeRate) > 1.5) return go_back();
        // A state that depends on every step and setting, for exact-resume tests.
        state_ = state_ * 1.0000001 +
                 params_.get(kFakeRate) * static_cast<double>(params_.get(kFakeBatch));
        probe_.steps = ++step_;
        if (step_ % settings_.safe_every == 0) safe_ = {step_, state_};
        StepReport report = this->report();
        report.metrics = {{"loss", state_}};
        if (const auto score = settings_.scores.find(step_); score != settings_.scores.end())
            report.score = score->second;
        return report;
    }
    Result<Preview> preview() override {
        ++probe_.previews;
        return Preview{.frame = Frame::from_rgba(
                           2, 2, std::vector<std::uint8_t>(16, static_cast<std::uint8_t>(step_))),
                       .step = step_};
    }
    Status save(const std::filesystem::path& dir) override {
        if (settings_.save_fails) return Error{ErrorCode::Io, "The disk is full.", ""};
        ++probe_.saves;
        const Json json = {{"step", step_}, {"state", state_}, {"params", params_.to_json()}};
        return write_file_atomically(dir / "state.json", json.dump());
    }
    Status restore(const std::filesystem::path& dir) override {
        const auto text = read_file(dir / "state.json");
        if (!text) return text.error();
        const auto json = parse_json(*text, "state.json");
        if (!json) return json.error();
        if ((*json)["params"]["width"] != params_.get(kFakeWidth))
            return Error{ErrorCode::Corrupt, "The widths differ.", ""};
        step_ = (*json)["step"];
        state_ = (*json)["state"];
        safe_ = {step_, state_};
        return {};
    }
    Status adopt(const std::filesystem::path& dir) override {
        if (Status restored = restore(dir); !restored) return restored;
        step_ = 0;
        safe_ = {0, state_};
        return {};
    }
    std::int64_t steps_done() const override { return step_; }
    double state() const { return state_; }

  private:
    struct Safe {
        std::int64_t step = 0;
        double state = 0;
    };
    StepReport report() const {
        const std::int64_t steps = params_.get(kFakeSteps);
        const std::int64_t total = steps > 0 ? steps : settings_.total;
        return {.step = step_,
                .total_steps = total,
                .items = params_.get(kFakeBatch),
                .finished = total > 0 && step_ >= total,
                .metrics = {},
                .events = {},
                .note = "Counting"};
    }
    StepReport go_back() {
        const std::int64_t from = step_;
        step_ = safe_.step;
        state_ = safe_.state;
        const ParamSet before = params_;
        (void)params_.set("rate", params_.get(kFakeRate) / 2);
        StepReport back = report();
        back.events = edit_events(before, params_, step_, true);
        back.events.push_back({.type = "rollback",
                               .text = "The loss became NaN: went back.",
                               .severity = Severity::Warning,
                               .data = {{"from", from}, {"to", step_}, {"attempt", 1}}});
        return back;
    }

    FakeProbe& probe_;
    FakeSettings settings_;
    ParamSet params_;
    std::int64_t step_ = 0;
    double state_ = 0;
    Safe safe_;
};

}  // namespace pentimento
