// Frames as images, and the geometry of the picture view.
#include "ui/widgets/picture_view.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QClipboard>
#include <QMouseEvent>
#include <QWheelEvent>
#include <cmath>

#include "pictures.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::two_colours;

void press(QWidget& widget, int key) {
    QKeyEvent down(QEvent::KeyPress, key, Qt::NoModifier);
    QApplication::sendEvent(&widget, &down);
}

void mouse(QWidget& widget, QEvent::Type type, QPointF at, Qt::MouseButtons held) {
    QMouseEvent event(type, at, widget.mapToGlobal(at),
                      type == QEvent::MouseMove ? Qt::NoButton : Qt::LeftButton, held,
                      Qt::NoModifier);
    QApplication::sendEvent(&widget, &event);
}

TEST(FrameImage, WrapsPixelsWithoutCopying) {
    const Frame frame = plain_frame(7, 5, 10, 20, 30);
    const QImage image = to_image(frame);
    EXPECT_EQ(image.constBits(), frame.pixels);
    EXPECT_EQ(image.size(), QSize(7, 5));
    EXPECT_EQ(image.pixelColor(6, 4), QColor(10, 20, 30));
}

TEST(FrameImage, KeepsTheOwnerAlive) {
    Frame frame = plain_frame(64, 64, 1, 2, 3);
    std::weak_ptr<const void> owner = frame.owner;
    QImage image = to_image(frame);
    frame = {};
    ASSERT_FALSE(owner.expired());
    QImage second = image;
    image = {};
    EXPECT_EQ(second.pixelColor(63, 63), QColor(1, 2, 3));  // AddressSanitizer watches this read
    second = {};
    EXPECT_TRUE(owner.expired());
}

TEST(FrameImage, ReadsRowsWithAStride) {
    std::vector<std::uint8_t> bytes(2 * 32, 0);
    bytes[32] = 77;  // first pixel of the second row
    bytes[35] = 255;
    auto held = std::make_shared<const std::vector<std::uint8_t>>(bytes);
    const Frame frame{3, 2, 32, held->data(), held};
    EXPECT_EQ(to_image(frame).pixelColor(0, 1).red(), 77);
}

TEST(FrameImage, GoesThereAndBack) {
    QImage image(9, 4, QImage::Format_RGB32);
    image.fill(QColor(9, 8, 7));
    const Frame frame = to_frame(image);
    image = {};
    EXPECT_EQ(frame.width, 9);
    EXPECT_EQ(frame.row(3)[4 * 8 + 1], 8);
    EXPECT_EQ(frame.row(3)[4 * 8 + 3], 255);
    EXPECT_TRUE(to_frame(QImage()).empty());
    EXPECT_TRUE(to_image(Frame{}).isNull());
}

class PictureViewTest : public testing::Test {
  protected:
    PictureViewTest() { view.resize(400, 300); }
    PictureView view;
};

TEST_F(PictureViewTest, FitsByDefault) {
    view.set_frame(plain_frame(800, 300, 0, 0, 0));
    EXPECT_TRUE(view.fits());
    EXPECT_DOUBLE_EQ(view.zoom(), 0.5);
    EXPECT_EQ(view.target_rect(), QRectF(0, 75, 400, 150));
}

TEST_F(PictureViewTest, SharpSamplesGrowByWholeFactors) {
    view.set_frame(plain_frame(64, 64, 0, 0, 0));
    EXPECT_NEAR(view.zoom(), 300.0 / 64, 1e-9);
    view.set_smooth(false);
    EXPECT_DOUBLE_EQ(view.zoom(), 4);
    view.set_frame(plain_frame(200, 200, 0, 0, 0));
    EXPECT_DOUBLE_EQ(view.zoom(), 1.5) << "a whole factor would leave half of the view empty";
}

TEST_F(PictureViewTest, ZoomKeepsThePointUnderTheCursor) {
    view.set_frame(plain_frame(800, 600, 0, 0, 0));
    const QPointF cursor(120, 210);
    const auto picture_point = [&] {
        const QRectF target = view.target_rect();
        return QPointF((cursor.x() - target.left()) / target.width(),
                       (cursor.y() - target.top()) / target.height());
    };
    const QPointF before = picture_point();
    QWheelEvent wheel(cursor, view.mapToGlobal(cursor), {}, {0, 240}, Qt::NoButton, Qt::NoModifier,
                      Qt::NoScrollPhase, false);
    QApplication::sendEvent(&view, &wheel);
    EXPECT_GT(view.zoom(), 0.75);
    EXPECT_NEAR(picture_point().x(), before.x(), 2e-3);
    EXPECT_NEAR(picture_point().y(), before.y(), 2e-3);
}

TEST_F(PictureViewTest, DoubleClickTogglesFitAndFullSize) {
    view.set_frame(plain_frame(800, 600, 0, 0, 0));
    mouse(view, QEvent::MouseButtonDblClick, {200, 150}, Qt::LeftButton);
    EXPECT_DOUBLE_EQ(view.zoom(), 1);
    mouse(view, QEvent::MouseButtonDblClick, {200, 150}, Qt::LeftButton);
    EXPECT_TRUE(view.fits());
}

TEST_F(PictureViewTest, DragPansAndStaysWithinThePicture) {
    view.set_frame(plain_frame(800, 600, 0, 0, 0));
    view.set_zoom(1);
    const QPointF start = view.target_rect().topLeft();
    mouse(view, QEvent::MouseButtonPress, {200, 150}, Qt::LeftButton);
    mouse(view, QEvent::MouseMove, {230, 140}, Qt::LeftButton);
    EXPECT_EQ(view.target_rect().topLeft() - start, QPointF(30, -10));
    mouse(view, QEvent::MouseMove, {5000, 5000}, Qt::LeftButton);
    mouse(view, QEvent::MouseButtonRelease, {5000, 5000}, Qt::NoButton);
    EXPECT_EQ(view.target_rect().topLeft(), QPointF(0, 0));
}

TEST_F(PictureViewTest, KeysZoomAndPan) {
    view.set_frame(plain_frame(800, 600, 0, 0, 0));
    press(view, Qt::Key_1);
    EXPECT_DOUBLE_EQ(view.zoom(), 1);
    press(view, Qt::Key_Plus);
    EXPECT_DOUBLE_EQ(view.zoom(), 1.25);
    press(view, Qt::Key_Minus);
    EXPECT_DOUBLE_EQ(view.zoom(), 1);
    const double left = view.target_rect().left();
    press(view, Qt::Key_Right);
    EXPECT_LT(view.target_rect().left(), left);
    press(view, Qt::Key_0);
    EXPECT_TRUE(view.fits());
}

TEST_F(PictureViewTest, ZoomSurvivesFramesOfTheSameSizeOnly) {
    view.set_frame(plain_frame(800, 600, 0, 0, 0));
    view.set_zoom(2);
    view.set_frame(plain_frame(800, 600, 9, 9, 9));
    EXPECT_DOUBLE_EQ(view.zoom(), 2);
    view.set_frame(plain_frame(100, 100, 9, 9, 9));
    EXPECT_TRUE(view.fits());
}

TEST_F(PictureViewTest, DividerShowsBeforeLeftAndAfterRight) {
    view.set_before(plain_frame(400, 300, 255, 0, 0));
    view.set_frame(plain_frame(400, 300, 0, 0, 255));
    ASSERT_TRUE(view.comparing());
    view.set_divider(0.25);
    const QImage shown = view.grab().toImage();
    EXPECT_EQ(shown.pixelColor(40, 250), QColor(255, 0, 0));
    EXPECT_EQ(shown.pixelColor(180, 250), QColor(0, 0, 255));
    // Dragging the divider moves it, and only it.
    mouse(view, QEvent::MouseButtonPress, {100, 200}, Qt::LeftButton);
    mouse(view, QEvent::MouseMove, {300, 200}, Qt::LeftButton);
    mouse(view, QEvent::MouseButtonRelease, {300, 200}, Qt::NoButton);
    EXPECT_NEAR(view.divider(), 0.75, 1e-6);
    EXPECT_EQ(view.grab().toImage().pixelColor(180, 250), QColor(255, 0, 0));
    press(view, Qt::Key_Left);
    EXPECT_NEAR(view.divider(), 0.73, 1e-6);
    view.set_before({});
    EXPECT_FALSE(view.comparing());
}

TEST_F(PictureViewTest, EnlargesPixelsSharply) {
    view.set_smooth(false);
    view.set_frame(two_colours(2, 2));
    const QImage shown = view.grab().toImage();
    const QRect target = view.target_rect().toRect();
    EXPECT_EQ(shown.pixelColor(target.center().x() - 3, target.center().y()), QColor(200, 30, 30));
    EXPECT_EQ(shown.pixelColor(target.center().x() + 3, target.center().y()), QColor(30, 30, 200));
}

TEST_F(PictureViewTest, CheckerboardOnlyWhereTransparent) {
    view.set_frame(plain_frame(400, 300, 0, 0, 0, 0));
    const QImage clear = view.grab().toImage();
    EXPECT_NE(clear.pixelColor(4, 4), clear.pixelColor(12, 4));
    view.set_frame(plain_frame(400, 300, 50, 60, 70));
    const QImage solid = view.grab().toImage();
    EXPECT_EQ(solid.pixelColor(4, 4), QColor(50, 60, 70));
    EXPECT_EQ(solid.pixelColor(4, 4), solid.pixelColor(12, 4));
}

TEST_F(PictureViewTest, CopiesPixelsOfItsOwn) {
    Frame frame = plain_frame(12, 6, 3, 4, 5);
    view.set_frame(frame);
    view.copy_to_clipboard();
    view.set_frame({});
    frame = {};
    const QImage pasted = QApplication::clipboard()->image();
    ASSERT_EQ(pasted.size(), QSize(12, 6));
    EXPECT_EQ(pasted.pixelColor(11, 5), QColor(3, 4, 5));
}

TEST_F(PictureViewTest, NothingHappensWithoutAPicture) {
    view.set_empty_text(QStringLiteral("Nothing"), QStringLiteral("Drop something"));
    press(view, Qt::Key_Plus);
    mouse(view, QEvent::MouseButtonPress, {10, 10}, Qt::LeftButton);
    mouse(view, QEvent::MouseMove, {50, 50}, Qt::LeftButton);
    EXPECT_EQ(view.zoom(), 0);
    EXPECT_FALSE(view.grab().isNull());
}

}  // namespace
}  // namespace pentimento::ui
