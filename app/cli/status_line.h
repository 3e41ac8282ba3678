// One line on standard error that is rewritten in a terminal, or a line now and then in a log.
#pragma once

#include <chrono>
#include <string>

namespace pentimento::cli {

class StatusLine {
  public:
    explicit StatusLine(bool quiet);

    /// Whether it is time for another line; `last` ones are always due.
    bool due(bool last) const;
    void show(const std::string& text, bool last);
    /// A line of its own, even when quiet.
    void note(const std::string& text);

    /// "██████░░░░…" of 24 characters.
    static std::string bar(double share);

  private:
    bool quiet_, terminal_, shown_ = false;
    std::chrono::steady_clock::time_point when_{};
};

}  // namespace pentimento::cli
