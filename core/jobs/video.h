// A film in the style of a picture, frame by frame, without flicker.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/session/run.h"
#include "core/style/instant/networks.h"

namespace pentimento {

/// style::schema() and what only films have.
const Schema& video_schema();
/// Those of a film that a style run knows.
ParamSet style_params(const ParamSet& film);
/// A style run's settings with the defaults of what only films have.
ParamSet film_params(const ParamSet& style);

struct VideoRequest {
    ParamSet params;               ///< of video_schema()
    std::filesystem::path source;  ///< as VideoReader::open
    std::vector<std::filesystem::path> styles;  ///< not with a painter
    std::filesystem::path weights;
    style::InstantNetworks networks = {};
    /// An .mp4, or a folder for the frames as PNG.
    std::filesystem::path out;
    std::int64_t frames = 0;  ///< only so many; 0: all
    double fps = 0;           ///< of the result; 0: the source's (25 for pictures)
};

/// Where the finished frames are kept: `out` itself when it is a folder, else "<out>.frames" beside
/// it, which is removed when the film is complete.
std::filesystem::path video_work_folder(const std::filesystem::path& out);

/// A Run of kind "video"; one step is one iteration on one frame. The first frame, and the first
/// after a cut, is refined with `steps`; each later one starts from the last result, moved along
/// the optical flow, with `frame_steps`, and is held to it where it can be seen. Frames that are
/// done already are gone on from, and the result is the same as without an interruption. The film
/// is written at the end. Conflict when the frames were made with other settings or from something
/// else, and when there is a film already. Each frame's difference from the last one is the metric
/// "flicker"; a new scene is an event "cut".
Result<std::unique_ptr<Run>> make_video_run(VideoRequest request);

/// Writes the film of the frames that are done so far; the run must not be at work. Returns how
/// many there are.
Result<std::int64_t> write_film(const VideoRequest& request);

}  // namespace pentimento
