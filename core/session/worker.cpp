#include "core/session/worker.h"

#include <new>
#include <utility>

#include "core/base/priority.h"
#include "core/session/worker_loop.h"

namespace pentimento {

Worker::Worker() = default;

Worker::~Worker() {
    (void)stop();  // refused when nothing runs, which is just as well
    join();
}

void Worker::join() {
    if (thread_.joinable()) thread_.join();
}

State Worker::state() const {
    std::lock_guard lock(mutex_);
    return state_;
}

std::optional<Error> Worker::failure() const {
    std::lock_guard lock(mutex_);
    return failure_;
}

std::vector<MetricSpec> Worker::metric_specs() const {
    std::lock_guard lock(mutex_);
    return metric_specs_;
}

void Worker::move(Trigger trigger) {
    if (const auto next = transition(state_, trigger)) state_ = *next;
}

Status Worker::begin(WorkerOptions options) {
    std::lock_guard lock(mutex_);
    if (!transition(state_, Trigger::Configure))
        return Error{ErrorCode::Conflict, "A run is in progress; stop it before starting another.",
                     ""};
    move(Trigger::Configure);
    move(Trigger::Start);
    if (options.start_paused) move(Trigger::Pause);
    failure_.reset();
    metric_specs_.clear();
    patch_.clear();
    amendment_.reset();
    stop_wanted_ = snapshot_wanted_ = preview_wanted_ = false;
    single_steps_ = 0;
    options_ = std::move(options);
    return {};
}

Status Worker::start(Factory factory, WorkerOptions options) {
    if (Status begun = begin(std::move(options)); !begun) return begun;
    join();  // a thread whose run has ended
    thread_ = std::thread([this, factory = std::move(factory)] {
        be_nice(options_.niceness);
        work(factory, {});
    });
    return {};
}

Status Worker::run_inline(const Factory& factory, WorkerOptions options,
                          const std::function<void()>& between_steps) {
    if (Status begun = begin(std::move(options)); !begun) return begun;
    work(factory, between_steps);
    if (const auto error = failure()) return *error;
    return {};
}

Status Worker::command(Action action, const std::function<void()>& change) {
    {
        std::lock_guard lock(mutex_);
        const Permission permission = permitted(state_, action);
        if (!permission.allowed)
            return Error{ErrorCode::Conflict, std::string(permission.reason), ""};
        if (state_ != State::Running && state_ != State::Paused)
            return Error{ErrorCode::Conflict, "No run is in progress.", ""};
        change();
    }
    wake_.notify_all();
    return {};
}

Status Worker::pause() {
    return command(Action::Pause, [this] { move(Trigger::Pause); });
}

Status Worker::resume() {
    return command(Action::Resume, [this] {
        move(Trigger::Resume);
        single_steps_ = 0;
    });
}

Status Worker::step_once() {
    return command(Action::Step, [this] { ++single_steps_; });
}

Status Worker::stop() {
    return command(Action::Stop, [this] {
        move(Trigger::Stop);
        stop_wanted_ = true;
    });
}

Status Worker::snapshot() {
    return command(Action::Snapshot, [this] { snapshot_wanted_ = true; });
}

Status Worker::edit(const Patch& patch) {
    return command(Action::EditLive, [&] {
        for (const auto& [id, value] : patch) patch_[id] = value;
    });
}

Status Worker::amend(Amendment amendment) {
    return command(Action::EditLive, [&] { amendment_ = std::move(amendment); });
}

void Worker::request_preview() {
    {
        std::lock_guard lock(mutex_);
        preview_wanted_ = true;
    }
    wake_.notify_all();
}

void Worker::work(const Factory& factory, const std::function<void()>& between_steps) {
    std::optional<Error> error;
    Loop loop(*this, between_steps);
    // The one place where exceptions end: they are bugs or exhausted memory, and become an Error.
    try {
        if (Status outcome = loop.run(factory); !outcome) error = outcome.error();
    } catch (const std::bad_alloc&) {
        error = Error{
            ErrorCode::OutOfMemory,
            "There was not enough memory. Try a smaller batch, picture size or network width.", ""};
    } catch (const std::exception& problem) {
        error = Error{ErrorCode::Internal,
                      "Something went wrong that should not: the run was stopped.", problem.what()};
    }
    loop.finish(error);
}

}  // namespace pentimento
