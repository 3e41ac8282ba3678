// Comparing stored runs and making new ones of them: curves, table, checkpoints, the page's
// buttons.
#include <gtest/gtest.h>

#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTemporaryDir>

#include "core/gan/gan_run.h"
#include "tests/ui/fake_run.h"
#include "tests/ui/pictures.h"
#include "ui/dialogs/checkpoint_dialog.h"
#include "ui/dialogs/compare_dialog.h"
#include "ui/models/comparison_curves.h"
#include "ui/pages/runs_page.h"
#include "ui/plots/metric_plot.h"
#include "ui/plots/plot_deck.h"

namespace pentimento::ui {
namespace {

using test::wait_for;

class CompareTest : public testing::Test {
  protected:
    /// A stored GAN run with two rows of metrics, a picture and two checkpoints.
    std::filesystem::path store(const char* folder, const char* name, double lr, double loss) {
        ParamSet params(gan::schema());
        EXPECT_TRUE(params.apply({{"lr_g", lr}}));
        auto run = Experiment::create(root() / folder, {.kind = "gan",
                                                        .name = name,
                                                        .created = "2026-11-23T12:00:00Z",
                                                        .params = params.to_json(),
                                                        .inputs = {{"dataset", "/data/emoji.pack"}},
                                                        .environment = nullptr});
        EXPECT_TRUE(run.ok());
        for (std::int64_t step : {10, 20}) {
            EXPECT_TRUE(run->append_metrics({step, 1.0, {{"loss_g", loss}, {"loss_d", 1.0}}}));
            const auto fill = [](const std::filesystem::path& dir) {
                return write_file_atomically(dir / "weights", "w");
            };
            EXPECT_TRUE(run->write_checkpoint(step, fill, step == 10 ? 0.1 : 0.2));
        }
        EXPECT_TRUE(write_picture(run->sample_path(20), test::plain_frame(8, 8, 200, 10, 10)));
        return run->directory();
    }
    std::filesystem::path root() const { return home.path().toStdString() + "/runs"; }

    QTemporaryDir home;
};

TEST_F(CompareTest, CurvesOfARunHaveOneColourInEveryPlot) {
    const auto a = store("a", "Emoji", 1e-4, 1.0), b = store("b", "Emoji", 2e-4, 2.0);
    const auto runs = load_comparison({a, b});
    ASSERT_TRUE(runs.ok()) << runs.error().message;
    EXPECT_FALSE(runs->pictures[0].empty());
    CompareDialog dialog(*runs);
    ASSERT_TRUE(wait_for([&] { return !dialog.deck().plots().empty(); }));
    for (const MetricPlot* plot : dialog.deck().plots())
        EXPECT_EQ(plot->data().curves().size(), 2u) << "a place for every run";
    const MetricPlot* generator = dialog.deck().plots()[0];
    EXPECT_EQ(generator->data().curves()[0].values, (std::vector<double>{1, 1}));
    EXPECT_EQ(generator->data().curves()[1].values, (std::vector<double>{2, 2}));
    EXPECT_NE(generator->data().curves()[0].spec.label, generator->data().curves()[1].spec.label)
        << "runs of one name can be told apart";
}

TEST_F(CompareTest, TheTableHasWhatDiffers) {
    const auto runs = load_comparison(
        {store("a", "One", 1e-4, 1.0), store("b", "Two", 2e-4, 1.0), store("c", "Three", 2e-4, 1)});
    ASSERT_TRUE(runs.ok()) << runs.error().message;
    CompareDialog dialog(*runs);
    QTableWidget& table = dialog.settings();
    ASSERT_EQ(table.rowCount(), 1);
    EXPECT_EQ(table.item(0, 0)->text(), QStringLiteral("Learning rate, generator"));
    EXPECT_NE(table.item(0, 1)->text(), table.item(0, 2)->text());
    EXPECT_EQ(table.item(0, 2)->text(), table.item(0, 3)->text());
    EXPECT_EQ(table.horizontalHeaderItem(2)->text(), QStringLiteral("Two"));
    EXPECT_FALSE(dialog.grab().isNull());
}

TEST_F(CompareTest, AMissingRunIsAnErrorWithItsName) {
    const auto runs = load_comparison({store("a", "One", 1e-4, 1.0), root() / "nothing"});
    ASSERT_FALSE(runs.ok());
    EXPECT_NE(runs.error().message.find("nothing"), std::string::npos) << runs.error().message;
}

TEST_F(CompareTest, CheckpointsAreListedNewestFirstWithTheBest) {
    const auto run = Experiment::open(store("a", "Emoji", 1e-4, 1.0));
    ASSERT_TRUE(run.ok());
    CheckpointDialog dialog(Derivation::Kind::Branch, *run, run->checkpoints());
    ASSERT_EQ(dialog.table().rowCount(), 2);
    EXPECT_EQ(dialog.table().item(0, 0)->text(), QStringLiteral("20"));
    EXPECT_EQ(dialog.table().item(0, 2)->text(), QStringLiteral("newest"));
    EXPECT_EQ(dialog.table().item(1, 2)->text(), QStringLiteral("best"));
    EXPECT_EQ(dialog.derivation().at.step, 20);
    dialog.table().selectRow(1);
    dialog.name().setText(QStringLiteral("  again "));
    EXPECT_EQ(dialog.derivation().at.step, 10);
    EXPECT_EQ(dialog.derivation().name, QStringLiteral("again"));
    dialog.name().clear();
    for (const QPushButton* button : dialog.findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Branch")) {
            EXPECT_FALSE(button->isEnabled());
        }
    CheckpointDialog empty(Derivation::Kind::Branch, *run, {});
    for (const QPushButton* button : empty.findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Branch")) {
            EXPECT_FALSE(button->isEnabled());
        }
}

TEST_F(CompareTest, ThePagesButtonsFollowTheSelection) {
    store("a", "One", 1e-4, 1.0);
    store("b", "Two", 2e-4, 2.0);
    StudioContext context(Workspace{home.path().toStdString()});
    RunsPage page(context);
    page.resize(1200, 800);
    page.show();
    page.refresh();
    ASSERT_TRUE(wait_for([&] { return page.model().rowCount() == 2; }));
    auto* compare = page.findChild<QPushButton*>(QStringLiteral("compare"));
    auto* branch = page.findChild<QPushButton*>(QStringLiteral("branch"));
    ASSERT_TRUE(compare && branch);
    ASSERT_EQ(page.chosen().size(), 1);
    EXPECT_FALSE(compare->isEnabled());
    EXPECT_FALSE(compare->toolTip().isEmpty());
    EXPECT_TRUE(branch->isEnabled());
    page.choose({page.model().row(0).directory, page.model().row(1).directory});
    EXPECT_TRUE(compare->isEnabled());
    EXPECT_TRUE(compare->text().contains(QLatin1Char('2')));
    EXPECT_FALSE(branch->isEnabled());
    page.refresh();  // the choice survives
    wait_for([] { return false; }, 200);
    EXPECT_EQ(page.chosen().size(), 2);
}

TEST_F(CompareTest, AReplayIsAskedForWithItsRun) {
    const auto directory = store("a", "One", 1e-4, 1.0);
    StudioContext context(Workspace{home.path().toStdString()});
    RunsPage page(context);
    page.refresh();
    ASSERT_TRUE(wait_for([&] { return page.model().rowCount() == 1; }));
    std::vector<Derivation> asked;
    QObject::connect(&context, &StudioContext::derive_requested, &page,
                     [&](const Derivation& one) { asked.push_back(one); });
    for (QPushButton* button : page.findChildren<QPushButton*>())
        if (button->text() == QStringLiteral("Replay")) button->click();
    ASSERT_EQ(asked.size(), 1u);
    EXPECT_EQ(asked[0].kind, Derivation::Kind::Replay);
    EXPECT_EQ(asked[0].directory.toStdString(), directory.string());
    EXPECT_FALSE(asked[0].name.isEmpty());
}

}  // namespace
}  // namespace pentimento::ui
