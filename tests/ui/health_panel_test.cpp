// The health panel: its states, its cards, its remedies and how they are taken back.
#include "ui/widgets/health_panel.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QLabel>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QUndoStack>

#include "core/gan/gan_run.h"
#include "tests/ui/fake_run.h"
#include "ui/pages/train_page.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/sparkline.h"
#include "ui/widgets/verdict_card.h"

namespace pentimento::ui {
namespace {

using test::wait_for;
using Mood = HealthPanel::Mood;

gan::Verdict verdict(gan::VerdictKind kind = gan::VerdictKind::DiscriminatorWins) {
    gan::Verdict made;
    made.kind = kind;
    made.since = 1200;
    made.text = "It is right about 99 % of the pictures.";
    made.evidence = {{"accuracy", "D's accuracy", 0.99, 0.95, true, {{1000, 0.9}, {1200, 0.99}}}};
    made.remedies = {{"Halve the discriminator's learning rate", {{"lr_d", 1e-4}}},
                     {"Smooth the labels", {{"label_smoothing", 0.1}}}};
    return made;
}

QPushButton* button(const QWidget& in, const char* text) {
    for (QPushButton* one : in.findChildren<QPushButton*>())
        if (one->text() == QLatin1String(text) || one->accessibleName() == QLatin1String(text))
            return one;
    return nullptr;
}

bool says(const QWidget& in, const char* text) {
    QApplication::processEvents();  // what is new in a layout is shown later
    for (const QLabel* label : in.findChildren<QLabel*>())
        if (label->isVisibleTo(&in) && label->text().contains(QLatin1String(text))) return true;
    return false;
}

TEST(HealthPanel, EveryStateIsSaid) {
    HealthPanel panel;
    panel.show();
    EXPECT_TRUE(says(panel, "Nothing measured"));
    panel.show_verdicts({}, Mood::TooEarly);
    EXPECT_TRUE(says(panel, "Too early to say"));
    panel.show_verdicts({}, Mood::Healthy);
    EXPECT_TRUE(says(panel, "Healthy"));
    panel.show_verdicts({verdict()}, Mood::Trouble);
    EXPECT_TRUE(says(panel, "One thing to look at"));
    EXPECT_TRUE(says(panel, "99 %"));
    EXPECT_TRUE(says(panel, "since step 1,200"));
    EXPECT_EQ(panel.card_count(), 1u);
}

TEST(HealthPanel, CardsStayAsTheyAreWhileTheNumbersChange) {
    HealthPanel panel;
    panel.show();
    panel.show_verdicts({verdict()}, Mood::Trouble);
    QPushButton* why = button(panel, "What does this mean?");
    ASSERT_NE(why, nullptr);
    why->setChecked(true);
    gan::Verdict later = verdict();
    later.text = "It is right about 100 % of the pictures.";
    panel.show_verdicts({later, verdict(gan::VerdictKind::ModeCollapse)}, Mood::Trouble);
    EXPECT_EQ(panel.card_count(), 2u);
    EXPECT_TRUE(why->isChecked()) << "the explanation stays open";
    EXPECT_TRUE(says(panel, "100 %"));
    EXPECT_EQ(panel.findChildren<VerdictCard*>().first()->findChild<Sparkline*>()->latest(0), 0.99);
    panel.show_verdicts({}, Mood::Healthy);
    EXPECT_EQ(panel.card_count(), 0u);
}

TEST(HealthPanel, ARemedyIsHandedOnWithItsEdits) {
    HealthPanel panel;
    std::vector<gan::Remedy> remedies;
    QObject::connect(&panel, &HealthPanel::remedy_chosen, &panel,
                     [&](const gan::Remedy& one) { remedies.push_back(one); });
    panel.show_verdicts({verdict()}, Mood::Trouble);
    gan::Verdict later = verdict();  // the same button with another number behind it
    later.remedies[0].edits = {{"lr_d", 5e-5}};
    panel.show_verdicts({later}, Mood::Trouble);
    QPushButton* halve = button(panel, "Halve the discriminator's learning rate");
    ASSERT_NE(halve, nullptr);
    halve->click();
    ASSERT_EQ(remedies.size(), 1u);
    EXPECT_EQ(remedies[0].edits.at("lr_d"), ParamValue(5e-5));
}

TEST(HealthPanel, JudgesWhatIsMeasured) {
    HealthPanel panel;
    panel.begin(ParamSet(gan::schema()));
    EXPECT_EQ(panel.mood(), Mood::NothingMeasured);
    std::vector<MetricRow> rows;
    for (std::int64_t step = 10; step <= 6000; step += 10)
        rows.push_back({step,
                        1.0,
                        {{"loss_g", 14.0},
                         {"loss_d", 1e-4},
                         {"d_real", 0.9999},
                         {"d_fake", 1e-4},
                         {"d_fake_after", 1e-4},
                         {"accuracy", 1.0},
                         {"grad_g", 0.01},
                         {"grad_d", 0.001}}});
    panel.add({rows.begin(), rows.begin() + 1});
    ASSERT_TRUE(wait_for([&] { return panel.mood() == Mood::TooEarly; }));
    panel.add({rows.begin() + 1, rows.end()});
    ASSERT_TRUE(wait_for([&] { return panel.mood() == Mood::Trouble; }))
        << "a discriminator that is always right must be noticed";
    gan::HealthMonitor judged{ParamSet(gan::schema())};
    for (const MetricRow& row : rows) judged.add(row);
    HealthPanel stored;
    stored.open(std::move(judged));
    EXPECT_EQ(stored.mood(), Mood::Trouble) << "a stored run is judged at once";
    panel.rewind_to(10);
    ASSERT_TRUE(wait_for([&] { return panel.mood() == Mood::TooEarly; }));
}

TEST(HealthPanel, SaysWhenTheMoodChanges) {
    HealthPanel panel;
    int changes = 0;
    QObject::connect(&panel, &HealthPanel::mood_changed, &panel, [&] { ++changes; });
    panel.show_verdicts({verdict()}, Mood::Trouble);
    panel.show_verdicts({verdict()}, Mood::Trouble);
    EXPECT_EQ(changes, 1);
    panel.show_verdicts({}, Mood::Healthy);
    EXPECT_EQ(changes, 2);
}

TEST(HealthPanel, FitsANarrowColumn) {
    HealthPanel panel;
    panel.resize(240, 400);
    panel.show();
    panel.show_verdicts({verdict()}, Mood::Trouble);
    ASSERT_TRUE(wait_for([&] {
        const auto* card = panel.findChild<VerdictCard*>();
        return card->isVisible() && card->width() > 0 && card->width() <= panel.width();
    })) << "nothing is cut off at the right";
    QPushButton* halve = button(panel, "Halve the discriminator's learning rate");
    ASSERT_NE(halve, nullptr);
    ASSERT_TRUE(wait_for([&] { return halve->text().endsWith(QChar(0x2026)); }));
}

class RemedyTest : public testing::Test {
  protected:
    RemedyTest() : context(Workspace{home.path().toStdString()}), page(context) {
        page.resize(1280, 800);
        page.show();
        page.health().show_verdicts({verdict()}, Mood::Trouble);
    }
    double lr_d() { return std::get<double>(page.panel().params().value("lr_d")); }
    void press(const char* text) {
        QPushButton* found = button(page.health(), text);
        ASSERT_NE(found, nullptr) << text;
        found->click();
    }

    QTemporaryDir home;
    StudioContext context;
    TrainPage page;
};

TEST_F(RemedyTest, IsAnEditThatCanBeUndoneInThePanel) {
    const double before = lr_d();
    press("Halve the discriminator's learning rate");
    EXPECT_EQ(lr_d(), 1e-4);
    EXPECT_TRUE(says(page.health(), "Applied: Halve"));
    EXPECT_EQ(context.undo_stack().count(), 1);
    press("Undo");
    EXPECT_EQ(lr_d(), before);
    EXPECT_FALSE(says(page.health(), "Applied"));
    EXPECT_EQ(context.undo_stack().index(), 0) << "taken back, not added to";
}

TEST_F(RemedyTest, IsTakenBackWithoutTouchingLaterEdits) {
    const double before = lr_d();
    press("Halve the discriminator's learning rate");
    page.panel().apply({{"lr_g", 1e-3}}, QStringLiteral("another edit"));
    press("Undo");
    EXPECT_EQ(lr_d(), before);
    EXPECT_EQ(page.panel().params().value("lr_g"), ParamValue(1e-3));
}

}  // namespace
}  // namespace pentimento::ui
