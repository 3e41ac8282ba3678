// The studio with much in it: photographs of 24 megapixels, a million pictures, three hundred runs,
// one of them with 100,000 reports. For each act the longest time that the window did not answer;
// the aim is 50 ms here, too.
#include <QDir>
#include <QScrollBar>
#include <fstream>
#include <numeric>
#include <vector>

#include "core/jobs/jobs.h"
#include "core/media/picture.h"
#include "tests/bench/style_acts.h"
#include "ui/dialogs/compare_dialog.h"
#include "ui/dialogs/mask_dialog.h"
#include "ui/pages/dataset/contents_view.h"
#include "ui/pages/dataset_page.h"
#include "ui/pages/runs_page.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/train_page.h"
#include "ui/plots/metric_plot.h"
#include "ui/plots/plot_deck.h"
#include "ui/widgets/class_list.h"
#include "ui/widgets/mask_view.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_well.h"
#include "ui/widgets/sample_gallery.h"
#include "ui/widgets/thumbnail_grid.h"

using namespace pentimento;
using namespace pentimento::bench;

namespace {

constexpr std::int64_t kPictures = 1'000'000;
constexpr int kClasses = 1'000;
constexpr int kRuns = 300;
constexpr std::int64_t kReports = 100'000;

QString text(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

std::filesystem::path make_pack(const std::filesystem::path& folder) {
    constexpr int kEdge = 16;
    const auto path = folder / "million.pack";
    auto writer = PackWriter::create(path, kEdge, kEdge, 3);
    must(writer.ok(), "making a packed set");
    std::vector<std::uint8_t> pixels(kEdge * kEdge * 3);
    for (std::int64_t i = 0; i < kPictures; ++i) {
        std::iota(pixels.begin(), pixels.end(), static_cast<std::uint8_t>(i * 31));
        must(writer
                 ->add(pixels, static_cast<std::int32_t>(i % kClasses),
                       "folder/picture-" + std::to_string(i) + ".jpg")
                 .ok(),
             "adding a picture");
    }
    PackInfo info;
    info.name = "A million";
    for (int i = 0; i < kClasses; ++i) info.class_names.push_back("Class " + std::to_string(i));
    must(writer->finish(info).ok(), "writing a packed set");
    return path;
}

std::filesystem::path make_photograph(const std::filesystem::path& path, int width, int height) {
    std::vector<std::uint8_t> rgba;
    rgba.reserve(static_cast<std::size_t>(width) * height * 4);
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            for (const int value : {x * 255 / width, y * 255 / height, (x / 40 ^ y / 40) * 9, 255})
                rgba.push_back(static_cast<std::uint8_t>(value));
    const Frame frame = Frame::from_rgba(width, height, std::move(rgba));
    must(write_picture(path, frame).ok(), "writing a photograph");
    return path;
}

void look_at_data(Acts& acts, Studio& studio, const std::filesystem::path& pack) {
    auto& page = studio.page<ui::DatasetPage>("dataset");
    studio.show("dataset");
    acts.act("a million pictures opened", [&] {
        click([&] { page.choose_source(text(pack)); }, 500);
        must(wait_for([&] { return studio.context.dataset().has_value(); }), "the dataset");
        let_run(500);
    });
    ui::ContentsView& view = page.contents_view();
    acts.act("a million pictures scrolled", [&] {
        QScrollBar& bar = *view.grid().verticalScrollBar();
        for (int i = 0; i <= 60; ++i)
            click([&] { bar.setValue(static_cast<int>(bar.maximum() * (i / 60.0))); }, 30);
    });
    acts.act("classes of a thousand chosen", [&] {
        for (const int row : {1, 500, 1000, 0})
            click([&] { view.classes().setCurrentRow(row); }, 300);
    });
    acts.act("the window with a million pictures resized", [&] {
        for (const int width : {1100, 1700, 1300, 1440})
            click([&] { studio.window->resize(width, 900); });
    });
}

void blend(Acts& acts, Studio& studio) {
    auto& page = studio.page<ui::StylePage>("style");
    const std::filesystem::path folder = studio.folder.path().toStdString();
    const auto content = make_photograph(folder / "content.jpg", 6000, 4000);
    const auto style = make_photograph(folder / "style.png", 4000, 6000);
    studio.show("style");
    acts.act("24 megapixels into the wells, instant blends", [&] {
        click([&] { page.inputs().content().load(text(content)); });
        click([&] { page.inputs().style(0).load(text(style)); });
        wait_for_blend(page);
    });
    drag_strength(acts, page);
    acts.act("mask of 24 megapixels painted", [&] {
        click([&] { page.inputs().mask(0).paint(); }, 700);
        auto* dialog = studio.window->findChild<ui::MaskDialog*>();
        must(dialog, "the mask's dialog");
        click([&] {
            dialog->view().edit([](ui::MaskCanvas& canvas) {
                return canvas.begin_stroke({100, 100}, {});
            });
        });
        for (int i = 0; i < 40; ++i)
            click(
                [&] {
                    dialog->view().edit([i](ui::MaskCanvas& canvas) {
                        return canvas.stroke_to({100.0 + 20 * i, 100.0 + 10 * (i % 9)});
                    });
                },
                16);
        click([&] {
            dialog->view().edit([](ui::MaskCanvas& canvas) {
                canvas.end_stroke();
                return QRect();
            });
        });
        click([&] { dialog->accept(); });
        wait_for_blend(page);
    });
    refine(acts, "refinement of 24 megapixels, to its end", page, "512", "20");
    look_at_export(acts, page);
}

/// A short training, whose record is then made long: 100,000 reports of all its numbers, 500
/// samples and 5,000 edits. Copies of the short one stand beside it.
std::filesystem::path make_runs(Studio& studio) {
    auto& page = studio.page<ui::TrainPage>("train");
    Q_EMIT studio.context.import_requested(QStringLiteral("emoji"), true,
                                           QStringLiteral("emoji-32"));
    must(wait_for([&] { return page.run_controller()->progress().step >= 30; }), "training");
    page.run_controller()->stop();
    must(wait_for([&] { return !page.run_controller()->active(); }), "the training's end");
    const auto runs = list_experiments(studio.context.workspace().runs());
    const auto gan = std::find_if(runs.begin(), runs.end(),
                                  [](const Experiment& run) { return run.info().kind == "gan"; });
    must(gan != runs.end(), "a run");
    const auto directory = gan->directory();
    for (int i = 0; i < kRuns; ++i)
        std::filesystem::copy(directory, directory.string() + "-" + std::to_string(i),
                              std::filesystem::copy_options::recursive);
    Experiment run = *gan;
    const MetricRow last = run.read_metrics().back();
    const auto sample = run.samples().back().path;
    std::ofstream metrics(directory / "metrics.jsonl", std::ios::app);
    std::ofstream events(directory / "events.jsonl", std::ios::app);
    for (std::int64_t i = 1; i <= kReports; ++i) {
        const std::int64_t step = last.step + 10 * i;
        Json row = {{"step", step}, {"seconds", last.seconds + 0.5 * static_cast<double>(i)}};
        for (const Metric& metric : last.metrics)
            row[metric.id] = metric.value + 0.1 * static_cast<double>(i % 97);
        metrics << row.dump() << '\n';
        if (i % 200 == 0) std::filesystem::copy_file(sample, run.sample_path(step));
        if (i % 20 == 0)
            events << Json{{"step", step},
                           {"time", "2026-01-01T00:00:00Z"},
                           {"type", "edit"},
                           {"severity", "info"},
                           {"text", "Learning rate changed"},
                           {"data", {{"id", "lr_g"}, {"from", 2e-4}, {"to", 1e-4}}}}
                          .dump()
                   << '\n';
    }
    return directory;
}

void look_at_runs(Acts& acts, Studio& studio, const std::filesystem::path& longest) {
    auto& page = studio.page<ui::RunsPage>("runs");
    auto& training = studio.page<ui::TrainPage>("train");
    acts.act("three hundred runs listed", [&] {
        studio.show("runs");
        must(wait_for([&] { return page.model().rowCount() > kRuns; }), "the list of runs");
        click([&] { page.choose({text(longest)}); }, 1000);
    });
    acts.act("a run of 100,000 reports opened", [&] {
        click([&] { Q_EMIT studio.context.open_run_requested(text(longest), false); });
        must(wait_for([&] { return training.gallery().sample_count() > 400; }), "its samples");
        must(wait_for([&] {
                 const auto& curves = training.plots()[0]->data().curves();
                 return std::any_of(curves.begin(), curves.end(), [](const ui::Curve& curve) {
                     return curve.steps.size() > kReports;
                 });
             }),
             "its curves");
        let_run(1000);
    });
    acts.act("its samples scrubbed", [&] {
        for (int i = 0; i <= 60; ++i) click([&] { training.gallery().set_position(i * 8); }, 20);
    });
    acts.act("its plots shown and hidden", [&] {
        for (const QString& group : training.deck().groups())
            for (const bool on : {true, false})
                click([&] { training.deck().set_shown(group, on); });
        for (const QString& group : training.deck().groups())
            click([&] { training.deck().set_shown(group, true); });
    });
    acts.act("its curves smoothed", [&] {
        for (const double smoothing : {0.9, 0.99, 0.0, 0.6})
            for (ui::MetricPlot* plot : training.plots())
                click([&] { plot->set_smoothing(smoothing); });
    });
    acts.act("between dark and light", [&] {
        for (const auto mode : {ui::theme::Mode::Dark, ui::theme::Mode::Light})
            click([&] { ui::theme::set_mode(mode); }, 500);
    });
    acts.act("it goes on, and is stopped", [&] {
        ui::RunController& run = *training.run_controller();
        click([&] { Q_EMIT studio.context.open_run_requested(text(longest), true); });
        must(wait_for([&] { return run.active() && run.state() == State::Running; }), "training");
        let_run(3000);
        click([&] { run.stop(); });
        must(wait_for([&] { return !run.active(); }), "the training's end");
    });
    auto runs = ui::load_comparison({longest, longest});
    must(runs.ok(), "reading the runs");
    std::unique_ptr<ui::CompareDialog> dialog;
    acts.act("compared with itself", [&] {
        click(
            [&] {
                dialog = std::make_unique<ui::CompareDialog>(*std::move(runs));
                dialog->show();
            },
            1500);
        click([&] { dialog.reset(); });
    });
}

}  // namespace

int main(int argc, char** argv) {
    prepare_process();
    TimedApplication app(argc, argv);
    Studio studio(app);
    const auto longest = make_runs(studio);
    const auto pack = make_pack(studio.folder.path().toStdString());
    Acts acts(app, "longest stall of the studio with much in it");
    look_at_runs(acts, studio, longest);
    look_at_data(acts, studio, pack);
    blend(acts, studio);
    return 0;
}
