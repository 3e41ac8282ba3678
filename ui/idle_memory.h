// Gives a run's memory back to the system when nobody would notice.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>

#include "ui/background.h"

namespace pentimento::ui {

/// Returning memory holds the allocator for a tenth of a second a gigabyte, and whoever wants
/// memory meanwhile waits, the window too. So it is done once all runs have ended and nobody has
/// touched mouse or keyboard for a while.
class IdleMemory : public QObject {
  public:
    static IdleMemory& instance();

    /// `give_back` is called on a thread; `quiet`: milliseconds without input.
    IdleMemory(std::function<void()> give_back, int quiet, QObject* parent = nullptr);

    void run_began();
    void run_ended();

  protected:
    bool eventFilter(QObject*, QEvent* event) override;

  private:
    void look();

    std::function<void()> give_back_;
    int quiet_;
    int runs_ = 0;
    QElapsedTimer since_input_;
    QTimer timer_;
    Background giver_;  // last: its work ends before the rest goes
};

}  // namespace pentimento::ui
