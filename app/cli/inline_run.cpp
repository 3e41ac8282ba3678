#include "app/cli/inline_run.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <limits>
#include <map>

#include "core/base/text.h"

namespace pentimento::cli {
namespace {

std::atomic<bool> g_interrupted{false};

/// The first Ctrl-C asks the run to save and end; a second one ends the program at once.
class InterruptGuard {
  public:
    InterruptGuard() {
        g_interrupted = false;
        struct sigaction action {};
        action.sa_handler = [](int) { g_interrupted = true; };
        action.sa_flags = SA_RESETHAND;
        sigaction(SIGINT, &action, &old_int_);
        sigaction(SIGTERM, &action, &old_term_);
    }
    ~InterruptGuard() {
        sigaction(SIGINT, &old_int_, nullptr);
        sigaction(SIGTERM, &old_term_, nullptr);
    }
    InterruptGuard(const InterruptGuard&) = delete;
    InterruptGuard& operator=(const InterruptGuard&) = delete;

  private:
    struct sigaction old_int_ {
    }, old_term_{};
};

/// One line that is rewritten in a terminal, or a line now and then in a log.
class ProgressLine {
  public:
    explicit ProgressLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {}

    void show(const Progress& progress, const std::map<std::string, double>& metrics, bool last) {
        if (quiet_) return;
        const auto now = std::chrono::steady_clock::now();
        const double interval = terminal_ ? 0.1 : 10;
        if (!last && shown_ && std::chrono::duration<double>(now - when_).count() < interval)
            return;
        when_ = now;
        shown_ = true;
        std::string text;
        if (progress.total_steps > 0) {
            constexpr int kWidth = 24;
            const double share =
                static_cast<double>(progress.step) / static_cast<double>(progress.total_steps);
            const int full = static_cast<int>(share * kWidth);
            for (int i = 0; i < kWidth; ++i) text += i < full ? "█" : "░";
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
        if (terminal_)
            std::fprintf(stderr, "\r\033[K%s%s", text.c_str(), last ? "\n" : "");
        else
            std::fprintf(stderr, "%s\n", text.c_str());
        std::fflush(stderr);
    }

    void note(const std::string& text) {
        std::fprintf(stderr, "%s%s\n", terminal_ && shown_ ? "\r\033[K" : "", text.c_str());
    }

  private:
    bool quiet_, terminal_, shown_ = false;
    std::chrono::steady_clock::time_point when_{};
};

}  // namespace

Result<InlineOutcome> run_in_terminal(PreparedRun run, bool quiet) {
    InterruptGuard guard;
    InlineOutcome outcome;
    ProgressLine line(quiet);
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
            else if (event.severity == Severity::Warning)
                line.note("warning: " + event.text);
            else if (!quiet && event.type == "edit")
                line.note("step " + std::to_string(event.step) + ": " + event.text);
        }
        if (const auto progress = worker.progress().take()) outcome.last = *progress;
        line.show(outcome.last, metrics, last);
    };
    const Status status = worker.run_inline(run.factory, std::move(run.options), [&] {
        look(false);
        if (g_interrupted && !outcome.interrupted) {
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

}  // namespace pentimento::cli
