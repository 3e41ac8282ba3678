// Brings a Worker to the UI thread: takes from its channels on a timer and says what came as
// signals. The timer runs only while there is something to take, so an idle studio uses no
// processor time.
#pragma once

#include <QObject>
#include <memory>
#include <vector>

#include "core/jobs/jobs.h"
#include "core/session/worker.h"

class QTimer;

namespace pentimento::ui {

class RunController : public QObject {
    Q_OBJECT
  public:
    explicit RunController(QObject* parent = nullptr);
    ~RunController() override;  ///< stops, saves and joins

    /// Returns at once. A run in progress is asked to stop and saves first; the new one begins as
    /// soon as that has ended (state Stopping meanwhile), so that two runs never write the same
    /// folder. Of several starts in that time the last one counts.
    Status start(PreparedRun run);
    /// Without an experiment, e.g. an import.
    Status start(Worker::Factory factory, WorkerOptions options = {});

    State state() const;
    Permission permitted(Action action) const;
    /// Running, paused or stopping: a thread is at work.
    bool active() const;
    const std::optional<Experiment>& experiment() const { return experiment_; }
    const Progress& progress() const { return progress_; }
    std::vector<MetricSpec> metric_specs() const;

    void pause();
    void resume();
    void step_once();
    void stop();
    void snapshot();
    void edit(const Patch& patch);
    void amend(Amendment amendment);
    void request_preview();
    /// Stops and waits; for closing the window and for tests. No signal comes after it returns.
    void shut_down();
    /// Forgets an ended run: state Empty.
    void clear();

  Q_SIGNALS:
    void state_changed(pentimento::State state);
    void progress_changed(const pentimento::Progress& progress);
    void preview_arrived(const pentimento::Preview& preview);
    void metrics_arrived(const std::vector<pentimento::MetricRow>& rows);
    void events_arrived(const std::vector<pentimento::Event>& events);
    void metric_specs_known(const std::vector<pentimento::MetricSpec>& specs);
    /// The run ended by an error; also shown as state Failed.
    void failed(const pentimento::Error& error);
    /// A command was refused; the text says why.
    void refused(const QString& reason);

  private:
    struct Start {
        Worker::Factory factory;
        WorkerOptions options;
    };
    Status begin(Start next);
    void poll();
    void take_all();
    void count(bool at_work);  ///< for the memory that is given back once nothing runs
    void announce(State state);
    void report(const Status& status);

    std::unique_ptr<Worker> worker_;
    std::optional<Start> next_;  ///< waits for the present run to end
    std::optional<Experiment> experiment_;
    Progress progress_;
    State last_state_ = State::Empty;
    bool counted_ = false;  ///< by IdleMemory
    bool specs_sent_ = false;
    QTimer* timer_;
};

}  // namespace pentimento::ui
