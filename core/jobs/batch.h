// Many contents × many styles: one blend after the other, each into a file of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/session/run.h"
#include "core/style/instant/networks.h"

namespace pentimento {

struct StyleBatch {
    ParamSet params;                              ///< of style::schema()
    std::vector<std::filesystem::path> contents;  ///< pictures
    std::vector<std::filesystem::path> styles;    ///< not with a painter
    std::filesystem::path weights;
    style::InstantNetworks networks = {};
    std::filesystem::path out;  ///< a folder; made when it is not there
    bool blend = false;         ///< all styles in each result, not one result for each style
    std::string extension = "png";
    bool embed_settings = true;  ///< PNG only
    bool overwrite = false;      ///< make again what is there already
};

/// Pictures and folders (the pictures directly in them) as a list of pictures, in this order.
Result<std::vector<std::filesystem::path>> expand_pictures(
    const std::vector<std::string>& pictures_and_folders);

/// Where each result of `batch` goes, content by content: "<content>--<style>.png" (with a painter
/// its file's name for the style's), with "-2" and
/// so on where two would be called alike. The same call always gives the same names.
std::vector<std::filesystem::path> batch_results(const StyleBatch& batch);

/// A Run of kind "batch"; one step is one iteration on one picture, its previews are of that
/// picture. What is there already is passed over, so that a second call goes on where the first one
/// ended. A picture that cannot be made is told of and the others are made all the same. Events:
/// "made" with {"file"}; "skipped" with {"file", "reason": "exists" or "failed"}.
Result<std::unique_ptr<Run>> make_batch_run(StyleBatch batch);

}  // namespace pentimento
