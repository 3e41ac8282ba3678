// What a training loses to its window: steps a second while its page is watched, with plots of
// short and long records, in those of the same training while the window is hidden.
#include <algorithm>
#include <cmath>
#include <vector>

#include "core/gan/gan_run.h"
#include "tests/bench/acts.h"
#include "ui/pages/train_page.h"
#include "ui/plots/curve_data.h"
#include "ui/plots/plot_deck.h"

using namespace pentimento;
using namespace pentimento::bench;

namespace {

constexpr int kRounds = 3;
constexpr int kSeconds = 6;

/// Noisy values of everything that a GAN run measures, at the steps before its first.
std::vector<ui::Curve> record(int reports) {
    const auto specs = gan::metric_specs();
    std::vector<MetricRow> rows;
    for (int i = -reports; i < 0; ++i) {
        MetricRow row{i, 0, {}};
        for (const MetricSpec& spec : specs)
            row.metrics.push_back({spec.id, 1 + 0.3 * std::sin(1.0 * i * i)});
        rows.push_back(std::move(row));
    }
    return ui::curves_of(specs, rows, ui::PlotDeck::kSmoothing);
}

}  // namespace

int main(int argc, char** argv) {
    prepare_process();
    TimedApplication app(argc, argv);
    Studio studio(app);
    auto& page = studio.page<ui::TrainPage>("train");
    ui::RunController& run = *page.run_controller();
    Q_EMIT studio.context.import_requested(QStringLiteral("emoji"), true,
                                           QStringLiteral("emoji-32"));
    must(wait_for([&] { return run.active() && run.progress().step > 20; }), "training");
    const auto speed = [&](bool watched) {
        watched ? studio.window->show() : studio.window->hide();
        let_run(1000);
        const std::int64_t before = run.progress().step;
        QElapsedTimer clock;
        clock.start();
        let_run(1000 * kSeconds);
        must(run.active() && studio.window->isVisible() == watched, "training");
        return static_cast<double>(run.progress().step - before) /
               (static_cast<double>(clock.nsecsElapsed()) / 1e9);
    };
    std::printf(
        "| reports before | hidden, steps/s | watched, steps/s | ratio |\n|---|---|---|---|\n");
    for (const int reports : {0, 2'000, 100'000}) {
        if (reports > 0) page.deck().show_record(record(reports));
        std::vector<double> hidden, watched;
        for (int round = 0; round < kRounds; ++round) {
            hidden.push_back(speed(false));
            watched.push_back(speed(true));
        }
        const double ratio = median(watched) / median(hidden);
        std::printf("| %d | %.1f | %.1f | %.2f |\n", reports, median(hidden), median(watched),
                    ratio);
        tell_result("training while it is watched, " + std::to_string(reports) + " reports",
                    100 * ratio, "%");
    }
    return 0;
}
