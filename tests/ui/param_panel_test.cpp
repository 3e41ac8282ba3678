// The panel made from a schema: values go in and out, undo, locks, conditions, the wheel,
// accessibility.
#include "ui/widgets/param_panel.h"

#include <gtest/gtest.h>

#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>
#include <QUndoStack>
#include <QWheelEvent>

#include "tests/ui/fake_run.h"
#include "ui/preferences.h"
#include "ui/widgets/number_box.h"
#include "ui/widgets/param_editor.h"
#include "ui/widgets/section.h"

namespace pentimento::ui {
namespace {

class ParamPanelTest : public testing::Test {
  protected:
    ParamPanelTest()
        : panel(ParamSet(test::fake_schema()), &undo), edits(&panel, &ParamPanel::edited) {
        panel.resize(320, 800);
        panel.show();
    }
    template <class T>
    T* find(const char* name) {
        T* widget = panel.findChild<T*>(QLatin1String(name));
        EXPECT_NE(widget, nullptr) << name;
        return widget;
    }
    double lr() { return std::get<double>(panel.params().value("lr")); }
    void type(QWidget* box, const char* text) {
        box->setFocus();
        QTest::keyClick(box, Qt::Key_A, Qt::ControlModifier);
        QTest::keyClicks(box, QLatin1String(text));
        QTest::keyClick(box, Qt::Key_Return);
    }

    QUndoStack undo;
    ParamPanel panel;
    QSignalSpy edits;
};

TEST_F(ParamPanelTest, EveryKindOfControlChangesItsValue) {
    type(find<NumberBox>("lr"), "3e-3");
    type(find<NumberBox>("width"), "128");
    QTest::mouseClick(find<QCheckBox>("ema"), Qt::LeftButton, {},
                      QPoint(8, find<QCheckBox>("ema")->height() / 2));
    auto* loss = find<QComboBox>("loss");
    loss->setCurrentIndex(1);
    Q_EMIT loss->activated(1);
    panel.set_show_advanced(true);
    type(find<QLineEdit>("weights"), "/tmp/a.safetensors");

    EXPECT_EQ(lr(), 3e-3);
    EXPECT_EQ(panel.params().value("width"), ParamValue(std::int64_t{128}));
    EXPECT_EQ(panel.params().value("ema"), ParamValue(false));
    EXPECT_EQ(panel.params().value("loss"), ParamValue(std::string("minimax")));
    EXPECT_EQ(panel.params().value("weights"), ParamValue(std::string("/tmp/a.safetensors")));
    EXPECT_EQ(edits.count(), 5);
    EXPECT_EQ(undo.count(), 5);
}

TEST_F(ParamPanelTest, UndoAndRedoRestoreAndTell) {
    type(find<NumberBox>("lr"), "1e-3");
    type(find<NumberBox>("lr"), "5e-3");
    undo.undo();
    EXPECT_EQ(lr(), 1e-3);
    EXPECT_EQ(find<NumberBox>("lr")->value(), 1e-3);
    undo.undo();
    EXPECT_EQ(lr(), 2e-4);
    undo.redo();
    EXPECT_EQ(lr(), 1e-3);
    ASSERT_EQ(edits.count(), 5);
    const Patch last = edits[4][0].value<Patch>();
    EXPECT_EQ(last.at("lr"), ParamValue(1e-3));
    EXPECT_TRUE(undo.undoText().contains(QStringLiteral("Learning rate")));
}

TEST_F(ParamPanelTest, ASliderDragIsOneUndoStepButManyEdits) {
    auto* slider = find<QSlider>("lrslider");
    slider->setSliderDown(true);
    for (int position = 200; position <= 300; position += 10) slider->setSliderPosition(position);
    slider->setSliderDown(false);
    EXPECT_EQ(edits.count(), 11);
    EXPECT_EQ(undo.count(), 1);
    const double dragged = lr();
    EXPECT_GT(dragged, 1e-3);
    slider->setSliderDown(true);
    slider->setSliderPosition(100);
    slider->setSliderDown(false);
    EXPECT_EQ(undo.count(), 2);
    undo.undo();
    EXPECT_EQ(lr(), dragged);
    undo.undo();
    EXPECT_EQ(lr(), 2e-4);
}

TEST_F(ParamPanelTest, ValuesThatAreOutOfRangeOrNoNumbersDoNotGetIn) {
    type(find<NumberBox>("lr"), "7");
    EXPECT_LE(lr(), 1.0);
    QString text = QStringLiteral("abc");
    int position = 0;
    EXPECT_EQ(find<NumberBox>("lr")->validate(text, position), QValidator::Invalid);
}

TEST_F(ParamPanelTest, RestartParametersLockWhileARunIsActive) {
    panel.set_restart_locked(QStringLiteral("Stop first."));
    EXPECT_FALSE(find<NumberBox>("width")->isEnabled());
    EXPECT_TRUE(find<NumberBox>("lr")->isEnabled()) << "live parameters stay usable";
    EXPECT_TRUE(find<NumberBox>("width")->parentWidget()->toolTip().contains(
        QStringLiteral("Stop first.")));
    panel.set_restart_locked({});
    EXPECT_TRUE(find<NumberBox>("width")->isEnabled());
}

TEST_F(ParamPanelTest, ConditionsShowAndHideRows) {
    EXPECT_TRUE(find<NumberBox>("decay")->isVisibleTo(&panel));
    find<QCheckBox>("ema")->setChecked(false);
    EXPECT_FALSE(find<NumberBox>("decay")->isVisibleTo(&panel));
    undo.undo();
    EXPECT_TRUE(find<NumberBox>("decay")->isVisibleTo(&panel));
}

TEST_F(ParamPanelTest, AdvancedRowsComeWithTheSwitch) {
    const auto shown = [&] {
        const auto* weights = panel.findChild<QLineEdit*>(QStringLiteral("weights"));
        return weights && weights->isVisibleTo(&panel);
    };
    EXPECT_FALSE(shown());
    panel.set_show_advanced(true);
    EXPECT_TRUE(shown());
    panel.set_show_advanced(false);
    EXPECT_FALSE(shown());
}

TEST_F(ParamPanelTest, RowsThatAppearLaterAreInPlaceUpToDateAndLocked) {
    panel.apply({{"weights", std::string("a.safetensors")}}, QStringLiteral("test"));
    panel.set_restart_locked(QStringLiteral("Stop first."));
    panel.set_show_advanced(true);
    QStringList shown, declared;
    for (const ParamEditor* editor : panel.findChildren<ParamEditor*>()) {
        ASSERT_TRUE(editor->parentWidget()->layout());
        EXPECT_EQ(editor->focusProxy()->isEnabled(), editor->spec().apply == Apply::Live)
            << editor->spec().id;
    }
    EXPECT_EQ(find<QLineEdit>("weights")->text(), QStringLiteral("a.safetensors"));
    for (const Section* section : panel.findChildren<Section*>()) {
        const auto* rows = section->content();
        for (int i = 0; i < rows->count(); ++i)
            if (const auto* editor = qobject_cast<ParamEditor*>(rows->itemAt(i)->widget()))
                shown << QString::fromStdString(editor->spec().id);
        for (const ParamSpec& spec : panel.params().schema().specs())
            if (QString::fromStdString(spec.group) == section->objectName())
                declared << QString::fromStdString(spec.id);
    }
    EXPECT_EQ(shown, declared);
}

TEST_F(ParamPanelTest, APresetIsOneUndoStepAndAnOpenedRunNone) {
    ParamSet preset{test::fake_schema()};
    ASSERT_TRUE(preset.apply({{"lr", 0.1}, {"width", std::int64_t{32}}}));
    panel.set_params(preset, QStringLiteral("preset"));
    EXPECT_EQ(undo.count(), 1);
    EXPECT_EQ(edits.count(), 1);
    EXPECT_TRUE(panel.params() == preset);
    undo.undo();
    EXPECT_EQ(lr(), 2e-4);
    panel.set_params(preset);
    EXPECT_EQ(undo.count(), 1) << "one step that can be redone, none added";
    EXPECT_EQ(lr(), 0.1);
    EXPECT_EQ(edits.count(), 2);
}

TEST_F(ParamPanelTest, TheWheelScrollsAndDoesNotChangeValues) {
    auto* box = find<NumberBox>("width");
    box->clearFocus();
    const QPointF at(box->width() / 2.0, box->height() / 2.0);
    QWheelEvent wheel(at, box->mapToGlobal(at), {}, QPoint(0, -120), Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(box, &wheel);
    EXPECT_EQ(panel.params().value("width"), ParamValue(std::int64_t{64}));
}

TEST_F(ParamPanelTest, ChangedValuesShowAResetButton) {
    auto* editor = qobject_cast<ParamEditor*>(find<NumberBox>("lr")->parentWidget());
    ASSERT_NE(editor, nullptr);
    auto* reset = editor->findChild<QToolButton*>();
    EXPECT_FALSE(reset->isVisibleTo(editor));
    type(find<NumberBox>("lr"), "0.01");
    EXPECT_TRUE(reset->isVisibleTo(editor));
    reset->click();
    EXPECT_EQ(lr(), 2e-4);
    EXPECT_FALSE(reset->isVisibleTo(editor));
    EXPECT_EQ(undo.count(), 2);
}

TEST_F(ParamPanelTest, EveryControlHasANameAndEveryLabelABuddy) {
    panel.set_show_advanced(true);
    EXPECT_EQ(panel.findChildren<ParamEditor*>().size(),
              static_cast<qsizetype>(panel.params().schema().specs().size()));
    for (const ParamEditor* editor : panel.findChildren<ParamEditor*>()) {
        ASSERT_NE(editor->focusProxy(), nullptr);
        EXPECT_FALSE(editor->focusProxy()->accessibleName().isEmpty());
        EXPECT_EQ(editor->findChild<QLabel*>()->buddy(), editor->focusProxy());
        EXPECT_TRUE(editor->toolTip().contains(QStringLiteral("Default")));
    }
}

TEST_F(ParamPanelTest, AnEditorPlacedElsewhereStaysInStep) {
    std::unique_ptr<QWidget> editor(panel.editor(QStringLiteral("lr")));
    ASSERT_NE(editor, nullptr);
    auto* box = editor->findChild<NumberBox*>();
    type(find<NumberBox>("lr"), "0.5");
    EXPECT_EQ(box->value(), 0.5);
    box->setValue(0.25);
    EXPECT_EQ(lr(), 0.25);
    EXPECT_EQ(find<NumberBox>("lr")->value(), 0.25);
}

TEST_F(ParamPanelTest, ASearchFindsAdvancedSettingsToo) {
    panel.set_filter(QStringLiteral("files wei"));
    EXPECT_TRUE(find<QLineEdit>("weights")->isVisibleTo(&panel));
    EXPECT_FALSE(find<NumberBox>("lr")->isVisibleTo(&panel));
    panel.set_filter(QStringLiteral("how far"));
    EXPECT_TRUE(find<NumberBox>("lr")->isVisibleTo(&panel)) << "words of the explanation count";
    panel.set_filter(QStringLiteral("zebra"));
    EXPECT_FALSE(find<NumberBox>("lr")->isVisibleTo(&panel));
    panel.set_filter({});
    EXPECT_TRUE(find<NumberBox>("lr")->isVisibleTo(&panel));
    EXPECT_FALSE(find<QLineEdit>("weights")->isVisibleTo(&panel));
}

TEST_F(ParamPanelTest, FoldedGroupsAreRememberedAndCountWhatTheyHide) {
    preferences::remove(QStringLiteral("groups"));
    const auto section = [](ParamPanel& in) {
        return in.findChild<Section*>(QStringLiteral("Network"));
    };
    panel.remember_groups(QStringLiteral("test"), {QStringLiteral("Optimisation")});
    EXPECT_FALSE(find<NumberBox>("lr")->isVisibleTo(&panel)) << "folded at first";
    type(find<NumberBox>("width"), "128");
    section(panel)->set_open(false);
    EXPECT_TRUE(
        section(panel)->findChild<QToolButton*>()->text().contains(QStringLiteral("1 changed")));
    ParamPanel second(ParamSet(test::fake_schema()), nullptr);
    second.remember_groups(QStringLiteral("test"), {QStringLiteral("Optimisation")});
    EXPECT_FALSE(section(second)->is_open());
    panel.set_filter(QStringLiteral("width"));
    EXPECT_TRUE(section(panel)->is_open()) << "a search shows what it finds";
    panel.set_filter({});
    EXPECT_FALSE(section(panel)->is_open());
}

TEST_F(ParamPanelTest, AChangeFromElsewhereIsOneUndoStep) {
    panel.apply({{"lr", 0.01}, {"width", std::int64_t{128}}}, QStringLiteral("remedy"));
    EXPECT_EQ(lr(), 0.01);
    EXPECT_EQ(undo.count(), 1);
    EXPECT_EQ(undo.undoText(), QStringLiteral("remedy"));
    undo.undo();
    EXPECT_EQ(lr(), 2e-4);
    EXPECT_EQ(panel.params().value("width"), ParamValue(std::int64_t{64}));
}

TEST(UndoAfterThePanel, IsHarmless) {
    QUndoStack undo;
    {
        ParamPanel panel(ParamSet(test::fake_schema()), &undo);
        panel.findChild<NumberBox*>(QStringLiteral("lr"))->setValue(0.5);
    }
    ASSERT_EQ(undo.count(), 1);
    undo.undo();
}

TEST(NumberText, ReadsLikeAPersonWouldWriteIt) {
    EXPECT_EQ(number_text(2e-4), QStringLiteral("2e-4"));
    EXPECT_EQ(number_text(0.5), QStringLiteral("0.5"));
    EXPECT_EQ(number_text(0), QStringLiteral("0"));
    EXPECT_EQ(number_text(100000), QStringLiteral("100000"));
    EXPECT_EQ(number_text(1e12), QStringLiteral("1e12"));
    EXPECT_EQ(number_text(-0.999), QStringLiteral("-0.999"));
}

TEST(NumberBoxSteps, WalkOneTwoFive) {
    NumberBox box;
    box.set_logarithmic(true);
    box.setRange(1e-6, 1);
    box.setValue(2e-4);
    std::vector<double> up, down;
    for (int i = 0; i < 3; ++i) box.stepBy(1), up.push_back(box.value());
    for (int i = 0; i < 4; ++i) box.stepBy(-1), down.push_back(box.value());
    EXPECT_EQ(up, (std::vector<double>{5e-4, 1e-3, 2e-3}));
    EXPECT_EQ(down, (std::vector<double>{1e-3, 5e-4, 2e-4, 1e-4}));
}

TEST(SliderScale, GoesThereAndBack) {
    const ParamSpec log = test::fake_schema().specs()[0], linear = test::fake_schema().specs()[1];
    for (int position = 0; position <= 400; position += 7) {
        EXPECT_NEAR(slider_position(log, slider_value(log, position, 400), 400), position, 2);
        EXPECT_NEAR(slider_position(linear, slider_value(linear, position, 400), 400), position, 1);
    }
    EXPECT_EQ(slider_value(log, 0, 400), 1e-6);
    EXPECT_EQ(slider_value(log, 400, 400), 1);
}

}  // namespace
}  // namespace pentimento::ui
