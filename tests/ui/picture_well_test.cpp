// Wells: drops, pastes, drags, errors.
#include "ui/widgets/picture_well.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QBuffer>
#include <QClipboard>
#include <QDropEvent>
#include <QFile>
#include <QMimeData>
#include <QUrl>

#include "fake_run.h"
#include "pictures.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::two_colours;
using test::wait_for;

class WellTest : public testing::Test {
  protected:
    WellTest() : well(folder.path() / "inputs", QStringLiteral("Content picture")) {
        well.resize(240, 180);
    }

    // What a drag over the well does, event by event.
    bool drop(const QMimeData& mime) {
        QDragEnterEvent enter(QPoint(20, 20), Qt::CopyAction, &mime, Qt::LeftButton,
                              Qt::NoModifier);
        QApplication::sendEvent(&well, &enter);
        if (!enter.isAccepted()) return false;
        QDropEvent dropped(QPointF(20, 20), Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(&well, &dropped);
        return true;
    }
    bool settled() {
        return wait_for([&] { return !well.loading(); });
    }
    static QByteArray png(const QImage& image) {
        QByteArray bytes;
        QBuffer buffer(&bytes);
        buffer.open(QIODevice::WriteOnly);
        image.save(&buffer, "PNG");
        return bytes;
    }

    test::Folder folder;
    PictureWell well;
};

TEST_F(WellTest, TakesADroppedFile) {
    const QString path = folder.picture(QStringLiteral("red and blue.png"), two_colours(60, 40));
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(path)});
    ASSERT_TRUE(drop(mime));
    ASSERT_TRUE(settled());
    ASSERT_TRUE(well.picture());
    EXPECT_EQ(well.picture()->size, QSize(60, 40));
    EXPECT_EQ(well.picture()->path, path);
    EXPECT_EQ(well.picture()->name, QStringLiteral("red and blue.png"));
    EXPECT_TRUE(well.accessibleName().contains(QStringLiteral("red and blue.png")));
}

TEST_F(WellTest, TakesEncodedPicturesOfOtherPrograms) {
    QImage image(30, 20, QImage::Format_RGB32);
    image.fill(QColor(1, 2, 3));
    QMimeData mime;
    mime.setData(QStringLiteral("image/png"), png(image));
    ASSERT_TRUE(drop(mime));
    ASSERT_TRUE(settled());
    ASSERT_TRUE(well.picture()) << well.error_text().toStdString();
    EXPECT_EQ(well.picture()->size, QSize(30, 20));
    // It has become a file that a run can copy.
    const auto stored = read_picture(well.picture()->path.toStdString());
    ASSERT_TRUE(stored.ok());
    EXPECT_EQ(stored->row(19)[4 * 29 + 2], 3);
}

TEST_F(WellTest, PastesPixelsFromTheClipboard) {
    QImage image(11, 13, QImage::Format_ARGB32);
    image.fill(QColor(200, 100, 50));
    QApplication::clipboard()->setImage(image);
    QKeyEvent paste(QEvent::KeyPress, Qt::Key_V, Qt::ControlModifier);
    QApplication::sendEvent(&well, &paste);
    ASSERT_TRUE(settled());
    ASSERT_TRUE(well.picture()) << well.error_text().toStdString();
    EXPECT_EQ(well.picture()->size, QSize(11, 13));
    EXPECT_TRUE(QFile::exists(well.picture()->path));
}

TEST_F(WellTest, SaysInPlaceWhatCannotBeRead) {
    const QString good = folder.picture(QStringLiteral("good.png"), plain_frame(8, 8, 1, 1, 1));
    well.load(good);
    ASSERT_TRUE(settled());
    well.load(folder.text(QStringLiteral("bad.png"), "this is not a picture"));
    ASSERT_TRUE(settled());
    EXPECT_FALSE(well.error_text().isEmpty());
    ASSERT_TRUE(well.picture()) << "a failed drop loses nothing";
    EXPECT_EQ(well.picture()->path, good);
    EXPECT_EQ(well.accessibleDescription(), well.error_text());
}

TEST_F(WellTest, RefusesAddressesOnTheNetworkWithAReason) {
    QMimeData mime;
    mime.setUrls({QUrl(QStringLiteral("https://example.org/cat.png"))});
    ASSERT_TRUE(drop(mime));
    EXPECT_FALSE(well.error_text().isEmpty());
    EXPECT_FALSE(well.picture());
}

TEST_F(WellTest, IgnoresText) {
    QMimeData mime;
    mime.setText(QStringLiteral("hello"));
    EXPECT_FALSE(drop(mime));
}

TEST_F(WellTest, LockedTakesNothing) {
    well.set_locked(QStringLiteral("Running"));
    QMimeData mime;
    mime.setUrls(
        {QUrl::fromLocalFile(folder.picture(QStringLiteral("a.png"), plain_frame(8, 8, 1, 1, 1)))});
    EXPECT_FALSE(drop(mime));
    EXPECT_TRUE(well.toolTip().contains(QStringLiteral("Running")));
    well.paste();
    EXPECT_FALSE(well.loading());
}

TEST_F(WellTest, DeleteRemoves) {
    well.load(folder.picture(QStringLiteral("a.png"), plain_frame(8, 8, 1, 1, 1)));
    ASSERT_TRUE(settled());
    int changes = 0;
    QObject::connect(&well, &PictureWell::changed, &well, [&] { ++changes; });
    QKeyEvent remove(QEvent::KeyPress, Qt::Key_Delete, Qt::NoModifier);
    QApplication::sendEvent(&well, &remove);
    EXPECT_FALSE(well.picture());
    EXPECT_EQ(changes, 1);
}

TEST_F(WellTest, TheNewestLoadWins) {
    const QString large = folder.picture(QStringLiteral("large.png"), two_colours(1500, 1500));
    const QString small = folder.picture(QStringLiteral("small.png"), plain_frame(8, 8, 1, 1, 1));
    well.load(large);
    well.load(small);
    ASSERT_TRUE(settled());
    wait_for([] { return false; }, 100);
    ASSERT_TRUE(well.picture());
    EXPECT_EQ(well.picture()->path, small);
}

TEST_F(WellTest, LargePicturesAreShownSmallButKnownWhole) {
    well.load(folder.picture(QStringLiteral("wide.png"), plain_frame(2400, 300, 5, 5, 5)));
    ASSERT_TRUE(settled());
    ASSERT_TRUE(well.picture());
    EXPECT_EQ(well.picture()->size, QSize(2400, 300));
    EXPECT_EQ(well.picture()->frame.width, kWellEdge);
}

}  // namespace
}  // namespace pentimento::ui
