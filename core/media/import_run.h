// The Run that turns a PictureSource into a packed dataset.
#pragma once

#include <deque>
#include <unordered_map>

#include "core/data/pack.h"
#include "core/media/picture_source.h"
#include "core/session/run.h"

namespace pentimento::media {

/// Leaves nothing behind unless it finishes. The result does not depend on the number of threads.
class ImportRun final : public Run {
  public:
    ImportRun(std::string title, ParamSet params, ImportSettings settings, SourcePtr source,
              std::filesystem::path out);

    std::string kind() const override { return "import"; }
    const ParamSet& params() const override { return params_; }
    Status apply(const Patch& patch) override;
    Result<StepReport> step() override;
    Result<Preview> preview() override;
    Status save(const std::filesystem::path& dir) override;
    Status restore(const std::filesystem::path& dir) override;
    std::int64_t steps_done() const override { return handled_; }

  private:
    struct Item {
        SourceItem source;
        Frame frame;  ///< size × size; empty when there is a problem
        std::string problem;
    };

    Result<std::vector<Item>> take_batch();
    void decode(std::vector<Item>& batch);
    Status add(Item& item, StepReport& report);
    Status write(const Item& item);
    void skip(const std::string& source, const std::string& reason, StepReport& report);
    Status start_again_in_colour();
    Status finish(StepReport& report);
    StepReport& describe(StepReport& report) const;

    std::string title_;
    ParamSet params_;
    ImportSettings settings_;
    SourcePtr source_;
    std::filesystem::path out_;
    std::optional<PackWriter> writer_;
    int channels_ = 0;  ///< 0: no picture has decided yet

    std::size_t batch_size_ = 8;  ///< pictures handed to the threads at a time
    bool scanned_ = false;
    bool exhausted_ = false;
    bool finished_ = false;
    std::int64_t handled_ = 0;   ///< items of the source, the skipped ones included
    std::int64_t kept_ = 0;      ///< mirrored copies not counted
    std::int64_t reported_ = 0;  ///< highest `handled_` so far: problems are told once
    std::int64_t skipped_ = 0;
    std::vector<ImportProblem> problems_;
    std::unordered_map<std::uint64_t, std::int64_t>
        seen_;  ///< hash of the pixels → index in the pack
    std::deque<Frame> newest_;
};

}  // namespace pentimento::media
