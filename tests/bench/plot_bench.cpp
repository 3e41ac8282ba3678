// A live plot of 100,000 points that grows thirty times a second: the processor time that it takes,
// beside that of a window that does nothing.
#include <QApplication>
#include <QElapsedTimer>
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
    QTimer::singleShot(milliseconds, qApp, &QApplication::quit);
    QApplication::exec();
    return (processor_seconds() - before) / (static_cast<double>(clock.elapsed()) / 1e3);
}

}  // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    ui::theme::install();
    ui::MetricPlot plot(QStringLiteral("Losses"));
    plot.resize(800, 400);
    plot.set_metrics({{"loss_g", "Generator", "", "Losses"}});
    std::vector<MetricRow> rows;
    std::int64_t step = 0;
    const auto next = [&] {
        ++step;
        return MetricRow{step,
                         static_cast<double>(step) / 100,
                         {{"loss_g", 1 + .3 * std::sin(static_cast<double>(step) * .01) +
                                         .1 * std::sin(static_cast<double>(step * step))}}};
    };
    for (int i = 0; i < 100'000; ++i) rows.push_back(next());
    plot.append(rows);
    plot.show();
    share(1000);  // the first look
    const double idle = share(3000);
    QTimer grow;
    QObject::connect(&grow, &QTimer::timeout, &plot, [&] { plot.append({next()}); });
    grow.start(33);
    const double live = share(5000);
    std::printf(
        "| plot of 100,000 points | share of a core |\n|---|---|\n| at rest | %.2f %% |\n"
        "| growing 30 times a second | %.2f %% |\n",
        100 * idle, 100 * live);
    tell_result("plot of 100,000 points at 30 Hz", 100 * live, "%");
    return 0;
}
