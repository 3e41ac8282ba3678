// Work for the window in pieces: a few in each turn of its event loop, so that it answers between.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>
#include <functional>

namespace pentimento::ui {

class Turns : public QObject {
  public:
    /// `piece` does one of what is to be done and says whether there is more.
    explicit Turns(std::function<bool()> piece) : piece_(std::move(piece)) {
        timer_.setInterval(0);
        connect(&timer_, &QTimer::timeout, this, &Turns::take);
    }

    /// From the event loop's next turn on.
    void start() {
        if (!timer_.isActive()) timer_.start();
    }
    /// As much as fits into one turn, now; the rest follows.
    void take() {
        QElapsedTimer clock;
        clock.start();
        bool more = true;
        while (more && clock.elapsed() < kTurn) more = piece_();
        if (more)
            start();
        else
            timer_.stop();
    }

  private:
    static constexpr qint64 kTurn = 5;  // ms; the window may have to be painted in the same turn

    std::function<bool()> piece_;
    QTimer timer_;
};

}  // namespace pentimento::ui
