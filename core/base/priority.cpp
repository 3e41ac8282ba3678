#include "core/base/priority.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace pentimento {

void be_nice([[maybe_unused]] int niceness) {
#ifdef __linux__
    // Here, unlike in POSIX, a thread has a priority of its own.
    if (niceness > getpriority(PRIO_PROCESS, 0)) (void)setpriority(PRIO_PROCESS, 0, niceness);
#endif
}

}  // namespace pentimento
