#include "core/session/history.h"

#include <algorithm>
#include <limits>

namespace pentimento {

std::vector<Event> settled(std::vector<Event> events) {
    std::int64_t bound = std::numeric_limits<std::int64_t>::max();
    for (auto event = events.rbegin(); event != events.rend(); ++event) {
        event->step = std::min(event->step, bound);
        if (event->type == "rollback") bound = event->step;
    }
    return events;
}

std::vector<RecordedEdit> recorded_edits(std::vector<Event> events) {
    std::vector<RecordedEdit> edits;
    for (const Event& event : settled(std::move(events))) {
        if (event.type != "edit" || !event.data.is_object() || !event.data.contains("id") ||
            !event.data.contains("to") || !event.data["id"].is_string())
            continue;
        if (Result<ParamValue> value = param_value_from_json(event.data["to"]))
            edits.push_back({event.step, event.data["id"].get<std::string>(), *std::move(value)});
    }
    return edits;
}

}  // namespace pentimento
