#include "core/session/state.h"

#include <array>

namespace pentimento {
namespace {

using S = State;
constexpr auto kNone = static_cast<State>(-1);

// clang-format off
// transition[state][trigger]; one row a state, one column a trigger.
constexpr State kTransition[kStateCount][kTriggerCount] = {
    //            Configure  Start       Pause      Resume      Stop         Complete     Stopped      Fail       Clear
    /*Empty*/    {S::Ready,  kNone,      kNone,     kNone,      kNone,       kNone,       kNone,       kNone,     S::Empty},
    /*Ready*/    {S::Ready,  S::Running, kNone,     kNone,      kNone,       kNone,       kNone,       S::Failed, S::Empty},
    /*Running*/  {kNone,     kNone,      S::Paused, kNone,      S::Stopping, S::Finished, kNone,       S::Failed, kNone},
    /*Paused*/   {kNone,     kNone,      kNone,     S::Running, S::Stopping, S::Finished, kNone,       S::Failed, kNone},
    /*Stopping*/ {kNone,     kNone,      kNone,     kNone,      kNone,       S::Finished, S::Finished, S::Failed, kNone},
    /*Finished*/ {S::Ready,  kNone,      kNone,     kNone,      kNone,       kNone,       kNone,       kNone,     S::Empty},
    /*Failed*/   {S::Ready,  kNone,      kNone,     kNone,      kNone,       kNone,       kNone,       kNone,     S::Empty},
};

constexpr std::string_view kYes = "";
constexpr std::string_view kNothing = "Nothing is loaded yet.";
constexpr std::string_view kNotStarted = "The run has not been started.";
constexpr std::string_view kRuns = "It is running already.";
constexpr std::string_view kPausedAlready = "It is paused already.";
constexpr std::string_view kPauseFirst = "Pause first.";
constexpr std::string_view kStopping = "It is stopping; one moment.";
constexpr std::string_view kEnded = "The run has ended.";
constexpr std::string_view kFailed = "The run has failed; see the message.";
constexpr std::string_view kStopFirst = "Takes effect at the next start: stop the run first.";

// permitted[state][action]: the reason why not, or empty.
constexpr std::string_view kBlocked[kStateCount][kActionCount] = {
    //            Start        Pause           Resume       Step         Stop         Snapshot     EditLive   EditRestart  Clear
    /*Empty*/    {kNothing,    kNothing,       kNothing,    kNothing,    kNothing,    kNothing,    kYes,      kYes,        kYes},
    /*Ready*/    {kYes,        kNotStarted,    kNotStarted, kNotStarted, kNotStarted, kNotStarted, kYes,      kYes,        kYes},
    /*Running*/  {kRuns,       kYes,           kRuns,       kPauseFirst, kYes,        kYes,        kYes,      kStopFirst,  kStopFirst},
    /*Paused*/   {kRuns,       kPausedAlready, kYes,        kYes,        kYes,        kYes,        kYes,      kStopFirst,  kStopFirst},
    /*Stopping*/ {kStopping,   kStopping,      kStopping,   kStopping,   kStopping,   kStopping,   kStopping, kStopping,   kStopping},
    /*Finished*/ {kYes,        kEnded,         kEnded,      kEnded,      kEnded,      kEnded,      kYes,      kYes,        kYes},
    /*Failed*/   {kYes,        kFailed,        kFailed,     kFailed,     kFailed,     kFailed,     kYes,      kYes,        kYes},
};
// clang-format on

constexpr std::array<std::string_view, kStateCount> kStateNames{
    "empty", "ready", "running", "paused", "stopping", "finished", "failed"};
constexpr std::array<std::string_view, kActionCount> kActionNames{
    "start", "pause", "resume", "step", "stop", "snapshot", "edit", "edit (restart)", "clear"};

}  // namespace

std::optional<State> transition(State from, Trigger trigger) {
    const State to = kTransition[static_cast<int>(from)][static_cast<int>(trigger)];
    if (to == kNone) return std::nullopt;
    return to;
}

Permission permitted(State state, Action action) {
    const std::string_view reason = kBlocked[static_cast<int>(state)][static_cast<int>(action)];
    return {reason.empty(), reason};
}

std::string_view name(State state) {
    return kStateNames[static_cast<std::size_t>(state)];
}
std::string_view name(Action action) {
    return kActionNames[static_cast<std::size_t>(action)];
}

}  // namespace pentimento
