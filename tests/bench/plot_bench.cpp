// A live plot that grows thirty times a second: the processor time that it takes, beside that of
// one at rest.
#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>
#include <cmath>
#include <cstdio>
#include <ctime>

#include "tests/bench/result.h"
#include "ui/plots/metric_plot.h"
#include "ui/theme.h"

using namespace pentimento;

namespace {

double processor_seconds() {
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

/// Runs the event loop; the share of a core that it took.
double share(int milliseconds) {
    QElapsedTimer clock;
    clock.start();
    const double before = processor_seconds();
    QEventLoop loop;  // quitting the application would close the window
    QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
    loop.exec();
    return (processor_seconds() - before) / (static_cast<double>(clock.elapsed()) / 1e3);
}

/// A plot with that many points that grows thirty times a second.
double live(int points, double smoothing) {
    ui::MetricPlot plot(QStringLiteral("Losses"));
    plot.resize(800, 400);
    plot.set_metrics({{"loss_g", "Generator", "", "Losses"}});
    plot.set_smoothing(smoothing);
    std::vector<MetricRow> rows;
    std::int64_t step = 0;
    const auto next = [&] {
        ++step;
        return MetricRow{step,
                         static_cast<double>(step) / 100,
                         {{"loss_g", 1 + .3 * std::sin(static_cast<double>(step) * .01) +
                                         .1 * std::sin(static_cast<double>(step * step))}}};
    };
    for (int i = 0; i < points; ++i) rows.push_back(next());
    plot.append(rows);
    plot.show();
    share(1000);  // the first look
    const double idle = share(2000);
    QTimer grow;
    QObject::connect(&grow, &QTimer::timeout, &plot, [&] { plot.append({next()}); });
    grow.start(33);
    const double live = share(5000);
    if (!plot.isVisible()) std::exit(1);  // nothing is drawn then
    std::printf("| %d | %g | %.2f %% | %.2f %% |\n", points, smoothing, 100 * idle, 100 * live);
    return 100 * live;
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    ui::theme::install();
    std::printf(
        "| points of a plot | smoothing | at rest, share of a core | growing 30 times a second "
        "|\n|---|---|---|---|\n");
    live(1'000, 0);
    live(10'000, 0);
    tell_result("plot of 100,000 points at 30 Hz", live(100'000, 0), "%");
    tell_result("plot of 100,000 points at 30 Hz, smoothed", live(100'000, 0.9), "%");
    return 0;
}
