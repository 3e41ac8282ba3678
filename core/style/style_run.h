// Style transfer by optimisation (Gatys, Ecker, Bethge 2016) as seen from outside. No torch here.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/session/run.h"
#include "core/style/instant/networks.h"

namespace pentimento::style {

inline constexpr int kMaxStyles = 8;

struct FeatureEntry {
    std::string id;  ///< "vgg19", "vgg16", "squeezenet"
    std::string label;
    std::string help;
    std::string reference;
    std::string weights_hint;  ///< which file is needed and where it can be had
};
std::vector<FeatureEntry> features();

/// "style_weight_1" … "style_weight_8" are the live weights of the pictures.
const Schema& schema();
const std::vector<Preset>& presets();
std::string style_weight_id(int index);  ///< index from 0

/// For films: what the result should stay like, say the last frame's result moved along with what
/// is to be seen in it.
struct Likeness {
    Frame picture;            ///< of the content's proportions
    std::vector<float> mask;  ///< row by row over `picture`: where it counts, 0 … 1
    double weight = 0;        ///< as content_weight and style_weight
};

struct StyleInputs {
    Frame content;
    std::vector<Frame> styles;   ///< 1 … kMaxStyles; a painter needs none and looks at none
    std::optional<Frame> start;  ///< for init = picture
    /// Where each style counts: grey pictures of any size, white = fully. Fewer than styles, or
    /// none, is fine. A style without a mask gets what the others leave; without any mask, every
    /// style is everywhere.
    std::vector<std::optional<Frame>> masks;
    /// Of the feature network named by "features"; empty for the built-in one. Only refinements
    /// look at it.
    std::filesystem::path weights;
    InstantNetworks networks;  ///< for the methods of one pass
    std::optional<Likeness> likeness;
};

/// What every style run measures; also for showing stored runs.
std::vector<MetricSpec> metric_specs();

/// Whether the method paints in one pass: instant blends and painters.
bool one_pass(const ParamSet& params);
/// Whether it takes its style from pictures: all but painters.
bool needs_styles(const ParamSet& params);
/// Steps from beginning to end: 1 for a method of one pass.
std::int64_t total_steps(const ParamSet& params);
/// InvalidArgument, saying what is wrong, for numbers of styles and masks that cannot work.
Status check_pictures(const ParamSet& params, const StyleInputs& inputs);

Result<std::unique_ptr<Run>> make_run(const ParamSet& params, StyleInputs inputs);

/// Between two steps of a refinement: other masks, as in StyleInputs. Nothing starts over. The same
/// thread as all calls to `run`; Unsupported for runs that do not look at masks again.
Status change_masks(Run& run, std::vector<std::optional<Frame>> masks);

/// What a refinement will take. The final size counts for size and tile.
struct Forecast {
    int width = 0, height = 0;         ///< px of the result
    std::vector<int> edges;            ///< longer edges of all scales; the last one is the result's
    std::int64_t tile = 0;             ///< px; 0: the whole picture at once
    std::int64_t memory_bytes = 0;     ///< of the whole process, at its peak, about
    std::int64_t available_bytes = 0;  ///< free now
    double seconds = 0;                ///< for all steps on this machine's processor, about
};
/// Measures an iteration on a small picture, which takes about a second with the largest network;
/// needs no weights. Uses the same threads as a run would: not while one is at work.
Result<Forecast> forecast(const ParamSet& params, int content_width, int content_height,
                          int styles = 1);
/// One line: "512 × 341 px in 5 sizes from 128 px: about 1.1 GB of memory and 4 min 10 s …".
std::string describe(const Forecast& forecast);

/// Reads only the header: which feature network a weights file belongs to ("vgg19", "vgg16",
/// "squeezenet"), or an error that says what it is not.
Result<std::string> identify_weights(const std::filesystem::path& path);

}  // namespace pentimento::style
