// GAN training as seen from outside: its parameters, its presets and its Run. No torch here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"
#include "core/data/pack.h"
#include "core/metrics/evaluation.h"
#include "core/params/param_set.h"
#include "core/session/run.h"

namespace pentimento::gan {

/// An entry of a registry, for listings and galleries.
struct Entry {
    std::string id;
    std::string label;
    std::string help;       ///< one paragraph for a newcomer
    std::string reference;  ///< paper with its arXiv number
    std::vector<int> sizes =
        {};                    ///< picture sizes in px an architecture can make; empty for others
    bool conditional = false;  ///< an architecture that can learn classes
    bool styled = false;       ///< an architecture with intermediate latents
};
std::vector<Entry> architectures();
std::vector<Entry> losses();
std::vector<Entry> regularisers();
std::vector<Entry> augmentations();

/// A way to train that belongs together: an architecture with the loss, regularisers and numbers
/// that its paper publishes, and a small form that shows something in minutes on two processors.
/// Each becomes two presets, "<id>" and "<id>-small".
struct Family {
    Entry entry;
    std::string arch;                                            ///< id of its architecture
    std::vector<std::pair<std::string, std::string>> published;  ///< on top of the defaults
    std::vector<std::pair<std::string, std::string>> small;      ///< on top of `published`
    std::string expect;  ///< of the small form: what is seen after how long
};
std::vector<Family> families();

/// All parameters of GAN training: data, architecture, optimisation, balance, previews.
const Schema& schema();
const std::vector<Preset>& presets();

/// Fits "size" and "channels" and what depends on them to a dataset; the message says what cannot
/// fit.
Status fit_to_dataset(ParamSet& params, const PackInfo& info);

/// `params` belong to schema(). Fails with a message when architecture, size and data do not fit.
Result<std::unique_ptr<Run>> make_run(const ParamSet& params, PackedDataset data);

struct SampleRequest {
    std::int64_t count = 64;
    int columns = 8;
    std::uint64_t seed = 1;
    std::optional<std::int64_t> label;  ///< one class for all; else classes in turn
};
/// Pictures from a checkpoint's (EMA) generator; `params` as stored in run.json with its edits
/// applied.
Result<Preview> sample(const ParamSet& params, const std::filesystem::path& checkpoint,
                       const SampleRequest& request);

struct EvaluationRequest {
    std::int64_t count = 1000;  ///< made pictures, and real ones as far as there are as many
    std::uint64_t seed = 1;
    std::string features;  ///< a weights file; empty: the built-in ones
};
/// Compares what a checkpoint's generator makes with the dataset it learned from.
Result<metrics::Evaluation> evaluate(const ParamSet& params, const PackedDataset& data,
                                     const std::filesystem::path& checkpoint,
                                     const EvaluationRequest& request);

/// What every GAN run measures; also for showing stored runs.
std::vector<MetricSpec> metric_specs();

/// {"torch": "1.13.1", "device": "cpu", "threads": 2}
Json environment();

}  // namespace pentimento::gan
