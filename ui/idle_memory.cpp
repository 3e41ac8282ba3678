// Waits for a quiet moment.
#include "ui/idle_memory.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPointer>

#include "core/base/allocator.h"

namespace pentimento::ui {

IdleMemory& IdleMemory::instance() {
    static QPointer<IdleMemory> memory;  // goes with the application
    if (!memory) memory = new IdleMemory(return_freed_memory, 3000, qApp);
    return *memory;
}

IdleMemory::IdleMemory(std::function<void()> give_back, int quiet, QObject* parent)
    : QObject(parent), give_back_(std::move(give_back)), quiet_(quiet) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &IdleMemory::look);
}

void IdleMemory::run_began() {
    if (++runs_ != 1) return;
    timer_.stop();
    qApp->removeEventFilter(this);
}

void IdleMemory::run_ended() {
    if (--runs_ != 0) return;
    since_input_.start();
    timer_.start(quiet_);
    qApp->installEventFilter(this);
}

void IdleMemory::look() {
    const qint64 left = quiet_ - since_input_.elapsed();
    if (left > 0) return timer_.start(static_cast<int>(left));
    qApp->removeEventFilter(this);
    giver_.start([this] { return give_back_(), true; }, [](bool) {});
}

bool IdleMemory::eventFilter(QObject*, QEvent* event) {
    switch (event->type()) {
        case QEvent::MouseMove:
        case QEvent::MouseButtonPress:
        case QEvent::MouseButtonRelease:
        case QEvent::Wheel:
        case QEvent::KeyPress:
        case QEvent::DragMove:
        case QEvent::TouchUpdate:
            since_input_.start();
            break;
        default:
            break;
    }
    return false;
}

}  // namespace pentimento::ui
