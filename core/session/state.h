// The life of a run as two tables: who may go where, and which action is allowed when, and why not.
#pragma once

#include <optional>
#include <string_view>

namespace pentimento {

enum class State { Empty, Ready, Running, Paused, Stopping, Finished, Failed };
inline constexpr int kStateCount = 7;

/// What happens to a run.
enum class Trigger { Configure, Start, Pause, Resume, Stop, Complete, Stopped, Fail, Clear };
inline constexpr int kTriggerCount = 9;

/// What a person may ask for.
enum class Action { Start, Pause, Resume, Step, Stop, Snapshot, EditLive, EditRestart, Clear };
inline constexpr int kActionCount = 9;

/// The state after `trigger`, or nothing when it means nothing in `from`.
std::optional<State> transition(State from, Trigger trigger);

struct Permission {
    bool allowed;
    std::string_view reason;  ///< why not, as a sentence for a tooltip; empty when allowed
};
Permission permitted(State state, Action action);

std::string_view name(State state);    ///< "running"
std::string_view name(Action action);  ///< "start"

}  // namespace pentimento
