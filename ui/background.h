// Work away from the UI thread whose result comes back on it. A newer start replaces an older one:
// results that have become stale are dropped. Destruction waits for the work in progress.
#pragma once

#include <QMetaObject>
#include <QObject>
#include <QThreadPool>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "core/base/priority.h"

namespace pentimento::ui {

class Background : public QObject {
  public:
    explicit Background(QObject* parent = nullptr) : QObject(parent) { pool_.setMaxThreadCount(1); }
    ~Background() override {
        pool_.clear();
        pool_.waitForDone();
    }

    /// Runs `work()` on the pool's thread, then `done(result)` on this object's thread unless start
    /// or cancel has been called since. `work` must own all it touches.
    template <class Work, class Done>
    void start(Work work, Done done) {
        using Value = std::decay_t<decltype(work())>;
        const std::uint64_t generation = ++generation_;
        busy_ = true;
        pool_.clear();
        pool_.start([this, generation, work = std::move(work), done = std::move(done)]() mutable {
            be_nice(kNiceness);
            auto value = std::make_shared<Value>(work());
            QMetaObject::invokeMethod(
                this,
                [this, generation, value, done = std::move(done)]() mutable {
                    if (generation != generation_) return;
                    busy_ = false;
                    done(std::move(*value));
                },
                Qt::QueuedConnection);
        });
    }

    /// Whatever is in progress will not be delivered.
    void cancel() {
        ++generation_;
        busy_ = false;
        pool_.clear();
    }

    bool busy() const { return busy_; }

  private:
    static constexpr int kNiceness = 2;  ///< behind the window, before runs (RunController)

    QThreadPool pool_;
    std::uint64_t generation_ = 0;  ///< touched on this object's thread only
    bool busy_ = false;
};

}  // namespace pentimento::ui
