// Threads that paint for the window are not those of work in the background.
#include "ui/painting_threads.h"

#include <gtest/gtest.h>

#include <QImage>
#include <QPainter>
#include <QSemaphore>
#include <QThreadPool>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "tests/ui/fake_run.h"
#include "ui/background.h"

#ifdef __linux__
#include <sys/resource.h>
#endif

namespace pentimento::ui {
namespace {

using test::wait_for;

#ifdef __linux__
TEST(PaintingThreads, AreAsQuickAsTheWindowWhoeverPaintsFirst) {
    const int own = getpriority(PRIO_PROCESS, 0);
    // Work in the background, which is nice, fills a large area of a transparent colour.
    Background background;
    bool painted = false;
    background.start(
        [] {
            QImage picture(800, 800, QImage::Format_ARGB32_Premultiplied);
            picture.fill(Qt::white);
            QPainter painter(&picture);
            painter.setRenderHint(QPainter::Antialiasing);
            painter.setBrush(QColor(10, 20, 30, 100));
            painter.drawEllipse(10, 10, 700, 700);
            return getpriority(PRIO_PROCESS, 0);
        },
        [&](int niceness) {
            EXPECT_GT(niceness, own);
            painted = true;
        });
    ASSERT_TRUE(wait_for([&] { return painted; }));

    QThreadPool& pool = *QThreadPool::globalInstance();
    const int count = pool.maxThreadCount();
    struct Gate {  // outlives this test with the threads that are about to leave it
        std::mutex mutex;
        std::set<QThread*> threads;
        std::vector<int> niceness;
        QSemaphore begun, go;
    };
    const auto gate = std::make_shared<Gate>();
    for (int i = 0; i < count; ++i)
        pool.start([gate] {
            {
                std::lock_guard lock(gate->mutex);
                gate->threads.insert(QThread::currentThread());
                gate->niceness.push_back(getpriority(PRIO_PROCESS, 0));
            }
            gate->begun.release();
            gate->go.acquire();
        });
    ASSERT_TRUE(gate->begun.tryAcquire(count, 5000));
    gate->go.release(count);
    EXPECT_EQ(gate->threads.size(), static_cast<std::size_t>(count));
    EXPECT_EQ(gate->niceness, std::vector<int>(static_cast<std::size_t>(count), own));
    EXPECT_EQ(pool.expiryTimeout(), -1) << "or others would be started in their place";
}
#endif

}  // namespace
}  // namespace pentimento::ui
