#include "core/base/allocator.h"

#include <cstdlib>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace pentimento {

void keep_freed_memory() {
#ifdef __GLIBC__
    // Pools of other threads cannot hold blocks of more than 64 MB.
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_MAX, 0);
    constexpr int kKept = 2'000'000'000;  // bytes at the pool's end; an int is all that it takes
    mallopt(M_TRIM_THRESHOLD, kKept);
#endif
}

void return_freed_memory() {
#ifdef __GLIBC__
    malloc_trim(0);
#endif
}

}  // namespace pentimento
