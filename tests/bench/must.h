// Benchmarks end where something fails.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>

#include "core/base/result.h"

namespace pentimento {

[[noreturn]] inline void give_up(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(1);
}
template <class T>
T must(Result<T> result) {
    if (!result) give_up(result.error().message + "\n" + result.error().detail);
    return *std::move(result);
}
inline void must(const Status& status) {
    if (!status) give_up(status.error().message + "\n" + status.error().detail);
}

}  // namespace pentimento
