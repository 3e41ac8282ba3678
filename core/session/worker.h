// Drives a Run on a thread of its own (or inline, for tests and the command line).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "core/base/channels.h"
#include "core/session/experiment.h"
#include "core/session/run.h"
#include "core/session/state.h"

namespace pentimento {

/// Everything a status bar needs; coalesced, the newest value is guaranteed to arrive.
struct Progress {
    State state = State::Empty;
    std::int64_t step = 0;
    std::int64_t total_steps = 0;  ///< 0: no end known
    double items_per_second = 0;   ///< over the last few seconds
    double steps_per_second = 0;
    double elapsed_seconds = 0;  ///< working time, pauses excluded
    std::optional<double> remaining_seconds;
    std::string note;
};

struct WorkerOptions {
    /// Where metrics, events, samples and checkpoints go. Without one nothing is written.
    std::optional<Experiment> experiment;
    /// Writes a picture file; injected, since this layer knows no picture formats.
    std::function<Status(const std::filesystem::path&, const Preview&)> write_sample;
    double preview_interval = 0.5;      ///< seconds between previews for the screen; ≤ 0: none
    std::int64_t sample_every = 0;      ///< steps between samples on disk; 0: none
    std::int64_t checkpoint_every = 0;  ///< steps; 0: only at the end and on request
    double checkpoint_seconds = 120;    ///< and at least this often; ≤ 0: off
    bool checkpoint_at_end = true;      ///< on stop and on completion
    double elapsed_before = 0;  ///< working seconds before a resume, so that the record goes on
    bool start_paused = false;
    /// Of start()'s thread (core/base/priority.h): a window on the same processors answers at once,
    /// and a run that has them to itself loses nothing.
    int niceness = 0;
};

/// Another change than of a setting: of what the run works on.
struct Amendment {
    std::function<Status(Run&)> apply;  ///< on the worker's thread, between two steps
    Event event;                        ///< logged once it is applied; `step` is filled in
};

class Worker {
  public:
    /// Loading can take seconds, so the run is made on the worker's thread.
    using Factory = std::function<Result<std::unique_ptr<Run>>()>;

    Worker();
    /// Stops, saves and joins.
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Threaded: returns at once.
    Status start(Factory factory, WorkerOptions options);
    /// Inline: returns when the run has ended. `between_steps` is called after each step and may
    /// call the commands below.
    Status run_inline(const Factory& factory, WorkerOptions options,
                      const std::function<void()>& between_steps = {});

    // Commands, from any thread. Each returns Conflict with the table's reason when it is not
    // permitted in the present state.
    Status pause();
    Status resume();
    Status step_once();  ///< while paused: one step, then paused again
    Status stop();       ///< takes effect within one step; does not wait
    Status snapshot();   ///< checkpoint and sample at the next step boundary, also while paused
    Status edit(
        const Patch& patch);  ///< applied at the next step boundary and echoed as an "edit" event
    /// Applied at the next step boundary, also while paused; of several until then the last one. A
    /// warning says when the run could not take it.
    Status amend(Amendment amendment);
    void request_preview();   ///< at the next step boundary, also while paused
    void join();              ///< waits for the thread to end; a no-op without one

    State state() const;
    std::optional<Error> failure() const;  ///< why it failed

    // What came of it. One observer takes, on its own thread and at its own pace.
    LatestSlot<Preview>& previews() { return previews_; }
    LatestSlot<Progress>& progress() { return progress_; }
    AppendQueue<MetricRow>& metrics() { return metrics_; }
    AppendQueue<Event>& events() { return events_; }
    /// Known once the run has been made; empty before.
    std::vector<MetricSpec> metric_specs() const;

  private:
    class Loop;
    Status begin(WorkerOptions options);
    Status command(Action action, const std::function<void()>& change);
    /// Moves along the transition table; a trigger without meaning in the present state is ignored.
    void move(Trigger trigger);
    void work(const Factory& factory, const std::function<void()>& between_steps);

    mutable std::mutex mutex_;
    std::condition_variable wake_;
    State state_ = State::Empty;
    std::optional<Error> failure_;
    std::vector<MetricSpec> metric_specs_;
    Patch patch_;  ///< the mailbox: newest value per id
    std::optional<Amendment> amendment_;
    bool stop_wanted_ = false;
    bool snapshot_wanted_ = false;
    bool preview_wanted_ = false;
    int single_steps_ = 0;
    WorkerOptions options_;

    LatestSlot<Preview> previews_;
    LatestSlot<Progress> progress_;
    AppendQueue<MetricRow> metrics_;
    AppendQueue<Event> events_;
    std::thread thread_;
};

}  // namespace pentimento
