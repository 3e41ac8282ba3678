// Small text helpers that messages share.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pentimento {

/// The candidate nearest to `word` by edit distance, or empty when none is near enough to suggest.
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

std::string join(const std::vector<std::string>& parts, std::string_view separator);

/// "1.2 MB", powers of 1000.
std::string format_bytes(std::uint64_t bytes);
/// "3 s", "4 min 10 s", "2 h 5 min".
std::string format_duration(double seconds);
/// "70,000".
std::string format_count(std::int64_t count);
/// UTC, "2026-11-23T12:48:00Z".
std::string timestamp_utc();
/// Valid UTF-8: bytes that are not are replaced by U+FFFD. File names may hold anything.
std::string to_valid_utf8(std::string_view bytes);

}  // namespace pentimento
