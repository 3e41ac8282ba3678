// A Run without mathematics: counts, remembers what it was told, and can be made to misbehave.
#pragma once

#include <atomic>
#include <chrono>
#include <limits>
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
};

inline const Param<double> kFakeRate = Param<double>("rate", 1.0).label("Rate").range(0, 10).live();
inline const Param<std::int64_t> kFakeBatch =
    Param<std::int64_t>("batch", 4).label("Batch").range(1, 64);

class FakeRun : public Run {
  public:
    FakeRun(FakeProbe& probe, FakeSettings settings)
        : probe_(probe), settings_(settings), params_(Schema().add(kFakeRate).add(kFakeBatch)) {
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
        // A state that depends on every step and setting, for exact-resume tests.
        state_ = state_ * 1.0000001 + params_.get(kFakeRate);
        probe_.steps = ++step_;
        return StepReport{.step = step_,
                          .total_steps = settings_.total,
                          .items = params_.get(kFakeBatch),
                          .finished = settings_.total > 0 && step_ >= settings_.total,
                          .metrics = {{"loss", state_}},
                          .events = {},
                          .note = "Counting"};
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
        step_ = (*json)["step"];
        state_ = (*json)["state"];
        const auto restored = params_.from_json((*json)["params"]);
        if (!restored) return restored.error();
        return {};
    }
    std::int64_t steps_done() const override { return step_; }
    double state() const { return state_; }

  private:
    FakeProbe& probe_;
    FakeSettings settings_;
    ParamSet params_;
    std::int64_t step_ = 0;
    double state_ = 0;
};

}  // namespace pentimento
