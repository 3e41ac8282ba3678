// The two tables say the same thing: an action is allowed exactly where its trigger leads
// somewhere.
#include <gtest/gtest.h>

#include "core/session/state.h"

namespace pentimento {
namespace {

TEST(State, ActionsAreAllowedWhereTheirTransitionExists) {
    const std::pair<Action, Trigger> pairs[] = {{Action::Pause, Trigger::Pause},
                                                {Action::Resume, Trigger::Resume},
                                                {Action::Stop, Trigger::Stop},
                                                {Action::Clear, Trigger::Clear}};
    for (int s = 0; s < kStateCount; ++s) {
        const auto state = static_cast<State>(s);
        for (const auto& [action, trigger] : pairs)
            EXPECT_EQ(permitted(state, action).allowed, transition(state, trigger).has_value())
                << name(state) << " / " << name(action);
        const bool can_begin = transition(state, Trigger::Configure) && state != State::Empty;
        EXPECT_EQ(permitted(state, Action::Start).allowed, can_begin) << name(state);
    }
}

TEST(State, EveryRefusalHasAReasonThatEndsAsASentence) {
    for (int s = 0; s < kStateCount; ++s)
        for (int a = 0; a < kActionCount; ++a) {
            const Permission permission = permitted(static_cast<State>(s), static_cast<Action>(a));
            EXPECT_EQ(permission.allowed, permission.reason.empty());
            if (!permission.allowed) {
                EXPECT_EQ(permission.reason.back(), '.');
            }
        }
}

TEST(State, EveryStateCanBeReachedAndLeft) {
    bool reached[kStateCount] = {true};
    for (int round = 0; round < kStateCount; ++round)
        for (int s = 0; s < kStateCount; ++s)
            for (int t = 0; reached[s] && t < kTriggerCount; ++t)
                if (const auto to = transition(static_cast<State>(s), static_cast<Trigger>(t)))
                    reached[static_cast<int>(*to)] = true;
    for (int s = 0; s < kStateCount; ++s) {
        EXPECT_TRUE(reached[s]) << name(static_cast<State>(s));
        bool leaves = false;
        for (int t = 0; t < kTriggerCount; ++t) {
            const auto to = transition(static_cast<State>(s), static_cast<Trigger>(t));
            leaves |= to && *to != static_cast<State>(s);
        }
        EXPECT_TRUE(leaves) << name(static_cast<State>(s));
    }
}

}  // namespace
}  // namespace pentimento
