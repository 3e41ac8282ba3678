// The data that people will really use, where it is installed.
#include <chrono>

#include "tests/media/media_test_tools.h"

namespace pentimento {
namespace {

class RealData : public TemporaryFolder {};

TEST_F(RealData, FashionMnist) {
    const fs::path from = "/usr/share/datasets/fashion-mnist";
    if (!fs::exists(from / "train-images-idx3-ubyte.gz"))
        GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    EXPECT_EQ(guess_source(from.string())->label, "IDX files, 70,000 pictures");
    const Imported imported =
        import_all("idx:" + from.string(), dir_ / "f.pack", {{"size", "28"}, {"limit", "5000"}});
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    const PackInfo& info = imported.pack->info();
    EXPECT_EQ(info.count, 5000);
    EXPECT_EQ(info.channels, 1);
    ASSERT_EQ(info.class_names.size(), 10u);
    EXPECT_EQ(info.class_names[static_cast<std::size_t>(imported.pack->label(0))], "Ankle boot");
    // An ankle boot: dark around, bright in the lower middle.
    EXPECT_EQ(imported.pack->picture(0)[0], 0);
    EXPECT_GT(imported.pack->picture(0)[20 * 28 + 14], 100);
}

TEST_F(RealData, EmojiFont) {
    if (!fs::exists("/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf"))
        GTEST_SKIP() << "fonts-noto-color-emoji is not installed";
    const Imported imported = import_all("emoji", dir_ / "e.pack", {{"size", "32"}});
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    EXPECT_GT(imported.pack->count(), 1000);
    EXPECT_EQ(imported.pack->info().channels, 3);
    bool found = false;
    for (std::int64_t i = 0; i < imported.pack->count(); ++i) {
        if (imported.pack->source(i) == "U+1F34E") {
            // A red apple on white, centred.
            found = true;
            const Frame apple = imported.pack->frame(i);
            EXPECT_THAT(pixel(apple, 0, 0), testing::ElementsAre(255, 255, 255, 255));
            const auto middle = pixel(apple, 16, 18);
            EXPECT_GT(middle[0], 150);
            EXPECT_LT(middle[2], 100);
        }
        EXPECT_NE(imported.pack->source(i), "U+1F1E9") << "the letters of flags are no pictures";
    }
    EXPECT_TRUE(found);
    const Imported faces =
        import_all("emoji", dir_ / "faces.pack", {{"size", "32"}, {"emoji", "faces"}});
    ASSERT_TRUE(faces.status);
    EXPECT_GT(faces.pack->count(), 80);
    EXPECT_LT(faces.pack->count(), 160);
    const Imported all =
        import_all("emoji", dir_ / "all.pack",
                   {{"size", "8"}, {"emoji", "all"}, {"skip_duplicates", "false"}});
    ASSERT_TRUE(all.status);
    EXPECT_GT(all.pack->count(), 3000);
}

TEST_F(RealData, PhotosInATarWithClassFolders) {
    const fs::path from = assets() / "datasets" / "clothing128_cc0.tar";
    if (!fs::exists(from)) GTEST_SKIP() << "the assets are not there";
    const long before = peak_memory_kb();
    const Imported imported = import_all(from.string(), dir_ / "c.pack", {{"size", "32"}});
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    EXPECT_EQ(imported.pack->count(), 3781);
    EXPECT_EQ(imported.pack->info().class_names.size(), 10u);
    EXPECT_EQ(imported.pack->info().class_names[0], "dress");
    EXPECT_LT(peak_memory_kb() - before, 512 * 1024);
}

}  // namespace
}  // namespace pentimento
