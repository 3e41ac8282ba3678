// The thumbnail model under Qt's model tester, and its behaviour with very many pictures.
#include "ui/widgets/thumbnail_grid.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QScrollBar>

#include "fake_run.h"
#include "pictures.h"
#include "ui/stall_watch.h"

namespace pentimento::ui {
namespace {

using test::wait_for;

PackedDataset make_pack(const std::filesystem::path& path, int count, int edge, bool classes) {
    auto writer = PackWriter::create(path, edge, edge, 1);
    EXPECT_TRUE(writer.ok());
    std::vector<std::uint8_t> pixels(static_cast<std::size_t>(edge * edge));
    for (int i = 0; i < count; ++i) {
        std::fill(pixels.begin(), pixels.end(), static_cast<std::uint8_t>(i));
        EXPECT_TRUE(writer->add(pixels, classes ? i % 3 : -1, "picture " + std::to_string(i)).ok());
    }
    PackInfo info;
    info.name = "test";
    if (classes) info.class_names = {"zero", "one", "two"};
    EXPECT_TRUE(writer->finish(info).ok());
    auto opened = PackedDataset::open(path);
    EXPECT_TRUE(opened.ok());
    return *opened;
}

TEST(ThumbnailModel, PassesTheModelTester) {
    test::Folder folder;
    ThumbnailModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    model.set_dataset(make_pack(folder.path() / "a.pack", 50, 8, true));
    EXPECT_EQ(model.rowCount(), 7);
    model.set_columns(5);
    model.set_class(1);
    EXPECT_EQ(model.shown_count(), 17);
    model.set_edge(32);
    model.set_class(-1);
    EXPECT_EQ(model.shown_count(), 50);
    model.set_dataset(std::nullopt);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(ThumbnailModel, PlacesThePicturesOfAClass) {
    test::Folder folder;
    ThumbnailModel model;
    model.set_dataset(make_pack(folder.path() / "a.pack", 50, 8, true));
    model.set_columns(4);
    model.set_class(2);
    EXPECT_EQ(model.picture_at(model.index(0, 0)), 2);
    EXPECT_EQ(model.picture_at(model.index(1, 1)), 17);
    EXPECT_EQ(model.picture_at(model.index(3, 3)), 47);
    EXPECT_EQ(model.rowCount(), 4);
    EXPECT_TRUE(
        model.data(model.index(0, 0), Qt::ToolTipRole).toString().contains(QStringLiteral("two")));
}

TEST(ThumbnailModel, MakesThumbnailsOfTheRightPictures) {
    test::Folder folder;
    ThumbnailModel model;
    model.set_dataset(make_pack(folder.path() / "a.pack", 20, 8, false));
    model.set_columns(4);
    const QModelIndex cell = model.index(2, 3);  // picture 11
    ASSERT_TRUE(
        wait_for([&] { return !model.data(cell, Qt::DecorationRole).value<QPixmap>().isNull(); }));
    const QImage image = model.data(cell, Qt::DecorationRole).value<QPixmap>().toImage();
    EXPECT_EQ(image.pixelColor(image.width() / 2, image.height() / 2).red(), 11);
    EXPECT_TRUE(model.data(model.index(4, 3), Qt::ToolTipRole)
                    .toString()
                    .startsWith(QStringLiteral("picture 19")));
}

TEST(ThumbnailGrid, ScrollsThroughVeryManyPictures) {
    test::Folder folder;
    ThumbnailGrid grid;
    grid.resize(800, 600);
    grid.set_dataset(make_pack(folder.path() / "many.pack", 200'000, 8, true));
    grid.show();
    wait_for([] { return false; }, 50);
    StallWatch watch;
    QScrollBar* bar = grid.verticalScrollBar();
    for (int i = 0; i <= 30; ++i) {
        bar->setValue(static_cast<int>(static_cast<qint64>(bar->maximum()) * i / 30));
        wait_for([] { return false; }, 10);
    }
    grid.set_thumbnail_size(96);
    grid.resize(700, 500);
    wait_for([] { return false; }, 20);
    EXPECT_LT(watch.longest_stall(), 100);
}

}  // namespace
}  // namespace pentimento::ui
