#include "core/session/run.h"

#include <utility>

namespace pentimento {

Status Run::adopt(const std::filesystem::path&) {
    return Error{ErrorCode::Unsupported,
                 "Runs of the kind '" + kind() + "' cannot start from another run's weights.", ""};
}

std::vector<Event> edit_events(const ParamSet& before, const ParamSet& after, std::int64_t step,
                               bool by_the_run) {
    std::vector<Event> events;
    for (const ParamSet::Difference& change : after.difference_from(before)) {
        Json data = {
            {"id", change.spec->id}, {"from", to_json(change.from)}, {"to", to_json(change.to)}};
        if (by_the_run) data["by"] = "run";
        events.push_back(
            {.type = "edit",
             .text = change.spec->label + ": " + to_text(change.from) + " → " + to_text(change.to),
             .step = step,
             .data = std::move(data)});
    }
    return events;
}

Status continue_from(Run& run, const std::filesystem::path& checkpoint, const ParamSet& wanted) {
    if (Status restored = run.restore(checkpoint); !restored) return restored;
    Patch late;
    for (const ParamSet::Difference& change : wanted.difference_from(run.params()))
        if (change.spec->apply == Apply::Live) late[change.spec->id] = change.to;
    return late.empty() ? Status() : run.apply(late);
}

}  // namespace pentimento
