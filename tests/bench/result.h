// How a benchmark tells its figures to tests/bench/all.py, beside what it prints for people.
#pragma once

#include <cstdio>
#include <string>

/// "result: <figure> <unit> <name>"; the unit has no spaces.
inline void tell_result(const std::string& name, double figure, const char* unit) {
    std::printf("result: %.6g %s %s\n", figure, unit, name.c_str());
    std::fflush(stdout);
}
