#include "core/session/worker_loop.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace pentimento {
namespace {

constexpr double kRateWindow = 4.0;  // seconds over which rates are averaged

double seconds_between(std::chrono::steady_clock::time_point from,
                       std::chrono::steady_clock::time_point to) {
    return std::chrono::duration<double>(to - from).count();
}

bool is_better(const std::optional<double>& score, const std::optional<double>& than) {
    return score && std::isfinite(*score) && (!than || *score < *than);
}

}  // namespace

Status Worker::Loop::run(const Factory& factory) {
    working_seconds_ = options_.elapsed_before;
    progress_.note = "Loading";
    publish_progress();
    Result<std::unique_ptr<Run>> made = factory();
    if (!made) return made.error();
    run_ = *std::move(made);
    {
        std::lock_guard lock(worker_.mutex_);
        worker_.metric_specs_ = run_->metric_specs();
    }
    progress_.step = run_->steps_done();
    checkpoint_step_ = progress_.step > 0 ? progress_.step : -1;
    last_checkpoint_ = Clock::now();
    look_up_best();
    tell({.type = progress_.step > 0 ? "resumed" : "started",
          .text = progress_.step > 0 ? "Resumed at step " + std::to_string(progress_.step) + "."
                                     : "Started.",
          .data = nullptr});
    progress_.note.clear();
    publish_progress();
    if (progress_.step == 0 && options_.sample_every > 0) write_sample(0);

    while (!completed_) {
        Orders orders = wait_for_orders();
        if (!orders.patch.empty()) apply(orders.patch);
        if (orders.amendment) amend(*std::move(orders.amendment));
        if (orders.stop) break;
        if (orders.step)
            if (Status stepped = step(); !stepped) return stepped;
        if (orders.snapshot) {
            if (Status saved = checkpoint(true); !saved) warn(saved.error().message);
            write_sample(run_->steps_done());
        }
        show_preview(orders.preview);
        publish_progress();
        if (between_steps_) between_steps_();
    }

    if (options_.preview_interval > 0) show_preview(true);
    if (options_.checkpoint_at_end && run_->steps_done() != checkpoint_step_)
        if (Status saved = checkpoint(false); !saved) return saved;
    return {};
}

Worker::Loop::Orders Worker::Loop::wait_for_orders() {
    std::unique_lock lock(worker_.mutex_);
    const auto something_to_do = [&] {
        return worker_.stop_wanted_ || worker_.snapshot_wanted_ || worker_.preview_wanted_ ||
               worker_.single_steps_ > 0 || !worker_.patch_.empty() || worker_.amendment_ ||
               worker_.state_ == State::Running;
    };
    if (!something_to_do()) {
        marks_.clear();  // a pause must not count as slow steps
        lock.unlock();
        publish_progress();
        lock.lock();
        if (between_steps_) {
            // Inline there is nobody else to give orders.
            while (!something_to_do()) {
                lock.unlock();
                between_steps_();
                lock.lock();
            }
        } else {
            worker_.wake_.wait(lock, something_to_do);
        }
    }
    Orders orders;
    orders.patch = std::exchange(worker_.patch_, {});
    orders.amendment = std::exchange(worker_.amendment_, std::nullopt);
    orders.stop = worker_.stop_wanted_;
    orders.snapshot = std::exchange(worker_.snapshot_wanted_, false);
    orders.preview = std::exchange(worker_.preview_wanted_, false);
    orders.step = worker_.state_ == State::Running;
    if (!orders.step && worker_.single_steps_ > 0) {
        --worker_.single_steps_;
        orders.step = true;
    }
    return orders;
}

void Worker::Loop::apply(const Patch& patch) {
    const ParamSet before = run_->params();
    if (Status applied = run_->apply(patch); !applied) {
        warn(applied.error().message);
        return;
    }
    for (Event& event : edit_events(before, run_->params(), run_->steps_done()))
        tell(std::move(event));
}

void Worker::Loop::amend(Amendment amendment) {
    if (Status applied = amendment.apply(*run_); !applied) {
        warn(applied.error().message);
        return;
    }
    amendment.event.step = run_->steps_done();
    tell(std::move(amendment.event));
}

Status Worker::Loop::step() {
    const auto begin = Clock::now();
    Result<StepReport> stepped = run_->step();
    if (!stepped) return stepped.error();
    working_seconds_ += seconds_between(begin, Clock::now());
    const bool went_back = stepped->step < progress_.step;
    if (went_back) go_back(*stepped);
    score_ = stepped->score;
    report(*stepped);
    completed_ = stepped->finished;
    if (went_back) return {};  // samples and checkpoint of that step are there already
    const std::int64_t step = stepped->step;
    if (options_.sample_every > 0 && (step % options_.sample_every == 0 || completed_))
        write_sample(step);
    const bool due_by_steps =
        options_.checkpoint_every > 0 && step % options_.checkpoint_every == 0;
    const bool due_by_time =
        options_.checkpoint_seconds > 0 &&
        seconds_between(last_checkpoint_, Clock::now()) >= options_.checkpoint_seconds;
    const bool due = !completed_ && (due_by_steps || due_by_time);
    if (due || is_better(score_, best_score_))
        if (Status saved = checkpoint(false); !saved) warn(saved.error().message);
    return {};
}

void Worker::Loop::go_back(StepReport& report) {
    redone_at_ = progress_.step;
    marks_.clear();  // rates over steps that were undone mean nothing
    report.metrics.clear();
    report.score.reset();
    if (checkpoint_step_ > report.step) checkpoint_step_ = -1;
    if (options_.experiment)
        if (Status gone = options_.experiment->roll_back_to(report.step); !gone)
            warn(gone.error().message);
    look_up_best();

    auto told = std::find_if(report.events.begin(), report.events.end(),
                             [](const Event& event) { return event.type == "rollback"; });
    if (told == report.events.end())
        told = report.events.insert(
            report.events.begin(),
            {.type = "rollback", .text = "", .severity = Severity::Warning, .data = nullptr});
    if (told->text.empty())
        told->text = "Went back from step " + std::to_string(redone_at_) + " to step " +
                     std::to_string(report.step) + ".";
    if (told->data.is_null()) told->data = {{"from", redone_at_}, {"to", report.step}};
    // Edits in the same report follow from it, so the log names it first.
    std::rotate(report.events.begin(), told, told + 1);
    rollback_text_ = report.events.front().text;
}

void Worker::Loop::look_up_best() {
    best_score_.reset();
    if (!options_.experiment) return;
    for (const Experiment::Checkpoint& one : options_.experiment->checkpoints())
        if (one.best) best_score_ = one.score;
}

void Worker::Loop::report(StepReport& report) {
    progress_.step = report.step;
    progress_.total_steps = report.total_steps;
    progress_.note = std::move(report.note);
    // Why it goes over the same steps again is said until it has passed them.
    if (progress_.step <= redone_at_ && !rollback_text_.empty()) progress_.note = rollback_text_;
    items_ += report.items;
    marks_.push_back({working_seconds_, report.step, items_});
    while (marks_.size() > 2 && marks_.back().seconds - marks_.front().seconds > kRateWindow)
        marks_.pop_front();

    if (!report.metrics.empty()) {
        MetricRow row{report.step, working_seconds_, std::move(report.metrics)};
        if (options_.experiment)
            if (Status written = options_.experiment->append_metrics(row); !written)
                warn(written.error().message);
        worker_.metrics_.append(std::move(row));
    }
    for (Event& event : report.events) {
        event.step = report.step;
        tell(std::move(event));
    }
}

void Worker::Loop::show_preview(bool asked_for) {
    const auto now = Clock::now();
    if (!asked_for) {
        if (options_.preview_interval <= 0 || worker_.previews_.pending() ||
            seconds_between(last_preview_, now) < options_.preview_interval)
            return;
    }
    last_preview_ = now;
    Result<Preview> preview = run_->preview();
    if (preview)
        worker_.previews_.put(*std::move(preview));
    else if (preview.error().code != ErrorCode::Unsupported &&
             preview.error().code != ErrorCode::NotFound)
        warn(preview.error().message);
}

void Worker::Loop::write_sample(std::int64_t step) {
    if (!options_.experiment || !options_.write_sample) return;
    Result<Preview> preview = run_->preview();
    if (!preview) return;
    preview->step = step;
    const auto path = options_.experiment->sample_path(step);
    if (Status written = options_.write_sample(path, *preview); !written)
        warn(written.error().message);
    else
        tell({.type = "sample", .text = "Samples saved.", .step = step, .data = nullptr});
}

Status Worker::Loop::checkpoint(bool wanted_by_person) {
    last_checkpoint_ = Clock::now();
    if (!options_.experiment) return {};
    const std::int64_t step = run_->steps_done();
    Status saved = options_.experiment->write_checkpoint(
        step, [&](const std::filesystem::path& dir) { return run_->save(dir); }, score_);
    if (!saved) return saved;
    std::string text = wanted_by_person ? "Snapshot saved." : "Checkpoint saved.";
    Json data;
    if (score_ && std::isfinite(*score_) && step != checkpoint_step_) {
        const bool best = is_better(score_, best_score_);
        if (best) best_score_ = score_;
        data = {{"score", *score_}, {"best", best}};
        if (best) text = "Checkpoint saved: the best so far.";
    }
    checkpoint_step_ = step;
    tell({.type = "checkpoint", .text = std::move(text), .step = step, .data = std::move(data)});
    return {};
}

void Worker::Loop::tell(Event event) {
    if (options_.experiment) {
        Status written = options_.experiment->append_event(event);
        // Told once: a full disk would otherwise fill the log with its own complaints.
        if (!written && !std::exchange(write_warning_given_, true))
            worker_.events_.append({.type = "warning",
                                    .text = written.error().message,
                                    .step = event.step,
                                    .severity = Severity::Warning,
                                    .data = nullptr});
    }
    worker_.events_.append(std::move(event));
}

void Worker::Loop::warn(const std::string& text) {
    tell({.type = "warning",
          .text = text,
          .step = run_ ? run_->steps_done() : 0,
          .severity = Severity::Warning,
          .data = nullptr});
}

void Worker::Loop::publish_progress() {
    progress_.elapsed_seconds = working_seconds_;
    progress_.remaining_seconds.reset();
    if (marks_.size() >= 2) {
        const Mark &first = marks_.front(), &last = marks_.back();
        const double seconds = last.seconds - first.seconds;
        if (seconds > 0) {
            progress_.items_per_second = static_cast<double>(last.items - first.items) / seconds;
            progress_.steps_per_second = static_cast<double>(last.step - first.step) / seconds;
        }
        if (progress_.total_steps > 0 && progress_.steps_per_second > 0)
            progress_.remaining_seconds =
                static_cast<double>(progress_.total_steps - progress_.step) /
                progress_.steps_per_second;
    }
    progress_.state = worker_.state();
    worker_.progress_.put(progress_);
}

void Worker::Loop::finish(const std::optional<Error>& error) {
    const std::int64_t step = run_ ? run_->steps_done() : 0;
    if (error)
        tell({.type = "failed",
              .text = error->message,
              .step = step,
              .severity = Severity::Error,
              .data = error->detail.empty() ? Json(nullptr) : Json{{"detail", error->detail}}});
    else
        tell({.type = completed_ ? "finished" : "stopped",
              .text = completed_ ? "Finished." : "Stopped at step " + std::to_string(step) + ".",
              .step = step,
              .data = nullptr});
    run_.reset();
    {
        std::lock_guard lock(worker_.mutex_);
        worker_.failure_ = error;
        worker_.move(error ? Trigger::Fail : completed_ ? Trigger::Complete : Trigger::Stopped);
    }
    publish_progress();
}

}  // namespace pentimento
