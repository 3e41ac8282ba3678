// Measures how long the event loop was away: the longest time that a click would have had to wait.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <algorithm>

namespace pentimento::ui {

class StallWatch : public QObject {
  public:
    explicit StallWatch(QObject* parent = nullptr) : QObject(parent) {
        timer_.setTimerType(Qt::PreciseTimer);
        timer_.setInterval(kBeat);
        connect(&timer_, &QTimer::timeout, this, [this] { beat(); });
        restart();
    }

    void restart() {
        longest_ = 0;
        clock_.start();
        timer_.start();
    }
    /// Milliseconds by which the latest beat was late, at worst.
    qint64 longest_stall() {
        beat();
        return longest_;
    }

  private:
    static constexpr int kBeat = 5;
    void beat() { longest_ = std::max(longest_, clock_.restart() - kBeat); }

    QTimer timer_;
    QElapsedTimer clock_;
    qint64 longest_ = 0;
};

}  // namespace pentimento::ui
