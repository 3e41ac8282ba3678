#include "core/base/json.h"

namespace pentimento {

Result<Json> parse_json(std::string_view text, std::string_view what) {
    constexpr int kMaxDepth = 64;
    bool too_deep = false;
    const auto depth_guard = [&](int depth, Json::parse_event_t, Json&) {
        too_deep |= depth > kMaxDepth;
        return !too_deep;
    };
    try {
        Json json = Json::parse(text, depth_guard, true);
        if (too_deep)
            return Error{ErrorCode::Corrupt,
                         std::string(what) + " is nested too deeply to be one of ours.", ""};
        if (json.is_discarded())
            return Error{ErrorCode::Corrupt, std::string(what) + " is not valid JSON.", ""};
        return json;
    } catch (const std::exception& problem) {
        return Error{ErrorCode::Corrupt, std::string(what) + " is not valid JSON.", problem.what()};
    }
}

}  // namespace pentimento
