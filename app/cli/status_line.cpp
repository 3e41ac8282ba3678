// The terminal as both a screen and a source of Ctrl-C.
#include "app/cli/status_line.h"

#include <unistd.h>

#include <atomic>
#include <cstdio>

#include "app/cli/interrupt.h"

namespace pentimento::cli {
namespace {
std::atomic<bool> g_interrupted{false};
}  // namespace

InterruptGuard::InterruptGuard() {
    g_interrupted = false;
    struct sigaction action {};
    action.sa_handler = [](int) { g_interrupted = true; };
    action.sa_flags = SA_RESETHAND;
    sigaction(SIGINT, &action, &old_int_);
    sigaction(SIGTERM, &action, &old_term_);
}

InterruptGuard::~InterruptGuard() {
    sigaction(SIGINT, &old_int_, nullptr);
    sigaction(SIGTERM, &old_term_, nullptr);
}

bool InterruptGuard::interrupted() {
    return g_interrupted;
}

StatusLine::StatusLine(bool quiet) : quiet_(quiet), terminal_(::isatty(STDERR_FILENO) == 1) {
}

bool StatusLine::due(bool last) const {
    if (quiet_) return false;
    const double interval = terminal_ ? 0.1 : 10;
    const auto now = std::chrono::steady_clock::now();
    return last || !shown_ || std::chrono::duration<double>(now - when_).count() >= interval;
}

void StatusLine::show(const std::string& text, bool last) {
    if (!due(last)) return;
    when_ = std::chrono::steady_clock::now();
    shown_ = true;
    if (terminal_)
        std::fprintf(stderr, "\r\033[K%s%s", text.c_str(), last ? "\n" : "");
    else
        std::fprintf(stderr, "%s\n", text.c_str());
    std::fflush(stderr);
}

void StatusLine::note(const std::string& text) {
    std::fprintf(stderr, "%s%s\n", terminal_ && shown_ ? "\r\033[K" : "", text.c_str());
}

std::string StatusLine::bar(double share) {
    constexpr int kWidth = 24;
    std::string text;
    for (int i = 0; i < kWidth; ++i) text += i < static_cast<int>(share * kWidth) ? "█" : "░";
    return text;
}

}  // namespace pentimento::cli
