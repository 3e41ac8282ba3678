// The plots that wait.
#include "ui/plots/replots.h"

#include <QCoreApplication>
#include <algorithm>

#include "ui/plots/metric_plot.h"

namespace pentimento::ui {

Replots& Replots::instance() {
    static QPointer<Replots> replots;  // goes with the application
    if (!replots) replots = new Replots;
    return *replots;
}

Replots::Replots() : QObject(qApp), turns_([this] { return draw_one(); }) {
}

void Replots::add(MetricPlot* plot) {
    if (std::find(waiting_.begin(), waiting_.end(), plot) == waiting_.end())
        waiting_.emplace_back(plot);
    if (std::exchange(posted_, true)) return;
    QMetaObject::invokeMethod(
        this,
        [this] {
            posted_ = false;
            turns_.take();
        },
        Qt::QueuedConnection);
}

bool Replots::draw_one() {
    if (waiting_.empty()) return false;
    const QPointer<MetricPlot> plot = waiting_.front();
    waiting_.erase(waiting_.begin());
    if (plot) plot->draw();
    return !waiting_.empty();
}

}  // namespace pentimento::ui
