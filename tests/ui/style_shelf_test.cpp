// The library and the history of the Style page.
#include <gtest/gtest.h>

#include <QApplication>
#include <QDropEvent>
#include <QMimeData>
#include <QPushButton>
#include <QUrl>

#include "core/jobs/jobs.h"
#include "fake_run.h"
#include "pictures.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style/shelf.h"
#include "ui/pages/style_page.h"
#include "ui/preferences.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_shelf.h"
#include "ui/widgets/picture_view.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::two_colours;
using test::wait_for;

class StyleShelfTest : public testing::Test {
  protected:
    StyleShelfTest()
        : forgotten(forget()), context(Workspace{folder.path() / "workspace"}), page(context) {
        content = folder.picture(QStringLiteral("content.png"), two_colours(40, 30));
        green = folder.picture(QStringLiteral("a_green_one.png"), plain_frame(30, 30, 9, 200, 9));
        red = folder.picture(QStringLiteral("red.png"), plain_frame(20, 30, 200, 9, 9));
        EXPECT_TRUE(idle());
    }
    ~StyleShelfTest() override { page.shut_down(); }
    static bool forget() {
        preferences::remove(QStringLiteral("style"));
        return true;
    }
    bool idle() {
        return wait_for([&] { return !page.shelf().busy() && !page.inputs().loading(); });
    }
    bool rests() {
        return wait_for([&] { return page.instant().busy(); }) &&
               wait_for([&] { return !page.instant().busy(); }, 30'000);
    }
    int own() const {
        return static_cast<int>(
            std::count_if(page_shelf().library().begin(), page_shelf().library().end(),
                          [](const LibraryPicture& picture) { return picture.own; }));
    }
    const StyleShelf& page_shelf() const { return const_cast<StylePage&>(page).shelf(); }

    bool forgotten;
    test::Folder folder;
    StudioContext context;
    StylePage page;
    QString content, green, red;
};

TEST_F(StyleShelfTest, KeepsPicturesOnceAndTakesThemOutAgain) {
    const auto samples = page.shelf().library().size();
    EXPECT_EQ(own(), 0);
    EXPECT_EQ(page.shelf().pictures().count(), static_cast<int>(samples));
    page.shelf().keep(PictureSource::from_path(green));
    ASSERT_TRUE(idle());
    page.shelf().keep(PictureSource::from_path(green));
    ASSERT_TRUE(idle());
    ASSERT_EQ(own(), 1);
    const LibraryPicture kept = page.shelf().library().front();
    EXPECT_EQ(kept.name, QStringLiteral("A green one"));
    EXPECT_EQ(std::filesystem::path(kept.path.toStdString()).parent_path(),
              context.workspace().root / "library");
    EXPECT_EQ(kept.thumbnail.pixelColor(5, 5), QColor(9, 200, 9));
    // Another studio finds it.
    EXPECT_EQ(read_library(context.workspace().root / "library").size(), samples + 1);
    // The original may go, the library's own may not be deleted by a wrong path.
    page.shelf().remove(red);
    ASSERT_TRUE(idle());
    EXPECT_TRUE(QFile::exists(red));
    EXPECT_FALSE(page.banner().isEmpty());
    page.shelf().remove(kept.path);
    ASSERT_TRUE(idle());
    EXPECT_EQ(own(), 0);
    EXPECT_EQ(page.shelf().library().size(), samples);
    page.shelf().keep(
        PictureSource::from_path(folder.text(QStringLiteral("none.png"), "this is no picture")));
    ASSERT_TRUE(idle());
    EXPECT_EQ(own(), 0);
}

TEST_F(StyleShelfTest, AClickFillsTheNextWellAndADragCarriesTheFile) {
    page.shelf().keep(PictureSource::from_path(green));
    ASSERT_TRUE(idle());
    PictureShelf& strip = page.shelf().pictures();
    const QString path = page.shelf().library().front().path;
    Q_EMIT strip.itemClicked(strip.item(0));
    ASSERT_TRUE(idle());
    ASSERT_EQ(page.inputs().style_count(), 1);
    EXPECT_EQ(page.inputs().style(0).picture()->path, path);
    Q_EMIT strip.itemClicked(strip.item(0));
    ASSERT_TRUE(idle());
    EXPECT_EQ(page.inputs().style_count(), 2);
    Q_EMIT strip.menu_chosen(QStringLiteral("content"), path);
    ASSERT_TRUE(idle());
    EXPECT_EQ(page.inputs().content().picture()->path, path);
    // What a drag carries is what a well takes, also for the studio's own samples.
    for (int i : {0, strip.count() - 1}) {
        const QModelIndex index = strip.model()->index(i, 0);
        const std::unique_ptr<QMimeData> mime(strip.model()->mimeData({index}));
        ASSERT_TRUE(mime);
        const auto source = picture_from_mime(mime.get());
        ASSERT_TRUE(source.ok()) << source.error().message;
        const auto picture = load_picture(*source, folder.path() / "inputs");
        EXPECT_TRUE(picture.ok()) << picture.error().message;
    }
}

TEST_F(StyleShelfTest, APictureThatIsDroppedOnTheStripIsKept) {
    PictureShelf& strip = page.shelf().pictures();
    QMimeData mime;
    mime.setUrls({QUrl::fromLocalFile(red)});
    QDragEnterEvent enter({5, 5}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(strip.viewport(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop({5, 5}, Qt::CopyAction, &mime, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(strip.viewport(), &drop);
    ASSERT_TRUE(idle());
    ASSERT_EQ(own(), 1);
    EXPECT_EQ(page.shelf().library().front().name, QStringLiteral("Red"));
    // By the key as by the menu.
    strip.setCurrentRow(0);
    QKeyEvent key(QEvent::KeyPress, Qt::Key_Delete, Qt::NoModifier);
    QApplication::sendEvent(&strip, &key);
    ASSERT_TRUE(idle());
    EXPECT_EQ(own(), 0);
}

TEST(StyleHistoryTest, KeepsSoManyPicturesInMemory) {
    StyleHistory history;
    // Large enough that a few fill the memory that they may take.
    for (int i = 0; i < 40; ++i) {
        StyleResult result;
        ASSERT_TRUE(result.params.set("strength", i / 50.0));
        result.picture = plain_frame(4000, 2000, 1, 2, 3);
        EXPECT_TRUE(history.add(result));
        EXPECT_FALSE(history.add(result)) << "the same again";
    }
    const auto all = history.all();
    ASSERT_EQ(all.size(), StyleHistory::kMostOfSession);
    EXPECT_FALSE(all.front().picture.empty());
    EXPECT_TRUE(all.back().picture.empty()) << "its settings are kept, not its pixels";
    EXPECT_NE(history.find(all.back().id), nullptr);
}

TEST_F(StyleShelfTest, AResultBringsBackPictureSettingsAndWells) {
    page.inputs().content().load(content);
    page.inputs().style(0).load(green);
    ASSERT_TRUE(idle());
    ASSERT_TRUE(rests());
    const QImage first = to_image(page.gallery().current_frame()).copy();
    ASSERT_EQ(page.shelf().results().count(), 1);
    page.panel().apply({{"strength", 0.25}}, QString());
    ASSERT_TRUE(rests());
    page.inputs().style(0).load(red);
    ASSERT_TRUE(idle());
    ASSERT_TRUE(rests());
    EXPECT_EQ(page.shelf().results().count(), 3);
    EXPECT_NE(to_image(page.gallery().current_frame()), first);
    // The first one is the last in the strip.
    PictureShelf& strip = page.shelf().results();
    Q_EMIT strip.itemClicked(strip.item(2));
    EXPECT_EQ(to_image(page.gallery().current_frame()), first);
    EXPECT_EQ(std::get<double>(page.panel().params().value("strength")), 1);
    EXPECT_EQ(page.inputs().style(0).picture()->path, green);
    EXPECT_FALSE(page.instant().busy()) << "the picture itself, not another like it";
    EXPECT_EQ(page.shelf().results().count(), 3);
    // And it goes on from there.
    page.panel().apply({{"strength", 0.5}}, QString());
    ASSERT_TRUE(rests());
    EXPECT_EQ(page.shelf().results().count(), 4);
}

TEST_F(StyleShelfTest, StoredRunsAreAmongTheResults) {
    page.inputs().content().load(content);
    page.inputs().style(0).load(green);
    ASSERT_TRUE(idle());
    ASSERT_TRUE(rests());
    page.panel().apply({{"method", std::string("instant")}, {"size", std::int64_t{64}}}, QString());
    ASSERT_TRUE(rests());
    const int before = page.shelf().results().count();
    page.blend();
    ASSERT_TRUE(wait_for([&] { return page.controller().state() == State::Finished; }, 30'000));
    ASSERT_TRUE(wait_for([&] { return page.shelf().results().count() == before + 1; }));
    page.inputs().clear();
    PictureShelf& strip = page.shelf().results();
    Q_EMIT strip.itemClicked(strip.item(before));  // stored ones come after the session's
    ASSERT_TRUE(wait_for([&] { return page.inputs().style_count() == 1; }));
    EXPECT_EQ(std::get<std::int64_t>(page.panel().params().value("size")), 64);
    ASSERT_TRUE(wait_for([&] { return page.gallery().current_frame().width == 64; }));
}

TEST_F(StyleShelfTest, FoldsAway) {
    EXPECT_TRUE(page.shelf().unfolded());
    page.shelf().show_tab(StyleShelf::Tab::Results);
    EXPECT_TRUE(page.shelf().unfolded());
    page.shelf().show_tab(StyleShelf::Tab::Results);
    EXPECT_FALSE(page.shelf().unfolded());
    page.shelf().show_tab(StyleShelf::Tab::Library);
    EXPECT_TRUE(page.shelf().unfolded());
}

}  // namespace
}  // namespace pentimento::ui
