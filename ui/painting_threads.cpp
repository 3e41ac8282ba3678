// Starts them.
#include "ui/painting_threads.h"

#include <QSemaphore>
#include <QThreadPool>
#include <memory>

namespace pentimento::ui {

void start_painting_threads() {
    QThreadPool& pool = *QThreadPool::globalInstance();
    pool.setExpiryTimeout(-1);
    // As many at once as there can be, or one thread would do it all. (Not waitForDone(), which
    // ends a pool's threads.)
    struct Gate {
        QSemaphore begun, go;
    };
    const auto gate = std::make_shared<Gate>();
    const int count = pool.maxThreadCount();
    for (int i = 0; i < count; ++i)
        pool.start([gate] {
            gate->begun.release();
            gate->go.acquire();
        });
    gate->begun.acquire(count);
    gate->go.release(count);
}

}  // namespace pentimento::ui
