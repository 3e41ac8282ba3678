#include "core/session/run_folder.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/base/text.h"

namespace pentimento {

namespace fs = std::filesystem;

RunFolder RunFolder::fresh(const fs::path& root, std::string_view name) {
    std::string time = timestamp_utc();  // 2026-11-23T12:48:00Z
    std::erase(time, ':');
    std::erase(time, '-');
    time.pop_back();
    std::replace(time.begin(), time.end(), 'T', '-');
    std::string safe;
    for (const char c : name) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
        if (plain)
            safe += c;
        else if (!safe.empty() && safe.back() != '-')
            safe += '-';
    }
    while (!safe.empty() && safe.back() == '-') safe.pop_back();
    if (safe.empty()) safe = "run";
    const fs::path base = root / (time + "-" + safe.substr(0, 60));
    RunFolder folder(base);
    std::error_code ignored;
    fs::create_directories(root, ignored);
    for (int i = 2; !(folder.made_ = fs::create_directory(folder.path_, ignored)) &&
                    fs::exists(folder.path_, ignored);
         ++i) {
        folder.path_ = base;
        folder.path_ += "-" + std::to_string(i);
    }
    return folder;
}

RunFolder::RunFolder(RunFolder&& other) noexcept
    : path_(other.path_), made_(std::exchange(other.made_, false)) {
}

RunFolder::~RunFolder() {
    std::error_code ignored;  // what is in use is not empty, and stays
    if (made_) fs::remove(path_, ignored);
}

}  // namespace pentimento
