// Many pictures and films on the Style page.
#include <gtest/gtest.h>

#include <QDir>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>

#include "core/base/file.h"
#include "core/jobs/video.h"
#include "core/media/video.h"
#include "core/style/style_run.h"
#include "fake_run.h"
#include "pictures.h"
#include "tests/moving_square.h"
#include "tests/toy_data.h"
#include "ui/dialogs/series_dialog.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style_page.h"
#include "ui/preferences.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::two_colours;
using test::wait_for;

class SeriesTest : public testing::Test {
  protected:
    SeriesTest()
        : forgotten(forget()), context(Workspace{folder.path() / "workspace"}), page(context) {
        for (int i = 0; i < 3; ++i)
            folder.picture(QStringLiteral("photos/%1.png").arg(i), two_colours(64 + 8 * i, 64));
        style = folder.picture(QStringLiteral("waves.png"), gradient_frame(64, 64));
        other = folder.picture(QStringLiteral("dunes.png"), plain_frame(64, 64, 200, 160, 90));
    }
    ~SeriesTest() override { page.shut_down(); }
    static bool forget() {
        preferences::remove(QStringLiteral("style"));
        return true;
    }
    void set(const char* method, std::int64_t steps = 4) {
        ParamSet params = page.panel().params();
        const auto applied = params.apply({{"method", std::string(method)},
                                           {"size", std::int64_t{64}},
                                           {"steps", steps},
                                           {"threads", std::int64_t{1}}});
        ASSERT_TRUE(applied) << applied.error().message;
        page.panel().set_params(params);
        page.inputs().style(0).load(style);
        ASSERT_TRUE(wait_for([&] { return !page.inputs().loading(); }));
    }
    /// The dialog as the person meets it, with what they chose.
    SeriesDialog* dialog(const QStringList& paths) {
        page.inputs().series().click();
        auto* dialog = page.findChild<SeriesDialog*>();
        if (!dialog) return nullptr;
        dialog->choose(paths);
        EXPECT_TRUE(wait_for([&] { return !dialog->looking(); }, 20'000));
        return dialog;
    }
    bool ended() {
        return wait_for([&] { return page.controller().state() == State::Finished; }, 60'000) &&
               wait_for([&] { return page.offer().isVisibleTo(&page); }, 20'000);
    }
    QString banner() const { return page.banner(); }
    QStringList made(const QString& path) {
        return QDir(path).entryList({QStringLiteral("*.png")}, QDir::Files, QDir::Name);
    }
    QString film(int frames) {
        const auto path = folder.path() / "clip.mp4";
        auto writer = VideoWriter::create(path, 64, 48, 10);
        EXPECT_TRUE(writer) << writer.error().message;
        for (int i = 0; i < frames; ++i) EXPECT_TRUE((*writer)->write(scene.at(i)));
        EXPECT_TRUE((*writer)->finish());
        return QString::fromStdString(path.string());
    }

    static int frames_of(const std::filesystem::path& film) {
        const auto reader = VideoReader::open(film);
        EXPECT_TRUE(reader) << reader.error().message;
        int frames = 0;
        while (reader && *(*reader)->next()) ++frames;
        return frames;
    }

    MovingSquare scene{.width = 64, .height = 48, .size = 20};
    bool forgotten;
    test::Folder folder;
    StudioContext context;
    StylePage page;
    QString style, other;
};

TEST_F(SeriesTest, TheButtonSaysWhatIsMissing) {
    EXPECT_FALSE(page.inputs().series().isEnabled());
    EXPECT_TRUE(page.inputs().series().toolTip().contains(QStringLiteral("style picture")));
    set("instant");
    // No content picture is needed: the folder has them.
    EXPECT_TRUE(page.inputs().series().isEnabled()) << page.inputs().series().toolTip().toStdString();
}

TEST_F(SeriesTest, PaintsEachPictureOfAFolderInAllStylesByThemselves) {
    set("instant");
    page.inputs().add_style(other);
    ASSERT_TRUE(wait_for([&] { return !page.inputs().loading(); }));
    SeriesDialog* asked = dialog({folder.file(QStringLiteral("photos"))});
    ASSERT_TRUE(asked);
    EXPECT_TRUE(asked->paint_button().isEnabled()) << asked->paint_button().toolTip().toStdString();
    EXPECT_TRUE(asked->summary().startsWith(QStringLiteral("3 ")))
        << asked->summary().toStdString();
    asked->separate_button().click();
    EXPECT_TRUE(asked->summary().startsWith(QStringLiteral("6 ")))
        << asked->summary().toStdString();
    const QString out = asked->out().text();
    EXPECT_TRUE(out.endsWith(QStringLiteral("photos in waves"))) << out.toStdString();
    asked->accept();
    ASSERT_TRUE(ended()) << banner().toStdString();
    EXPECT_EQ(made(out),
              (QStringList{QStringLiteral("0--dunes.png"), QStringLiteral("0--waves.png"),
                           QStringLiteral("1--dunes.png"), QStringLiteral("1--waves.png"),
                           QStringLiteral("2--dunes.png"), QStringLiteral("2--waves.png")}));
    EXPECT_FALSE(page.bar().resume().isEnabled()) << "nothing is left to go on with";
    // The next plan goes into a folder of its own.
    SeriesDialog* again = dialog({folder.file(QStringLiteral("photos"))});
    ASSERT_TRUE(again);
    EXPECT_NE(again->out().text(), out);
    again->reject();
}

TEST_F(SeriesTest, ABrokenPictureIsToldOfAndTheOthersArePainted) {
    set("instant");
    folder.text(QStringLiteral("photos/broken.png"), "this is no picture");
    SeriesDialog* asked = dialog({folder.file(QStringLiteral("photos"))});
    ASSERT_TRUE(asked);
    const QString out = asked->out().text();
    asked->accept();
    ASSERT_TRUE(ended()) << banner().toStdString();
    EXPECT_EQ(made(out).size(), 3);
    EXPECT_FALSE(page.gallery().current_frame().empty()) << "the last one stays to be seen";
    EXPECT_TRUE(banner().contains(QStringLiteral("broken.png"))) << banner().toStdString();
}

TEST_F(SeriesTest, WhatIsThereAlreadyIsLeftAsItIs) {
    set("instant");
    const QString out = folder.file(QStringLiteral("results"));
    folder.picture(QStringLiteral("results/1--waves.png"), plain_frame(3, 3, 1, 2, 3));
    SeriesDialog* asked = dialog({folder.file(QStringLiteral("photos"))});
    ASSERT_TRUE(asked);
    SeriesPlan plan = asked->plan();
    asked->reject();
    plan.out = out.toStdString();
    page.paint_series(plan);
    ASSERT_TRUE(ended()) << banner().toStdString();
    EXPECT_EQ(made(out).size(), 3);
    EXPECT_EQ(read_picture(plan.out / "1--waves.png")->width, 3);
    EXPECT_TRUE(banner().contains(QStringLiteral("1 were there"))) << banner().toStdString();
}

TEST_F(SeriesTest, ARefinedFilmIsStoppedGoneOnWithAndDone) {
    set("optimise", 3000);
    SeriesDialog* asked = dialog({film(4)});
    ASSERT_TRUE(asked);
    EXPECT_TRUE(asked->film_settings().isVisibleTo(asked));
    EXPECT_FALSE(asked->blend_button().isVisibleTo(asked));
    EXPECT_TRUE(asked->out().text().endsWith(QStringLiteral("clip in waves.mp4")));
    SeriesPlan plan = asked->plan();
    asked->reject();
    ASSERT_TRUE(plan.params.set("steps", std::int64_t{3}));
    ASSERT_TRUE(plan.params.set("frame_steps", std::int64_t{150}));
    page.paint_series(plan);
    const auto frames = video_work_folder(plan.out);
    ASSERT_TRUE(wait_for([&] { return std::filesystem::exists(frames / "00000001.png"); }, 60'000))
        << banner().toStdString();
    EXPECT_FALSE(page.bar().snapshot().isEnabled());
    EXPECT_FALSE(page.inputs().series().isEnabled());
    page.bar().stop().click();
    ASSERT_TRUE(ended()) << banner().toStdString();
    EXPECT_TRUE(banner().contains(QStringLiteral("Stopped after 1"))) << banner().toStdString();
    EXPECT_TRUE(std::filesystem::exists(plan.out)) << "what is done so far is a film";
    // The page's own settings are others by now; the film's hold.
    ASSERT_TRUE(page.bar().resume().isEnabled());
    page.bar().resume().click();
    ASSERT_TRUE(wait_for([&] { return page.controller().active(); }));
    ASSERT_TRUE(ended()) << banner().toStdString();
    EXPECT_TRUE(banner().contains(QStringLiteral("done"))) << banner().toStdString();
    EXPECT_FALSE(std::filesystem::exists(frames));
    EXPECT_EQ(frames_of(plan.out), 4);
    EXPECT_FALSE(page.bar().resume().isEnabled());
}

TEST_F(SeriesTest, AFolderOfFramesBecomesAFilm) {
    set("instant");
    for (int i = 0; i < 3; ++i) folder.picture(QStringLiteral("frames/%1.png").arg(i), scene.at(i));
    SeriesDialog* asked = dialog({folder.file(QStringLiteral("frames"))});
    ASSERT_TRUE(asked);
    EXPECT_TRUE(asked->frames_button().isVisibleTo(asked));
    asked->frames_button().click();
    const QString out = asked->out().text();
    EXPECT_TRUE(out.endsWith(QStringLiteral(".mp4"))) << out.toStdString();
    EXPECT_FALSE(asked->film_settings().isVisibleTo(asked)) << "one pass has no steps to set";
    asked->accept();
    ASSERT_TRUE(ended()) << banner().toStdString();
    EXPECT_EQ(frames_of(out.toStdString()), 3);
    EXPECT_FALSE(page.bar().resume().isEnabled());
}

TEST_F(SeriesTest, AFilmInTheContentsWellIsAskedAbout) {
    const QString clip = film(2);
    page.inputs().content().load(clip);
    EXPECT_FALSE(page.findChild<SeriesDialog*>());
    EXPECT_TRUE(banner().contains(QStringLiteral("style picture"))) << banner().toStdString();
    set("instant");
    page.inputs().content().load(clip);
    auto* asked = page.findChild<SeriesDialog*>();
    ASSERT_TRUE(asked);
    ASSERT_TRUE(wait_for([&] { return !asked->looking(); }));
    EXPECT_EQ(asked->plan().film, clip.toStdString());
    asked->reject();
    // A style is a picture.
    page.inputs().style(0).load(clip);
    ASSERT_TRUE(wait_for([&] { return !page.inputs().loading(); }));
    EXPECT_FALSE(page.inputs().style(0).error_text().isEmpty());
}

TEST_F(SeriesTest, WhatCannotBePaintedIsRefusedWithTheReason) {
    set("instant");
    SeriesDialog* asked = dialog({folder.text(QStringLiteral("notes.txt"), "no film")});
    ASSERT_TRUE(asked);
    EXPECT_FALSE(asked->paint_button().isEnabled());
    asked->choose({folder.file(QStringLiteral("empty"))});
    ASSERT_TRUE(wait_for([&] { return !asked->looking(); }));
    EXPECT_FALSE(asked->paint_button().isEnabled());
    asked->choose({folder.file(QStringLiteral("photos/0.png"))});
    ASSERT_TRUE(wait_for([&] { return !asked->looking(); }));
    EXPECT_TRUE(asked->paint_button().isEnabled());
    asked->out().clear();
    Q_EMIT asked->out().textEdited({});
    EXPECT_FALSE(asked->paint_button().isEnabled());
    asked->reject();
}

TEST_F(SeriesTest, ABlendAfterwardsIsWhatResumeGoesOnWith) {
    set("instant");
    SeriesDialog* asked = dialog({folder.file(QStringLiteral("photos/0.png"))});
    ASSERT_TRUE(asked);
    asked->accept();
    ASSERT_TRUE(ended()) << banner().toStdString();
    page.inputs().content().load(folder.file(QStringLiteral("photos/1.png")));
    ASSERT_TRUE(wait_for([&] { return !page.inputs().loading(); }));
    page.blend();
    EXPECT_TRUE(wait_for([&] { return page.bar().resume().isEnabled(); }, 30'000));
    EXPECT_FALSE(page.offer().isVisibleTo(&page));
}

}  // namespace
}  // namespace pentimento::ui
