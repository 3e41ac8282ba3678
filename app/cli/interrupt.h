// Ctrl-C as a request: the first one asks what is running to save and end, a second one ends the
// program at once.
#pragma once

#include <signal.h>

namespace pentimento::cli {

class InterruptGuard {
  public:
    InterruptGuard();
    ~InterruptGuard();
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

    /// Since the newest guard was made.
    static bool interrupted();

  private:
    struct sigaction old_int_ {
    }, old_term_{};
};

}  // namespace pentimento::cli
