#include "core/session/replay_run.h"

#include <algorithm>
#include <utility>

#include "core/base/file.h"

namespace pentimento {

ReplayRun::ReplayRun(std::unique_ptr<Run> run, std::vector<RecordedEdit> edits,
                     std::int64_t last_step, Maker maker, std::filesystem::path scratch)
    : run_(std::move(run)),
      edits_(std::move(edits)),
      last_step_(last_step),
      maker_(std::move(maker)),
      scratch_(std::move(scratch)) {
    std::stable_sort(edits_.begin(), edits_.end(),
                     [](const RecordedEdit& a, const RecordedEdit& b) { return a.step < b.step; });
    while (made_ < edits_.size() && edits_[made_].step <= run_->steps_done()) ++made_;
}

Result<StepReport> ReplayRun::step() {
    Result<StepReport> report = run_->step();
    if (!report) return report;
    Patch due;
    for (; made_ < edits_.size() && edits_[made_].step <= report->step; ++made_)
        due[edits_[made_].id] = edits_[made_].value;
    if (!due.empty()) {
        const ParamSet before = run_->params();
        if (Status followed = follow(due); !followed)
            return Error{
                followed.error().code,
                "The replay stops at step " + std::to_string(report->step) +
                    ", where a recorded change cannot be made: " + followed.error().message,
                followed.error().detail};
        for (Event& event : edit_events(before, run_->params(), report->step))
            report->events.push_back(std::move(event));
    }
    report->total_steps = last_step_;
    // A run that had come to its end and was then prolonged goes on.
    const bool prolonged = report->finished && !due.empty();
    report->finished = report->step >= last_step_ || (report->finished && !prolonged);
    return report;
}

Status ReplayRun::follow(const Patch& patch) {
    ParamSet wanted = run_->params();
    if (Status applied = wanted.apply(patch); !applied) return applied;
    Patch live;
    bool restart = false;
    for (const ParamSet::Difference& change : wanted.difference_from(run_->params())) {
        live[change.spec->id] = change.to;
        restart |= change.spec->apply == Apply::Restart;
    }
    if (!restart) return live.empty() ? Status() : run_->apply(live);
    Result<AtomicDirectory> state = AtomicDirectory::create(scratch_);  // never put in place
    if (!state) return state.error();
    if (Status saved = run_->save(state->staging()); !saved) return saved;
    Result<std::unique_ptr<Run>> anew = maker_(wanted);
    if (!anew) return anew.error();
    if (Status restored = continue_from(**anew, state->staging(), wanted); !restored)
        return restored;
    run_ = *std::move(anew);
    return {};
}

}  // namespace pentimento
