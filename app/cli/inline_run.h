// Runs a job in the terminal: progress on standard error, Ctrl-C saves and stops.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "core/jobs/jobs.h"
#include "core/session/run_folder.h"

namespace pentimento::cli {

struct InlineOutcome {
    bool interrupted = false;  ///< by Ctrl-C; the run is saved and can be resumed
    Progress last;
    std::optional<Preview> picture;  ///< the last state, for runs that have pictures
    std::vector<Event> skipped;      ///< "skipped" events, for imports and batches
    std::vector<Event> made;         ///< "made" events, for batches
};
/// `quiet`: no progress, only warnings.
Result<InlineOutcome> run_in_terminal(PreparedRun run, bool quiet);

/// The whole of it for runs that leave nothing but their folder: runs, then says how it ended,
/// where the run is and how to go on.
Status run_and_tell(Result<PreparedRun> run, bool quiet);

/// The folder that was asked for, or a new one among the studio's runs when that is empty.
RunFolder run_folder(const std::string& asked, const std::string& name);

}  // namespace pentimento::cli
