// How a benchmark tells its figures to tests/bench/all.py, beside what it prints for people.
#pragma once

#include <algorithm>
#include <cstdio>
#include <string>
#include <vector>

/// "result: <figure> <unit> <name>"; the unit has no spaces.
inline void tell_result(const std::string& name, double figure, const char* unit) {
    std::printf("result: %.6g %s %s\n", figure, unit, name.c_str());
    std::fflush(stdout);
}

inline double median(std::vector<double> values) {
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}
