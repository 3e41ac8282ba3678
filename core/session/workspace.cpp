#include "core/session/workspace.h"

#include <cstdlib>

namespace pentimento {
namespace {

std::filesystem::path from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? std::filesystem::path(value) : std::filesystem::path();
}

}  // namespace

Workspace Workspace::standard() {
    if (const auto home = from_environment("PENTIMENTO_HOME"); !home.empty()) return {home};
    std::error_code error;
    for (const std::filesystem::path& folder :
         {from_environment("XDG_DOCUMENTS_DIR"), from_environment("HOME") / "Documents"})
        if (!folder.empty() && std::filesystem::is_directory(folder, error))
            return {folder / "Pentimento"};
    const auto home = from_environment("HOME");
    return {(home.empty() ? std::filesystem::current_path(error) : home) / "Pentimento"};
}

}  // namespace pentimento
