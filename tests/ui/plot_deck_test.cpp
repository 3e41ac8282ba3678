// The plots of a run: groups with values, the choice that is remembered, and the explanations.
#include "ui/plots/plot_deck.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QLabel>
#include <QToolButton>

#include "core/gan/gan_run.h"
#include "tests/ui/fake_run.h"
#include "ui/plots/metric_plot.h"
#include "ui/preferences.h"
#include "ui/widgets/popover.h"

namespace pentimento::ui {
namespace {

const std::vector<MetricSpec> kSpecs = {{"loss", "Loss", "Falls.", "Losses"},
                                        {"score", "Score", "Half is good.", "Scores"},
                                        {"kid", "KID", "Lower is better.", "Quality"},
                                        {"growth", "Size", "Pixels.", "Growth"}};

class PlotDeckTest : public testing::Test {
  protected:
    PlotDeckTest() { preferences::remove(QStringLiteral("plots")); }
    std::unique_ptr<PlotDeck> make() {
        auto deck = std::make_unique<PlotDeck>(
            QStringLiteral("test"),
            QStringList{QStringLiteral("Losses"), QStringLiteral("Quality")});
        deck->set_metrics(kSpecs);
        return deck;
    }
    static QToolButton* pill(const PlotDeck& deck, const char* group) {
        for (QToolButton* button : deck.findChildren<QToolButton*>())
            if (button->property("role") == QStringLiteral("pill") &&
                button->text() == QLatin1String(group))
                return button;
        return nullptr;
    }
    const QString losses = QStringLiteral("Losses"), scores = QStringLiteral("Scores"),
                  quality = QStringLiteral("Quality"), growth = QStringLiteral("Growth");
};

TEST_F(PlotDeckTest, ShowsTheUsualGroupsThatHaveValues) {
    const auto deck = make();
    EXPECT_EQ(deck->groups(), (QStringList{losses, scores, quality, growth}));
    deck->append(std::vector<MetricRow>{{1, 0, {{"loss", 1}, {"score", 0.5}}}});
    EXPECT_TRUE(deck->shows(losses));
    EXPECT_FALSE(deck->shows(scores)) << "not among the first ones";
    EXPECT_FALSE(deck->shows(quality)) << "nothing measured";
    EXPECT_FALSE(pill(*deck, "Quality")->isEnabled());
    EXPECT_FALSE(pill(*deck, "Quality")->toolTip().isEmpty());
    EXPECT_TRUE(pill(*deck, "Scores")->isEnabled());
    deck->append(std::vector<MetricRow>{{2, 0, {{"kid", 0.1}}}});
    EXPECT_TRUE(deck->shows(quality)) << "appears with its first value";
}

TEST_F(PlotDeckTest, RemembersTheChoice) {
    {
        const auto deck = make();
        deck->append(std::vector<MetricRow>{{1, 0, {{"loss", 1}, {"score", 0.5}}}});
        pill(*deck, "Losses")->click();
        pill(*deck, "Scores")->click();
        EXPECT_FALSE(deck->shows(losses));
        EXPECT_TRUE(deck->shows(scores));
    }
    const auto deck = make();
    deck->append(std::vector<MetricRow>{{1, 0, {{"loss", 1}, {"score", 0.5}}}});
    EXPECT_FALSE(deck->shows(losses));
    EXPECT_TRUE(deck->shows(scores));
}

TEST_F(PlotDeckTest, HiddenPlotsKeepTheirValues) {
    const auto deck = make();
    deck->append(std::vector<MetricRow>{{1, 0, {{"loss", 1}, {"score", 0.5}}}});
    deck->append(std::vector<MetricRow>{{2, 0, {{"loss", 1}, {"score", 0.6}}}});
    EXPECT_EQ(deck->plots()[1]->data().curves()[0].values.size(), 2u);
    deck->rewind_to(1);
    EXPECT_EQ(deck->plots()[1]->data().curves()[0].values.size(), 1u);
    deck->set_metrics(kSpecs);
    EXPECT_FALSE(deck->plots()[1]->data().empty()) << "the same metrics keep what there is";
    deck->clear();
    EXPECT_TRUE(deck->plots()[1]->data().empty());
}

TEST_F(PlotDeckTest, UnknownGroupsShowTheFirstTwo) {
    PlotDeck deck(QStringLiteral("test2"), {QStringLiteral("Other")});
    deck.set_metrics(kSpecs);
    EXPECT_TRUE(deck.shows(losses));
    EXPECT_TRUE(deck.shows(scores));
    EXPECT_FALSE(deck.shows(growth));
}

TEST_F(PlotDeckTest, EveryMetricExplainsItself) {
    MetricPlot plot(QStringLiteral("Losses"));
    plot.set_metrics(gan::metric_specs());
    plot.resize(400, 400);
    plot.show();
    int explained = 0;
    for (QToolButton* about : plot.findChildren<QToolButton*>()) {
        if (about->property("role") != QStringLiteral("help")) continue;
        ++explained;
        EXPECT_FALSE(about->accessibleName().isEmpty());
        about->click();
        auto* popover = qobject_cast<Popover*>(QApplication::activePopupWidget());
        ASSERT_NE(popover, nullptr);
        EXPECT_FALSE(popover->accessibleDescription().isEmpty());
        EXPECT_TRUE(
            about->toolTip().contains(popover->accessibleDescription().left(20).toHtmlEscaped()));
        popover->close();
    }
    EXPECT_EQ(explained, static_cast<int>(gan::metric_specs().size()));
}

}  // namespace
}  // namespace pentimento::ui
