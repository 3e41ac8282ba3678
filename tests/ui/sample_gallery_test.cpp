// The sample gallery over a real experiment folder.
#include "core/base/file.h"
#include "ui/widgets/sample_gallery.h"

#include <gtest/gtest.h>

#include <QApplication>
#include <QKeyEvent>
#include <QLabel>

#include "fake_run.h"
#include "pictures.h"
#include "ui/stall_watch.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::wait_for;

class GalleryTest : public testing::Test {
  protected:
    GalleryTest() {
        RunInfo info;
        info.kind = "gan";
        info.name = "test";
        info.params = {{"size", 16}};
        auto created = Experiment::create(folder.path() / "run", info);
        EXPECT_TRUE(created.ok());
        experiment = *created;
        gallery.resize(400, 400);
    }

    void save(std::int64_t step, std::uint8_t shade, int edge = 32) {
        const auto path = experiment->sample_path(step);
        std::filesystem::create_directories(path.parent_path());
        ASSERT_TRUE(write_picture(path, plain_frame(edge, edge, shade, shade, shade)).ok());
    }
    bool shows(std::int64_t step, int shade) {
        return wait_for([&] {
            return gallery.current_step() == step && !gallery.current_frame().empty() &&
                   gallery.current_frame().pixels[0] == shade;
        });
    }
    QString label() { return gallery.findChild<QLabel*>()->text(); }

    test::Folder folder;
    std::optional<Experiment> experiment;
    SampleGallery gallery;
};

TEST_F(GalleryTest, ShowsTheNewestAndMovesThroughTime) {
    save(100, 10);
    save(200, 20);
    save(1200, 30);
    gallery.set_experiment(experiment);
    ASSERT_TRUE(shows(1200, 30));
    EXPECT_EQ(gallery.sample_count(), 3);
    gallery.set_position(0);
    ASSERT_TRUE(shows(100, 10));
    EXPECT_EQ(label(), QStringLiteral("step 100 of 1,200"));
    QKeyEvent right(QEvent::KeyPress, Qt::Key_Right, Qt::NoModifier);
    QApplication::sendEvent(&gallery, &right);
    EXPECT_TRUE(shows(200, 20));
}

TEST_F(GalleryTest, LivePicturesShowAtNowOnly) {
    save(100, 10);
    gallery.set_experiment(experiment);
    ASSERT_TRUE(shows(100, 10));
    gallery.show_live({plain_frame(48, 32, 90, 90, 90), 150, 3, 2});
    EXPECT_TRUE(gallery.at_now());
    EXPECT_EQ(gallery.current_step(), 150);
    EXPECT_EQ(gallery.current_grid(), QSize(3, 2));
    gallery.set_position(0);
    ASSERT_TRUE(shows(100, 10));
    EXPECT_EQ(gallery.current_grid(), QSize(2, 2)) << "cells of a stored grid follow from its size";
    gallery.show_live({plain_frame(48, 32, 91, 91, 91), 151, 3, 2});
    EXPECT_EQ(gallery.current_step(), 100) << "the past is not pushed away by the present";
}

TEST_F(GalleryTest, FindsNewFilesAndStaysAtTheNewest) {
    gallery.set_experiment(experiment);
    save(1, 40);
    ASSERT_TRUE(wait_for([&] {
        gallery.refresh();
        return gallery.sample_count() == 1;
    }));
    ASSERT_TRUE(shows(1, 40));
    save(2, 50);
    gallery.refresh();
    ASSERT_TRUE(wait_for([&] { return gallery.sample_count() == 2; }));
    EXPECT_TRUE(shows(2, 50));
}

TEST_F(GalleryTest, PlaysEverySampleInOrder) {
    for (int i = 1; i <= 5; ++i) save(i, static_cast<std::uint8_t>(10 * i));
    gallery.set_experiment(experiment);
    ASSERT_TRUE(shows(5, 50));
    std::vector<qint64> seen;
    QObject::connect(&gallery, &SampleGallery::shown, &gallery,
                     [&](qint64 step) { seen.push_back(step); });
    gallery.set_playing(true);
    ASSERT_TRUE(wait_for([&] { return !gallery.playing(); }));
    EXPECT_EQ(seen, (std::vector<qint64>{1, 2, 3, 4, 5}));
}

TEST_F(GalleryTest, SaysWhichFileCannotBeRead) {
    save(1, 10);
    save(2, 20);
    ASSERT_TRUE(
        write_file_atomically(experiment->sample_path(2), std::string_view("no picture")).ok());
    gallery.set_experiment(experiment);
    EXPECT_TRUE(wait_for([&] { return label().contains(QStringLiteral("cannot be read")); }));
}

TEST_F(GalleryTest, NeverStallsWhileScrubbing) {
    for (int i = 1; i <= 30; ++i) save(i, static_cast<std::uint8_t>(i), 512);
    gallery.set_experiment(experiment);
    ASSERT_TRUE(shows(30, 30));
    gallery.show();
    StallWatch watch;
    for (int i = 0; i < 60; ++i) {
        gallery.set_position(i % 30);
        wait_for([] { return false; }, 10);
    }
    EXPECT_LT(watch.longest_stall(), 100);
}

TEST_F(GalleryTest, ClearsWhileLoading) {
    for (int i = 1; i <= 10; ++i) save(i, 10, 256);
    gallery.set_experiment(experiment);
    gallery.clear();
    wait_for([] { return false; }, 50);
    EXPECT_TRUE(gallery.current_frame().empty());
    EXPECT_EQ(gallery.sample_count(), 0);
}

}  // namespace
}  // namespace pentimento::ui
