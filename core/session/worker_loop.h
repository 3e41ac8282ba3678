// The worker's own view of a run: what happens between two steps. Private to the session layer.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "core/session/worker.h"

namespace pentimento {

class Worker::Loop {
  public:
    Loop(Worker& worker, const std::function<void()>& between_steps)
        : worker_(worker), options_(worker.options_), between_steps_(between_steps) {}

    /// Makes the run and drives it to its end, to stop, or to an error.
    Status run(const Factory& factory);
    /// Writes the last words and moves to Finished or Failed. The run is destroyed here, on this
    /// thread.
    void finish(const std::optional<Error>& error);

  private:
    struct Orders {  ///< what was asked for since the last boundary
        Patch patch;
        std::optional<Amendment> amendment;
        bool stop = false, snapshot = false, preview = false, step = false;
    };
    Orders wait_for_orders();
    void apply(const Patch& patch);
    void amend(Amendment amendment);
    Status step();
    void report(StepReport& report);
    /// The run went back: so do the record and the progress.
    void go_back(StepReport& report);
    /// What the best checkpoint on disk scored.
    void look_up_best();
    void show_preview(bool asked_for);
    void write_sample(std::int64_t step);
    /// `wanted_by_person`: says so in the log.
    Status checkpoint(bool wanted_by_person);
    void tell(Event event);
    void warn(const std::string& text);
    void publish_progress();

    using Clock = std::chrono::steady_clock;
    struct Mark {
        double seconds;
        std::int64_t step, items;
    };

    Worker& worker_;
    WorkerOptions& options_;
    const std::function<void()>& between_steps_;
    std::unique_ptr<Run> run_;
    Progress progress_;
    double working_seconds_ = 0;
    std::int64_t items_ = 0;
    std::deque<Mark> marks_;  ///< the last seconds, for the rates
    Clock::time_point last_preview_{}, last_checkpoint_{};
    std::int64_t checkpoint_step_ = -1;
    std::optional<double> score_;       ///< of the present step
    std::optional<double> best_score_;  ///< of the best checkpoint on disk
    std::int64_t redone_at_ = 0;        ///< after a rollback: the step it came from
    std::string rollback_text_;
    bool completed_ = false;
    bool write_warning_given_ = false;
};

}  // namespace pentimento
