// What both programs do, put together once: an Experiment on disk with the Run that fills it.
// The studio hands a PreparedRun to a threaded Worker, the command line to an inline one.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"
#include "core/data/pack.h"
#include "core/gan/gan_run.h"
#include "core/media/picture.h"
#include "core/params/param_set.h"
#include "core/session/worker.h"
#include "core/style/instant/networks.h"

namespace pentimento {

struct PreparedRun {
    Worker::Factory factory;
    WorkerOptions options;  ///< experiment, sample writer and intervals filled in
};

/// Whose weights a new run begins with.
struct WeightsFrom {
    std::filesystem::path run;
    CheckpointChoice at;
};

/// Writes run.json in `dir` (must be new or empty); the run itself is made by the factory.
/// `from`: the weights of that checkpoint are copied and taken over (Run::adopt); optimiser and
/// step count are new.
Result<PreparedRun> prepare_training(const ParamSet& params, const std::filesystem::path& pack,
                                     const std::filesystem::path& dir, const std::string& name,
                                     const std::optional<WeightsFrom>& from = {});

struct StyleRequest {
    ParamSet params;
    std::filesystem::path content;
    std::vector<std::filesystem::path> styles;  ///< a painter needs none
    std::optional<std::filesystem::path> start;
    std::filesystem::path weights;
    /// Where each style counts, in the order of `styles`; empty paths and missing ones: no mask.
    std::vector<std::filesystem::path> masks = {};
    style::InstantNetworks networks = {};
};
/// Copies the pictures into <dir>/inputs, so that the run can be resumed without the originals.
/// Weights and networks stay where they are.
Result<PreparedRun> prepare_style(const StyleRequest& request, const std::filesystem::path& dir,
                                  const std::string& name);

/// Other masks for a refinement at work, as StyleRequest::masks: copies them into the run's folder
/// and makes what Worker::amend takes. The log keeps which ones they are (event "inputs").
Result<Amendment> prepare_mask_change(const Experiment& experiment,
                                      const std::vector<std::filesystem::path>& masks);
/// A run's inputs as they were when `step` was done: those of run.json with the changes of the log.
Json inputs_at(const Experiment& experiment, std::int64_t step);

/// What a style network learns from. Datasets and weights stay where they are; the style picture is
/// copied into the run.
struct StyleTrainingRequest {
    ParamSet params;                  ///< of style::train::schema()
    std::filesystem::path pictures;   ///< .pack
    std::filesystem::path styles;     ///< .pack, for a decoder
    std::filesystem::path style;      ///< a picture, for a painter
    std::filesystem::path weights;    ///< VGG-19; may be empty where the built-in network can judge
    std::filesystem::path encoder;    ///< a feature network of one's own; usually empty
    std::optional<WeightsFrom> from;  ///< another style training whose weights it begins with
};
Result<PreparedRun> prepare_style_training(const StyleTrainingRequest& request,
                                           const std::filesystem::path& dir,
                                           const std::string& name);
/// Writes the network of a style training's newest checkpoint as a file of its own.
Status export_style_network(const std::filesystem::path& run, const std::filesystem::path& out);

/// Where things are now, when they are not where the run left them.
struct ResumeSources {
    std::filesystem::path
        pack;  ///< GAN runs; must have the fingerprint that the run was started with
    std::filesystem::path weights;  ///< style runs
};
/// Continues a stored run of any kind from its newest sound checkpoint (or from the start when it
/// has none), live edits included. `total_steps`: the new end; nothing keeps the old one.
/// `overrides` change restart or live parameters, e.g. the device.
Result<PreparedRun> prepare_resume(const std::filesystem::path& dir,
                                   std::optional<std::int64_t> total_steps,
                                   const Patch& overrides = {}, const ResumeSources& sources = {});

/// A new run in `dir` (must be new or empty) that goes on from a copy of one of `source`'s
/// checkpoints, with the settings of that step and `overrides` on top. Overrides may be live or
/// restart settings; those that shape the networks make the run fail with a message when it starts.
Result<PreparedRun> prepare_branch(const std::filesystem::path& source, const CheckpointChoice& at,
                                   const std::filesystem::path& dir, const std::string& name,
                                   const Patch& overrides = {}, const ResumeSources& sources = {});

/// The whole of `source` once more in `dir` (must be new or empty), from its beginning to the last
/// step on record, with every edit at its step. On the same machine with the same number of threads
/// it comes to the same state.
Result<PreparedRun> prepare_replay(const std::filesystem::path& source,
                                   const std::filesystem::path& dir, const std::string& name,
                                   const ResumeSources& sources = {});

/// A run's parameters as they are now: run.json with the edits of events.jsonl applied.
Result<ParamSet> current_params(const Experiment& experiment);
/// As they were when `step` was done and the next not begun: edits of that step included.
Result<ParamSet> params_at(const Experiment& experiment, std::int64_t step);

/// Grid of samples from the newest checkpoint of a GAN run.
Result<Preview> sample_run(const std::filesystem::path& dir, const gan::SampleRequest& request);

/// How good the pictures of a GAN run's newest checkpoint are, or of its best one. `pack`: where
/// its dataset is now, if not where the run left it.
struct RunEvaluation {
    std::int64_t step = 0;
    metrics::Evaluation figures;
};
Result<RunEvaluation> evaluate_run(const std::filesystem::path& dir,
                                   const gan::EvaluationRequest& request, bool best = false,
                                   const std::filesystem::path& pack = {});

/// The newest picture of a style run, or the newest sample of a GAN run; NotFound when there is
/// none.
Result<Frame> latest_picture(const Experiment& experiment);

/// What goes into an exported PNG: {"pentimento": version, "kind": …, "step": …, "params": {…}}.
Json export_settings(const Experiment& experiment, std::int64_t step);
Json export_settings(const std::string& kind, const std::string& name, std::int64_t step,
                     const ParamSet& params);
/// The same for people: "dcgan, bce, 64 px, seed 1, step 500".
std::string readable_settings(const Json& settings);

}  // namespace pentimento
