#include "app/cli/inline_run.h"

#include <cstdio>
#include <limits>
#include <map>

#include "app/cli/interrupt.h"
#include "app/cli/status_line.h"
#include "core/base/text.h"
#include "core/session/workspace.h"

namespace pentimento::cli {
namespace {

std::string progress_text(const Progress& progress, const std::map<std::string, double>& metrics,
                          bool last) {
    std::string text;
    if (progress.total_steps > 0) {
        text = StatusLine::bar(static_cast<double>(progress.step) /
                               static_cast<double>(progress.total_steps));
        text += " " + format_count(progress.step) + "/" + format_count(progress.total_steps);
    } else {
        text = format_count(progress.step) + " steps";
    }
    char number[48];
    if (progress.items_per_second > 0) {
        std::snprintf(number, sizeof number, "  %.1f pictures/s", progress.items_per_second);
        text += number;
    }
    if (progress.remaining_seconds && !last)
        text += "  " + format_duration(*progress.remaining_seconds) + " left";
    for (const auto& [id, value] : metrics) {
        std::snprintf(number, sizeof number, "  %s %.4g", id.c_str(), value);
        text += number;
    }
    if (metrics.empty() && !progress.note.empty()) text += "  " + progress.note;
    return text;
}

}  // namespace

Result<InlineOutcome> run_in_terminal(PreparedRun run, bool quiet) {
    InterruptGuard guard;
    InlineOutcome outcome;
    StatusLine line(quiet);
    Worker worker;
    std::map<std::string, double> metrics;
    // No screen follows along; only the last state is shown.
    run.options.preview_interval = std::numeric_limits<double>::max();
    const auto look = [&](bool last) {
        for (const MetricRow& row : worker.metrics().take_all())
            for (const Metric& metric : row.metrics)
                if (metric.id.starts_with("loss") || metric.id.ends_with("loss") ||
                    metric.id.starts_with("d_"))
                    metrics[metric.id] = metric.value;
        for (Event& event : worker.events().take_all()) {
            if (event.type == "skipped")
                outcome.skipped.push_back(std::move(event));
            else if (event.type == "made")
                outcome.made.push_back(std::move(event));
            else if (event.severity == Severity::Warning)
                line.note("warning: " + event.text);
            else if (!quiet && event.type == "edit")
                line.note("step " + std::to_string(event.step) + ": " + event.text);
            else if (!quiet && event.type == "cut")
                line.note(event.text);
        }
        if (const auto progress = worker.progress().take()) outcome.last = *progress;
        if (line.due(last)) line.show(progress_text(outcome.last, metrics, last), last);
    };
    const Status status = worker.run_inline(run.factory, std::move(run.options), [&] {
        look(false);
        if (InterruptGuard::interrupted() && !outcome.interrupted) {
            outcome.interrupted = true;
            if (!quiet) line.note("Stopping and saving; press Ctrl-C again to end at once.");
            (void)worker.stop();
        }
    });
    look(true);
    outcome.picture = worker.previews().take();
    if (!status) return status.error();
    return outcome;
}

Status run_and_tell(Result<PreparedRun> run, bool quiet) {
    if (!run) return run.error();
    const Experiment experiment = *run->options.experiment;
    const fs::path& dir = experiment.directory();
    Result<InlineOutcome> outcome = run_in_terminal(*std::move(run), quiet);
    if (!outcome) return outcome.error();
    if (quiet) return {};
    std::printf("%s at step %s; the run is in %s\n",
                outcome->interrupted ? "Stopped and saved" : "Finished",
                format_count(outcome->last.step).c_str(), dir.c_str());
    if (outcome->interrupted) {
        const std::string& kind = experiment.info().kind;
        std::printf("Go on with: pentimento-cli %s --resume %s%s\n",
                    kind == "gan"              ? "train"
                    : kind == "style-training" ? "train-style"
                                               : "style",
                    dir.c_str(), kind == "style" ? " --out FILE" : "");
    }
    return {};
}

RunFolder run_folder(const std::string& asked, const std::string& name) {
    return asked.empty() ? RunFolder::fresh(Workspace::standard().runs(), name) : RunFolder(asked);
}

}  // namespace pentimento::cli
