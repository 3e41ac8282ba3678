// Masks: strokes, undo, files, painting with the mouse, and the dialog by keyboard.
#include <gtest/gtest.h>

#include <QApplication>
#include <QMessageBox>
#include <QMouseEvent>
#include <QPaintEvent>
#include <QPushButton>
#include <QTest>
#include <cmath>
#include <utility>

#include "core/base/file.h"
#include "fake_run.h"
#include "pictures.h"
#include "ui/dialogs/mask_dialog.h"
#include "ui/widgets/mask_file.h"
#include "ui/widgets/number_box.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::wait_for;

int at(const MaskCanvas& canvas, int x, int y) {
    return canvas.image().constScanLine(y)[x];
}

void stroke(MaskCanvas& canvas, QPointF from, QPointF to, const MaskCanvas::Brush& brush) {
    canvas.begin_stroke(from, brush);
    canvas.stroke_to(to);
    canvas.end_stroke();
}

const MaskCanvas::Brush kHard{10, 0, false};
const MaskCanvas::Brush kSoft{40, 1, false};

TEST(MaskCanvas, IsAsLongAsThePictureUpToItsLimit) {
    EXPECT_EQ(MaskCanvas::size_for({300, 200}), QSize(300, 200));
    EXPECT_EQ(MaskCanvas::size_for({4000, 2000}), QSize(1024, 512));
    EXPECT_EQ(MaskCanvas::size_for({1, 5000}), QSize(1, 1024));
}

TEST(MaskCanvas, AStrokeChangesThePixelsUnderItAndNoOthers) {
    MaskCanvas canvas({100, 50});
    EXPECT_TRUE(canvas.empty());
    QRect changed = canvas.begin_stroke({20, 25}, kHard);
    changed |= canvas.stroke_to({60, 25});
    canvas.end_stroke();
    for (int y = 0; y < 50; ++y)
        for (int x = 0; x < 100; ++x) {
            const double along = std::clamp(x + 0.5, 20.0, 60.0);
            const double distance = std::hypot(x + 0.5 - along, y + 0.5 - 25);
            if (distance <= 4.5)
                ASSERT_EQ(at(canvas, x, y), 255) << x << ' ' << y;
            else if (distance >= 5.5)
                ASSERT_EQ(at(canvas, x, y), 0) << x << ' ' << y;
            else
                ASSERT_TRUE(at(canvas, x, y) < 255) << x << ' ' << y;
            ASSERT_TRUE(at(canvas, x, y) == 0 || changed.contains(x, y));
        }
    EXPECT_FALSE(canvas.empty());
}

TEST(MaskCanvas, ASoftEdgeFallsSteadilyAndIsNotDoubledByTheSameStroke) {
    MaskCanvas once({100, 100}), thrice({100, 100});
    stroke(once, {50, 50}, {50, 50}, kSoft);
    EXPECT_GE(at(once, 50, 50), 250);
    for (int x = 51; x < 71; ++x) EXPECT_LE(at(once, x, 50), at(once, x - 1, 50)) << x;
    EXPECT_NEAR(at(once, 60, 50), 128, 20) << "half way out it is half as strong";
    EXPECT_EQ(at(once, 72, 50), 0);
    thrice.begin_stroke({50, 50}, kSoft);
    thrice.stroke_to({50, 50});
    thrice.stroke_to({50, 50});
    thrice.end_stroke();
    EXPECT_EQ(once.image(), thrice.image());
}

TEST(MaskCanvas, TheEraserTakesAwayWhatIsUnderItOnly) {
    MaskCanvas canvas({60, 60});
    canvas.fill(255);
    MaskCanvas::Brush eraser = kHard;
    eraser.erase = true;
    stroke(canvas, {30, 30}, {30, 30}, eraser);
    EXPECT_EQ(at(canvas, 30, 30), 0);
    EXPECT_EQ(at(canvas, 30, 45), 255);
}

TEST(MaskCanvas, UndoAndRedoRestoreEveryPixel) {
    MaskCanvas canvas({200, 120});
    std::vector<QImage> states{canvas.image()};
    const auto note = [&] { states.push_back(canvas.image().copy()); };
    stroke(canvas, {20, 20}, {150, 90}, kSoft);
    note();
    stroke(canvas, {150, 20}, {-30, 200}, {33, 0.3, false});  // beyond the edges
    note();
    canvas.invert();
    note();
    stroke(canvas, {10, 60}, {190, 60}, {20, 0.5, true});
    note();
    canvas.fill(255);
    note();
    for (std::size_t i = states.size() - 1; i > 0; --i) {
        EXPECT_FALSE(canvas.undo().isEmpty());
        EXPECT_EQ(canvas.image(), states[i - 1]) << i;
    }
    EXPECT_FALSE(canvas.can_undo());
    EXPECT_TRUE(canvas.undo().isEmpty());
    for (std::size_t i = 1; i < states.size(); ++i) {
        canvas.redo();
        EXPECT_EQ(canvas.image(), states[i]) << i;
    }
    canvas.undo();
    stroke(canvas, {40, 40}, {50, 50}, kHard);
    EXPECT_FALSE(canvas.can_redo()) << "what was undone has been painted over";
}

TEST(MaskCanvas, WhatChangesNothingIsNoEdit) {
    MaskCanvas canvas({50, 50});
    stroke(canvas, {25, 25}, {30, 30}, {10, 0, true});
    stroke(canvas, {-100, -100}, {-90, -90}, kHard);
    EXPECT_TRUE(canvas.fill(0).isEmpty());
    EXPECT_FALSE(canvas.can_undo());
    for (int i = 0; i < MaskCanvas::kMostEdits + 20; ++i) canvas.invert();
    int undone = 0;
    while (!canvas.undo().isEmpty()) ++undone;
    EXPECT_EQ(undone, MaskCanvas::kMostEdits);
}

TEST(MaskFile, ReadsBackWhatWasPaintedAsEightBitGrey) {
    test::Folder folder;
    MaskCanvas canvas({321, 123});
    stroke(canvas, {60, 60}, {250, 70}, kSoft);
    const auto path = keep_mask(canvas.image(), folder.path() / "inputs");
    ASSERT_TRUE(path.ok()) << path.error().message;
    const auto again = keep_mask(canvas.image(), folder.path() / "inputs");
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*path, *again) << "the same mask is one file";
    EXPECT_EQ(QImage(QString::fromStdString(path->string())).format(), QImage::Format_Grayscale8);
    const auto read = read_mask(*path);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(*read, canvas.image());
    EXPECT_FALSE(read_mask(folder.path() / "none.png").ok());
}

TEST(MaskFile, ColoursBecomeTheirMeanAndTransparencyBlack) {
    test::Folder folder;
    const auto grey_of = [&](const Frame& frame) {
        const auto mask =
            read_mask(folder.picture(QStringLiteral("mask.png"), frame).toStdString());
        EXPECT_TRUE(mask.ok());
        return mask.ok() ? static_cast<int>(mask->constScanLine(0)[0]) : -1;
    };
    EXPECT_EQ(grey_of(plain_frame(4, 4, 255, 0, 0)), 85);
    EXPECT_EQ(grey_of(plain_frame(4, 4, 255, 255, 255, 0)), 0);
    EXPECT_EQ(grey_of(plain_frame(4, 4, 200, 200, 200)), 200);
}

void mouse(QWidget& widget, QEvent::Type type, QPointF where, Qt::MouseButton button,
           Qt::MouseButtons held) {
    QMouseEvent event(type, where, widget.mapToGlobal(where), button, held, Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

void drag(QWidget& widget, QPointF from, QPointF to, Qt::MouseButton button = Qt::LeftButton) {
    mouse(widget, QEvent::MouseButtonPress, from, button, button);
    mouse(widget, QEvent::MouseMove, to, Qt::NoButton, button);
    mouse(widget, QEvent::MouseButtonRelease, to, button, Qt::NoButton);
}

/// The area that a widget has painted since it was asked last.
class PaintWatch : public QObject {
  public:
    explicit PaintWatch(QWidget& widget) { widget.installEventFilter(this); }
    QRect take() { return std::exchange(painted_, {}); }

  private:
    bool eventFilter(QObject*, QEvent* event) override {
        if (event->type() == QEvent::Paint)
            painted_ |= static_cast<QPaintEvent*>(event)->region().boundingRect();
        return false;
    }
    QRect painted_;
};

class MaskViewTest : public testing::Test {
  protected:
    MaskViewTest() {
        view.resize(512, 384);
        view.set_picture(plain_frame(1024, 768, 90, 120, 150), {});
        view.set_brush({20, 0, false});
        view.show();
        EXPECT_TRUE(wait_for([&] { return view.isVisible(); }));
        QTest::qWait(20);
    }
    MaskView view;
};

TEST_F(MaskViewTest, PaintsAndErasesWhereTheMouseIsAlsoWhenZoomedIn) {
    drag(view, view.to_widget({200, 300}), view.to_widget({400, 300}));
    EXPECT_EQ(at(view.canvas(), 300, 300), 255);
    EXPECT_EQ(at(view.canvas(), 300, 330), 0);
    view.set_zoom(4, view.to_widget({300, 300}));
    drag(view, view.to_widget({300, 300}), view.to_widget({300, 300}), Qt::RightButton);
    EXPECT_EQ(at(view.canvas(), 300, 300), 0);
    EXPECT_EQ(at(view.canvas(), 320, 300), 255);
    // Moving the picture paints nothing.
    const QImage before = view.canvas().image().copy();
    const QPointF corner = view.target_rect().topLeft();
    drag(view, {200, 200}, {230, 240}, Qt::MiddleButton);
    QTest::keyPress(&view, Qt::Key_Space);
    drag(view, {200, 200}, {230, 240});
    QTest::keyRelease(&view, Qt::Key_Space);
    EXPECT_EQ(view.target_rect().topLeft(), corner + QPointF(60, 80));
    EXPECT_EQ(view.canvas().image(), before);
}

TEST_F(MaskViewTest, ShowsTheMaskAndDrawsOnlyWhatHasChanged) {
    PaintWatch watch(view);
    const QPointF from = view.to_widget({200, 300}), to = view.to_widget({230, 310});
    mouse(view, QEvent::MouseMove, from, Qt::NoButton, Qt::NoButton);
    QTest::qWait(20);
    watch.take();
    drag(view, from, to);
    QTest::qWait(20);
    const QRect painted = watch.take();
    EXPECT_TRUE(painted.contains(from.toPoint()) && painted.contains(to.toPoint()));
    EXPECT_LT(painted.width() * painted.height(), view.width() * view.height() / 20);
    const QImage shown = view.grab().toImage();
    const QColor in = shown.pixelColor(view.to_widget({205, 302}).toPoint());
    const QColor out = shown.pixelColor(view.to_widget({600, 600}).toPoint());
    EXPECT_GT(in.red(), out.red() + 50);
    EXPECT_EQ(out, QColor(90, 120, 150));
}

class MaskDialogTest : public testing::Test {
  protected:
    MaskDialogTest() : dialog(plain_frame(400, 300, 60, 90, 60), QStringLiteral("waves"), {}) {
        dialog.show();
        dialog.activateWindow();
        EXPECT_TRUE(QTest::qWaitForWindowActive(&dialog));
    }
    QPushButton* button(const char* text) {
        for (auto* each : dialog.findChildren<QPushButton*>())
            if (each->text().remove(QLatin1Char('&')) == QString::fromUtf8(text)) return each;
        return nullptr;
    }
    void paint() { drag(dialog.view(), dialog.view().to_widget({200, 150}), {300, 300}); }

    MaskDialog dialog;
    test::Folder folder;
};

TEST_F(MaskDialogTest, IsUsedByKeyboard) {
    MaskView& view = dialog.view();
    EXPECT_TRUE(view.hasFocus());
    EXPECT_FALSE(dialog.use_button().isEnabled());
    EXPECT_FALSE(dialog.use_button().toolTip().isEmpty());
    const double size = view.brush().diameter;
    QTest::keyClick(&view, Qt::Key_BracketRight);
    EXPECT_GT(view.brush().diameter, size);
    QTest::keyClick(&view, Qt::Key_BracketLeft);
    QTest::keyClick(&view, Qt::Key_BracketLeft);
    EXPECT_LT(view.brush().diameter, size);
    QTest::keyClick(&view, Qt::Key_E);
    EXPECT_TRUE(view.brush().erase);
    QTest::keyClick(&view, Qt::Key_B);
    EXPECT_FALSE(view.brush().erase);
    QTest::keyClick(button("Fill"), Qt::Key_Space);
    EXPECT_TRUE(dialog.use_button().isEnabled());
    EXPECT_EQ(at(view.canvas(), 3, 3), 255);
    QTest::keyClick(&view, Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(view.canvas().empty());
    QTest::keyClick(&view, Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_FALSE(view.canvas().empty());
    // Every control is reached with Tab.
    QSet<QWidget*> reached;
    for (int i = 0; i < 60; ++i) {
        QTest::keyClick(dialog.focusWidget(), Qt::Key_Tab);
        reached.insert(dialog.focusWidget());
    }
    for (auto* each : dialog.findChildren<QPushButton*>()) {
        // Of an exclusive pair only the checked one takes Tab; the arrows reach the other.
        EXPECT_TRUE(!each->isEnabled() || (each->isCheckable() && !each->isChecked()) ||
                    reached.contains(each))
            << each->text().toStdString();
    }
    for (auto* each : dialog.findChildren<NumberBox*>()) EXPECT_TRUE(reached.contains(each));
    // Return in a number takes the number; elsewhere it takes the mask.
    auto* box = dialog.findChild<NumberBox*>();
    box->setFocus();
    box->selectAll();
    QTest::keyClicks(box, QStringLiteral("33"));
    QTest::keyClick(box, Qt::Key_Return);
    EXPECT_TRUE(dialog.isVisible());
    EXPECT_DOUBLE_EQ(view.brush().diameter, 33);
    QTest::keyClick(&view, Qt::Key_Return);
    EXPECT_EQ(dialog.result(), QDialog::Accepted);
    EXPECT_FALSE(dialog.isVisible());
}

TEST_F(MaskDialogTest, AsksBeforePaintIsLost) {
    paint();
    QTest::keyClick(&dialog, Qt::Key_Escape);
    auto* question = dialog.findChild<QMessageBox*>();
    ASSERT_TRUE(question);
    question->button(QMessageBox::Cancel)->click();
    EXPECT_TRUE(dialog.isVisible());
    EXPECT_FALSE(question->isVisible());
    QTest::keyClick(&dialog, Qt::Key_Escape);
    question = dialog.findChildren<QMessageBox*>().last();
    question->button(QMessageBox::Discard)->click();
    EXPECT_FALSE(dialog.isVisible());
    EXPECT_EQ(dialog.result(), QDialog::Rejected);
}

TEST_F(MaskDialogTest, ClosesAtOnceWhenNothingIsLeftToLose) {
    paint();
    EXPECT_FALSE(dialog.view().canvas().empty());
    QTest::keyClick(&dialog.view(), Qt::Key_Z, Qt::ControlModifier);
    QTest::keyClick(&dialog, Qt::Key_Escape);
    EXPECT_FALSE(dialog.isVisible());
}

TEST_F(MaskDialogTest, SavesAndLoadsAndSaysWhatIsWrong) {
    paint();
    const QImage painted = dialog.mask().copy();
    dialog.save_to(folder.file(QStringLiteral("mask.png")));
    ASSERT_TRUE(wait_for([&] { return button("Save…")->isEnabled(); }));
    EXPECT_EQ(dialog.problem(), QString());
    dialog.view().edit([](MaskCanvas& canvas) { return canvas.fill(0); });
    dialog.load_from(folder.file(QStringLiteral("mask.png")));
    ASSERT_TRUE(wait_for([&] { return dialog.mask() == painted; }));
    dialog.load_from(folder.text(QStringLiteral("wrong.png"), "not a picture"));
    ASSERT_TRUE(wait_for([&] { return !dialog.problem().isEmpty(); }));
    EXPECT_EQ(dialog.mask(), painted);
    dialog.save_to(folder.file(QStringLiteral("no/such/folder/mask.png")));
    ASSERT_TRUE(wait_for([&] { return !dialog.problem().isEmpty(); }));
}

}  // namespace
}  // namespace pentimento::ui
