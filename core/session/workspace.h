// Where the person's things are, and the runs among them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/session/experiment.h"

namespace pentimento {

struct Workspace {
    std::filesystem::path root;

    std::filesystem::path runs() const { return root / "runs"; }
    std::filesystem::path packs() const { return root / "datasets"; }
    std::filesystem::path exports() const { return root / "exports"; }

    /// $PENTIMENTO_HOME, else <documents>/Pentimento (XDG_DOCUMENTS_DIR or ~/Documents, else ~).
    static Workspace standard();
};

}  // namespace pentimento
