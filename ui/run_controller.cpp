// The worker's channels, taken on the UI thread at most thirty times a second.
#include "ui/run_controller.h"

#include <QTimer>

#include "ui/idle_memory.h"

namespace pentimento::ui {

namespace {

constexpr int kPollMilliseconds = 33;  // a new value on every second refresh of a 60 Hz screen
// The window and instant blends come before a run that takes all processors: at 5 they get three
// times as much of one as it does.
constexpr int kNiceness = 5;

bool at_work(State state) {
    return state == State::Running || state == State::Paused || state == State::Stopping;
}

}  // namespace

RunController::RunController(QObject* parent) : QObject(parent), timer_(new QTimer(this)) {
    timer_->setInterval(kPollMilliseconds);
    connect(timer_, &QTimer::timeout, this, &RunController::poll);
}

RunController::~RunController() {
    blockSignals(true);  // receivers may be half destroyed by now
    shut_down();
}

Status RunController::start(PreparedRun run) {
    return start(std::move(run.factory), std::move(run.options));
}

Status RunController::start(Worker::Factory factory, WorkerOptions options) {
    Start next{std::move(factory), std::move(options)};
    if (!active()) return begin(std::move(next));
    next_ = std::move(next);
    // Refused only while it is stopping already, which is what is wanted.
    (void)worker_->stop();
    announce(State::Stopping);
    return {};
}

Status RunController::begin(Start next) {
    timer_->stop();
    auto worker = std::make_unique<Worker>();
    std::optional<Experiment> experiment = next.options.experiment;
    next.options.niceness = kNiceness;
    worker_ = std::move(worker);  // the old one has ended: its destructor does not wait
    experiment_ = std::move(experiment);
    specs_sent_ = false;
    progress_ = {};
    const Status status = worker_->start(std::move(next.factory), std::move(next.options));
    if (!status) {
        worker_.reset();
        count(false);  // the one before may not have been seen to end
        experiment_.reset();
        announce(State::Empty);
        return status;
    }
    count(true);
    progress_.state = worker_->state();
    announce(progress_.state);
    Q_EMIT progress_changed(progress_);
    timer_->start();
    return {};
}

void RunController::count(bool at_work) {
    if (std::exchange(counted_, at_work) == at_work) return;
    at_work ? IdleMemory::instance().run_began() : IdleMemory::instance().run_ended();
}

State RunController::state() const {
    if (!worker_) return State::Empty;
    return next_ ? State::Stopping : worker_->state();
}

Permission RunController::permitted(Action action) const {
    return pentimento::permitted(state(), action);
}

bool RunController::active() const {
    return worker_ && at_work(worker_->state());
}

std::vector<MetricSpec> RunController::metric_specs() const {
    return worker_ ? worker_->metric_specs() : std::vector<MetricSpec>{};
}

void RunController::report(const Status& status) {
    if (!status) Q_EMIT refused(QString::fromStdString(status.error().message));
    // Buttons follow at once, not a tick later.
    if (worker_) announce(state());
}

namespace {

Error nothing_runs() {
    return {ErrorCode::Conflict, "Nothing is running: start a run first.", {}};
}

}  // namespace

void RunController::pause() {
    report(worker_ ? worker_->pause() : nothing_runs());
}
void RunController::resume() {
    report(worker_ ? worker_->resume() : nothing_runs());
}
void RunController::step_once() {
    report(worker_ ? worker_->step_once() : nothing_runs());
}
void RunController::snapshot() {
    report(worker_ ? worker_->snapshot() : nothing_runs());
}

void RunController::stop() {
    next_.reset();
    report(worker_ ? worker_->stop() : nothing_runs());
}

void RunController::edit(const Patch& patch) {
    report(worker_ ? worker_->edit(patch) : nothing_runs());
}

void RunController::amend(Amendment amendment) {
    report(worker_ ? worker_->amend(std::move(amendment)) : nothing_runs());
}

void RunController::request_preview() {
    if (worker_) worker_->request_preview();
}

void RunController::shut_down() {
    next_.reset();
    timer_->stop();
    if (!worker_) return;
    const bool was_active = active();
    if (was_active) (void)worker_->stop();
    worker_->join();
    count(false);
    if (was_active) {
        take_all();
        announce(worker_->state());
    }
}

void RunController::clear() {
    if (active()) {
        report(Error{ErrorCode::Conflict, "The run is still at work: stop it first.", {}});
        return;
    }
    timer_->stop();
    worker_.reset();
    count(false);
    experiment_.reset();
    progress_ = {};
    announce(State::Empty);
}

void RunController::poll() {
    if (!worker_) return;
    const bool ended = !active();
    // The thread is past its last write once it has been joined, so nothing can be missed below.
    if (ended) {
        timer_->stop();
        worker_->join();
        count(false);
    }
    take_all();
    if (ended && next_) {
        Start next = std::move(*next_);
        next_.reset();
        const Status status = begin(std::move(next));
        if (!status) Q_EMIT failed(status.error());
        return;
    }
    announce(state());
}

void RunController::take_all() {
    // Everything is taken before the first signal: a receiver may start or clear a run.
    std::vector<MetricSpec> specs;
    if (!specs_sent_) specs = worker_->metric_specs();
    specs_sent_ = specs_sent_ || !specs.empty();
    const auto rows = worker_->metrics().take_all();
    const auto events = worker_->events().take_all();
    const auto preview = worker_->previews().take();
    const auto progress = worker_->progress().take();
    if (progress) progress_ = *progress;

    if (!specs.empty()) Q_EMIT metric_specs_known(specs);
    if (!rows.empty()) Q_EMIT metrics_arrived(rows);
    if (!events.empty()) Q_EMIT events_arrived(events);
    if (preview) Q_EMIT preview_arrived(*preview);
    if (progress) Q_EMIT progress_changed(*progress);
}

void RunController::announce(State state) {
    if (state == last_state_) return;
    last_state_ = state;
    progress_.state = state;
    Q_EMIT state_changed(state);
    if (state == State::Failed && worker_) {
        if (const auto error = worker_->failure()) Q_EMIT failed(*error);
    }
}

}  // namespace pentimento::ui
