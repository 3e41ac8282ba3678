// A Run that is done again: the same steps, with every recorded edit at its step.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "core/session/history.h"
#include "core/session/run.h"

namespace pentimento {

/// Drives another Run and changes its settings as recorded. An edit of step s is made after s and
/// before s + 1 and is reported as an "edit" event of that step, so that the record of a replay can
/// be replayed in turn. Settings that only act at a start are followed as they were once made: the
/// state is saved, the run made anew, the state restored.
class ReplayRun : public Run {
  public:
    /// Makes the Run with other settings.
    using Maker = std::function<Result<std::unique_ptr<Run>>(const ParamSet&)>;

    /// Edits of steps that `run` has done already count as made. It ends at `last_step`, or before
    /// when the run ends by itself. `scratch`: a folder that is made and removed again.
    ReplayRun(std::unique_ptr<Run> run, std::vector<RecordedEdit> edits, std::int64_t last_step,
              Maker maker, std::filesystem::path scratch);

    std::string kind() const override { return run_->kind(); }
    const ParamSet& params() const override { return run_->params(); }
    std::vector<MetricSpec> metric_specs() const override { return run_->metric_specs(); }
    Status apply(const Patch& patch) override { return run_->apply(patch); }
    Result<StepReport> step() override;
    Result<Preview> preview() override { return run_->preview(); }
    Status save(const std::filesystem::path& dir) override { return run_->save(dir); }
    Status restore(const std::filesystem::path& dir) override { return run_->restore(dir); }
    std::int64_t steps_done() const override { return run_->steps_done(); }

  private:
    Status follow(const Patch& patch);

    std::unique_ptr<Run> run_;
    std::vector<RecordedEdit> edits_;  ///< by step
    std::size_t made_ = 0;
    std::int64_t last_step_;
    Maker maker_;
    std::filesystem::path scratch_;
};

}  // namespace pentimento
