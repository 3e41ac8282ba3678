// The ways of looking at a result beside its content.
#include "ui/widgets/picture_compare.h"

#include <gtest/gtest.h>

#include <QPushButton>
#include <QTest>

#include "pictures.h"
#include "ui/preferences.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using Mode = PictureCompare::Mode;

const QString kKey = QStringLiteral("test/compare");

class PictureCompareTest : public testing::Test {
  protected:
    PictureCompareTest() {
        preferences::remove(kKey);
        compare.resize(640, 300);
        compare.after().set_frame(plain_frame(100, 80, 200, 10, 10));
        compare.set_before(plain_frame(400, 320, 10, 10, 200));
        compare.show();
    }
    /// The colour in the middle of the result's view.
    QColor middle() {
        const QImage shown = compare.after().grab().toImage();
        return shown.pixelColor(shown.rect().center() + QPoint(30, 30));
    }
    static constexpr QColor kBefore{10, 10, 200}, kAfter{200, 10, 10};

    PictureCompare compare;
};

TEST_F(PictureCompareTest, SideBySideZoomsAndMovesTogether) {
    compare.set_mode(Mode::SideBySide);
    QTest::qWait(10);
    PictureView &before = compare.before(), &after = compare.after();
    ASSERT_TRUE(before.isVisible());
    EXPECT_EQ(before.size(), after.size());
    EXPECT_EQ(before.target_rect(), after.target_rect());
    after.set_zoom(8, {40, 50});
    EXPECT_DOUBLE_EQ(before.zoom(), 2) << "its picture has four times the pixels";
    EXPECT_EQ(before.target_rect(), after.target_rect());
    before.pan({-25, 13});
    EXPECT_EQ(before.target_rect(), after.target_rect());
    before.set_zoom(3, {10, 10});
    EXPECT_DOUBLE_EQ(after.zoom(), 12);
    EXPECT_EQ(before.target_rect(), after.target_rect());
    // Another result of the same size, or another content, keeps the place.
    const QRectF place = after.target_rect();
    after.set_frame(plain_frame(100, 80, 0, 0, 0));
    compare.set_before(plain_frame(200, 160, 0, 0, 0));
    EXPECT_EQ(after.target_rect(), place);
    EXPECT_EQ(before.target_rect(), place);
    after.set_zoom(0);
    EXPECT_TRUE(before.fits());
}

TEST_F(PictureCompareTest, OtherModesShowOneViewAndTheDividerOnlyInItsOwn) {
    for (const Mode mode : {Mode::After, Mode::Divider, Mode::Blink}) {
        compare.set_mode(mode);
        EXPECT_FALSE(compare.before().isVisible());
        EXPECT_EQ(compare.after().comparing(), mode == Mode::Divider);
        EXPECT_EQ(middle(), kAfter);
    }
}

TEST_F(PictureCompareTest, BlinkShowsTheBeforeForAsLongAsItIsHeld) {
    compare.set_mode(Mode::Blink);
    compare.after().set_zoom(5, {0, 0});
    const QRectF place = compare.after().target_rect();
    CompareChooser chooser(compare, kKey);
    compare.set_mode(Mode::Blink);
    EXPECT_EQ(middle(), kAfter);
    QTest::mousePress(&chooser.hold(), Qt::LeftButton);
    EXPECT_EQ(middle(), kBefore);
    EXPECT_EQ(compare.after().target_rect(), place);
    EXPECT_EQ(compare.after().frame().width, 100) << "what can be exported is still the result";
    QTest::mouseRelease(&chooser.hold(), Qt::LeftButton);
    EXPECT_EQ(middle(), kAfter);
    EXPECT_FALSE(compare.alternating()) << "nothing flashes by itself";
    chooser.alternate().click();
    EXPECT_TRUE(compare.alternating());
    compare.set_mode(Mode::After);
    EXPECT_FALSE(compare.alternating());
    EXPECT_FALSE(chooser.alternate().isChecked());
    EXPECT_EQ(middle(), kAfter);
}

TEST_F(PictureCompareTest, TheKeyBShowsTheBeforeFromAnywhereInThePage) {
    QWidget page;
    auto* button = new QPushButton(&page);
    page.show();
    compare.listen_to_keys_of(&page);
    compare.set_mode(Mode::After);
    QTest::keyPress(button, Qt::Key_B);
    EXPECT_TRUE(compare.showing_before());
    EXPECT_EQ(middle(), kBefore);
    QTest::keyRelease(button, Qt::Key_B);
    EXPECT_EQ(middle(), kAfter);
    QTest::keyPress(button, Qt::Key_B);
    page.hide();  // the release goes elsewhere
    EXPECT_FALSE(compare.showing_before());
}

TEST_F(PictureCompareTest, TheChoiceIsRememberedAndWorksByKeyboard) {
    {
        CompareChooser chooser(compare, kKey);
        chooser.show();
        chooser.activateWindow();
        ASSERT_TRUE(QTest::qWaitForWindowActive(&chooser));
        EXPECT_EQ(compare.mode(), Mode::Divider) << "the first time";
        EXPECT_FALSE(chooser.hold().isVisible());
        chooser.button(Mode::Divider).setFocus();
        QTest::keyClick(&chooser.button(Mode::Divider), Qt::Key_Right);
        EXPECT_EQ(compare.mode(), Mode::SideBySide);
        QTest::keyClick(&chooser.button(Mode::SideBySide), Qt::Key_Right);
        EXPECT_EQ(compare.mode(), Mode::Blink);
        EXPECT_TRUE(chooser.hold().isVisible());
    }
    PictureCompare other;
    CompareChooser chooser(other, kKey);
    EXPECT_EQ(other.mode(), Mode::Blink);
}

TEST(PictureCompare, WithoutAResultNothingIsCompared) {
    PictureCompare compare;
    compare.set_mode(Mode::SideBySide);
    compare.set_before(plain_frame(40, 30, 1, 2, 3));
    compare.before().set_zoom(3);
    compare.set_mode(Mode::Blink);
    compare.show_before(true);
    EXPECT_TRUE(compare.after().frame().empty());
    compare.resize(200, 200);
    EXPECT_FALSE(compare.grab().isNull());
}

}  // namespace
}  // namespace pentimento::ui
