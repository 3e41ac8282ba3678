// Names and fields of a run's files. Private to the session layer.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/session/experiment.h"

namespace pentimento::run_files {

inline std::string step_name(std::int64_t step) {
    char text[32];
    std::snprintf(text, sizeof text, "step-%08lld", static_cast<long long>(step));
    return text;
}

inline std::optional<std::int64_t> step_of(const std::filesystem::path& path) {
    const std::string stem = path.stem().string();
    if (!stem.starts_with("step-")) return std::nullopt;
    std::int64_t step = 0;
    const auto [end, error] = std::from_chars(stem.data() + 5, stem.data() + stem.size(), step);
    if (error != std::errc() || end != stem.data() + stem.size() || step < 0) return std::nullopt;
    return step;
}

/// Entries of a folder whose name is a step, in order of steps.
inline std::vector<SampleFile> stepped_entries(const std::filesystem::path& dir, bool directories) {
    std::vector<SampleFile> found;
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(dir, error)) {
        std::error_code ignored;
        if (entry.is_directory(ignored) != directories) continue;
        if (const auto step = step_of(entry.path())) found.push_back({*step, entry.path()});
    }
    std::sort(found.begin(), found.end(),
              [](const SampleFile& a, const SampleFile& b) { return a.step < b.step; });
    return found;
}

inline std::int64_t integer_or(const Json& object, const char* key, std::int64_t otherwise) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>()
                                                               : otherwise;
}

inline std::string text_or(const Json& object, const char* key, std::string otherwise = {}) {
    const auto found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : otherwise;
}

}  // namespace pentimento::run_files
