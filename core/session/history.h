// What a run's log says about its settings. A run can go back ("rollback"): its log then tells of
// steps that were undone, and what was edited in them counts from the step it went back to.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/session/run.h"

namespace pentimento {

/// The events in their order, each with the step from which it counts in the run as it is now: no
/// event before a "rollback" keeps a step later than the one that was gone back to.
std::vector<Event> settled(std::vector<Event> events);

/// A setting that was changed after `step` steps and before the next.
struct RecordedEdit {
    std::int64_t step = 0;
    std::string id;
    ParamValue value;

    friend bool operator==(const RecordedEdit&, const RecordedEdit&) = default;
};

/// The "edit" events of a log with their settled steps, in order. Lines that are no edit are passed
/// over.
std::vector<RecordedEdit> recorded_edits(std::vector<Event> events);

}  // namespace pentimento
