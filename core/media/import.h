// Building a packed dataset from what people have: folders, archives, IDX, CIFAR, an emoji font.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/frame.h"
#include "core/base/result.h"
#include "core/data/pack.h"
#include "core/params/param_set.h"
#include "core/session/run.h"

namespace pentimento {

/// size, fit, channels, background, flips, smallest side …
const Schema& import_schema();

/// SOURCE: a folder | an archive (zip, tar, tar.gz …) | "idx:DIR" | "cifar:DIR" | "emoji" |
/// "emoji:FONT". A Run of kind "import": one step handles pictures for about 100 ms; skipped
/// sources arrive as "skipped" events; the pack appears at `out` when it finishes. previews() shows
/// the newest pictures.
Result<std::unique_ptr<Run>> make_import_run(const std::string& source, const ParamSet& params,
                                             const std::filesystem::path& out);

/// What a source seems to be, quickly: for drop targets and messages.
struct SourceGuess {
    std::string source;  ///< what to pass to make_import_run
    std::string kind;    ///< "folder", "archive", "idx", "cifar", "emoji", "pack"
    std::string label;   ///< "Folder with 12 class folders"
};
Result<SourceGuess> guess_source(const std::string& path_or_source);

/// The first few pictures of a source as the given parameters would import them, for the crop
/// preview; `before` holds the undistorted originals (longer edge at most 512 px).
struct ImportPreview {
    std::vector<Frame> before, after;
    std::vector<std::string> names;
};
Result<ImportPreview> preview_import(const std::string& source, const ParamSet& params, int count);

/// A stable name for the cached pack of this source with these parameters and the source's
/// modification times: the second import of the same thing finds the first's file.
std::string import_cache_key(const std::string& source, const ParamSet& params);

}  // namespace pentimento
