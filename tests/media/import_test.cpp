// Importing folders, IDX, CIFAR and fonts: contents, classes, order, problems, cancelling,
// determinism.
#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>
#include <chrono>

#include "core/media/class_folders.h"
#include "tests/media/media_test_tools.h"

namespace pentimento {
namespace {

class Import : public TemporaryFolder {
  protected:
    fs::path folder(const std::string& name) const {
        fs::create_directories(dir_ / name);
        return dir_ / name;
    }
    fs::path out() const { return dir_ / "out.pack"; }

    static std::string idx(std::uint32_t magic, const std::vector<std::uint32_t>& sizes,
                           const std::string& data) {
        std::string bytes(4 + 4 * sizes.size(), '\0');
        put_be32(bytes, 0, magic);
        for (std::size_t i = 0; i < sizes.size(); ++i) put_be32(bytes, 4 + 4 * i, sizes[i]);
        return bytes + data;
    }
};

TEST(NaturalOrder, NumbersCountAsNumbers) {
    std::vector<std::string> names = {"10.png", "9.png", "a10b2", "a2b10", "a2b9",
                                      "b/1",    "b.png", "01",    "1",     "1a"};
    std::sort(names.begin(), names.end(), media::natural_less);
    EXPECT_THAT(names, testing::ElementsAre("01", "1", "1a", "9.png", "10.png", "a2b9", "a2b10",
                                            "a10b2", "b/1", "b.png"));
    SplitMix64 random(1);
    for (int i = 0; i < 3000; ++i) {
        std::string word[3];
        for (auto& text : word)
            for (std::uint64_t n = random.below(5); n > 0; --n) text += "01a/"[random.below(4)];
        const auto less = media::natural_less;
        EXPECT_FALSE(less(word[0], word[0]));
        EXPECT_FALSE(less(word[0], word[1]) && less(word[1], word[0])) << word[0] << " " << word[1];
        EXPECT_TRUE(word[0] == word[1] || less(word[0], word[1]) || less(word[1], word[0]))
            << word[0] << " " << word[1];
        if (less(word[0], word[1]) && less(word[1], word[2])) {
            EXPECT_TRUE(less(word[0], word[2])) << word[0] << " " << word[1] << " " << word[2];
        }
    }
}

TEST_F(Import, FolderInNaturalOrderWithProblemsListed) {
    const fs::path from = folder("my pictures");
    for (const int i : {10, 2, 1})
        ASSERT_TRUE(
            write_picture(from / ("p" + std::to_string(i) + ".png"), test_picture(40, 30, i)));
    ASSERT_TRUE(write_picture(from / "deep" / "x.jpg", test_picture(40, 30)) || true);
    write_bytes(from / "deep/more/y.png", encoded(test_picture(30, 40, 5), "png"));
    write_bytes(from / "no-extension", encoded(test_picture(30, 40, 6), "png"));
    write_bytes(from / "b\xff.webp", encoded(test_picture(30, 40, 7), "webp"));
    write_bytes(from / "copy of p2.png", encoded(test_picture(40, 30, 2), "png"));
    write_bytes(from / "notes.txt", "hello");
    write_bytes(from / "broken.png", "\x89PNG\r\n\x1a\n");
    write_bytes(from / "empty.jpg", "");
    write_bytes(from / ".hidden/z.png", encoded(test_picture(30, 40, 8), "png"));
    write_bytes(from / "bomb.png", png_that_claims(60'000, 60'000));
    ASSERT_EQ(::mkfifo((from / "fifo.png").c_str(), 0600), 0);
    fs::create_symlink("loop.png", from / "loop.png");
    fs::create_directory_symlink("..", from / "up");
    fs::create_symlink(from / "p1.png", from / "linked.png");
    fs::create_directory(from / "folder.png");

    const Imported imported = import_all(from.string(), out(), {{"size", "16"}});
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    const PackInfo& info = imported.pack->info();
    std::vector<std::string> names;
    std::string problems;
    for (std::int64_t i = 0; i < info.count; ++i) names.emplace_back(imported.pack->source(i));
    for (const auto& problem : info.problems)
        problems += problem.source + ": " + problem.reason + "\n";
    EXPECT_THAT(names,
                testing::ElementsAre("b\xEF\xBF\xBD.webp", "copy of p2.png", "deep/more/y.png",
                                     "linked.png", "no-extension", "p10.png"))
        << problems;
    EXPECT_EQ(info.name, "my pictures");
    EXPECT_TRUE(info.class_names.empty());
    EXPECT_EQ(info.import_settings["size"], 16);
    for (const char* expected :
         {"notes.txt: not a picture", "broken.png: ", "empty.jpg: is empty",
          "bomb.png: says it has", "fifo.png: ", "loop.png: ", "up: a link to a folder",
          "p1.png: a duplicate of linked.png", "p2.png: a duplicate of copy of p2.png"})
        EXPECT_THAT(problems, testing::HasSubstr(expected));
    EXPECT_EQ(info.skipped, 9) << problems;
    EXPECT_EQ(guess_source(from.string())->kind, "folder");
}

TEST_F(Import, UnreadableFilesAndFoldersAreListed) {
    if (::geteuid() == 0) GTEST_SKIP() << "nothing is unreadable for root";
    const fs::path from = folder("f");
    ASSERT_TRUE(write_picture(from / "a.png", test_picture(40, 30)));
    ASSERT_TRUE(write_picture(from / "b.png", test_picture(40, 30, 1)));
    fs::create_directory(from / "closed");
    fs::permissions(from / "b.png", fs::perms::none);
    fs::permissions(from / "closed", fs::perms::none);
    const Imported imported = import_all(from.string(), out());
    fs::permissions(from / "closed", fs::perms::owner_all);
    ASSERT_TRUE(imported.status);
    EXPECT_EQ(imported.pack->count(), 1);
    EXPECT_EQ(imported.pack->info().skipped, 2);
}

TEST_F(Import, ClassFoldersBecomeLabels) {
    const fs::path from = folder("set/train");
    int seed = 0;
    for (const char* name : {"2-dog/a.png", "2-dog/sub/b.png", "10-ü/c.png", "1-cat/d.png"})
        write_bytes(from / name, encoded(test_picture(20, 20, ++seed), "png"));
    write_bytes(dir_ / "set/README", "about these pictures");
    const Imported imported = import_all((dir_ / "set").string(), out(), {{"size", "8"}});
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    EXPECT_THAT(imported.pack->info().class_names, testing::ElementsAre("1-cat", "2-dog", "10-ü"));
    EXPECT_THAT(imported.pack->info().class_counts, testing::ElementsAre(1, 2, 1));
    EXPECT_EQ(imported.pack->label(0), 0);
    EXPECT_EQ(imported.pack->label(3), 2);
    EXPECT_EQ(guess_source((dir_ / "set").string())->label, "Folder with 3 class folders, 5 files");

    // A picture beside the folders: then folders are only folders.
    write_bytes(from / "loose.png", encoded(test_picture(20, 20, 9), "png"));
    EXPECT_TRUE(import_all((dir_ / "set").string(), out(), {{"size", "8"}})
                    .pack->info()
                    .class_names.empty());
}

TEST_F(Import, SettingsDoWhatTheySay) {
    const fs::path from = folder("f");
    ASSERT_TRUE(write_picture(from / "a.png", test_picture(60, 40, 1)));
    ASSERT_TRUE(write_picture(from / "b.png",
                              Frame::from_rgba(40, 40, std::vector<std::uint8_t>(6400, 0))));
    ASSERT_TRUE(write_picture(from / "c.png", test_picture(20, 20, 2)));
    const auto run = [&](const std::vector<std::pair<std::string, std::string>>& settings) {
        return import_all(from.string(), out(), settings);
    };
    Imported plain = run({{"size", "16"}});
    EXPECT_EQ(plain.pack->count(), 3);
    EXPECT_EQ(plain.pack->info().channels, 3);
    EXPECT_EQ(plain.pack->picture(1)[0], 255) << "transparent over white";
    EXPECT_EQ(run({{"size", "16"}, {"background", "#204060"}}).pack->picture(1)[1], 0x40);
    EXPECT_EQ(run({{"size", "16"}, {"min_side", "30"}}).pack->count(), 2);
    EXPECT_EQ(run({{"size", "16"}, {"limit", "1"}}).pack->count(), 1);
    EXPECT_EQ(run({{"size", "16"}, {"channels", "grey"}}).pack->info().channels, 1);
    EXPECT_EQ(run({{"size", "16"}, {"max_pixels", "1000000"}}).pack->count(), 3);
    EXPECT_EQ(run({{"size", "16"}, {"fit", "pad"}, {"background", "#0000ff"}}).pack->picture(0)[2],
              255);

    const Imported both = run({{"size", "16"}, {"mirror", "true"}});
    ASSERT_EQ(both.pack->count(), 6);
    EXPECT_EQ(both.pack->source(1), "a.png (mirrored)");
    for (int x = 0; x < 16; ++x)
        EXPECT_EQ(both.pack->picture(0)[static_cast<std::size_t>(3 * x)],
                  both.pack->picture(1)[static_cast<std::size_t>(3 * (15 - x))]);

    for (const char* colour : {"white", "#fff", "#12345g", "", "#1234567"}) {
        ParamSet params(import_schema());
        ASSERT_TRUE(params.set("background", std::string(colour)));
        EXPECT_FALSE(make_import_run(from.string(), params, out())) << colour;
    }
}

TEST_F(Import, GreyIsFoundOutAndColourLateIsNotLost) {
    const fs::path from = folder("f");
    for (int i = 0; i < 40; ++i)
        ASSERT_TRUE(write_picture(from / (std::to_string(i) + ".png"), grey_picture(16, 16, i)));
    write_bytes(from / "x.png", "broken");
    const Imported grey = import_all(from.string(), out(), {{"size", "16"}});
    ASSERT_TRUE(grey.status);
    EXPECT_EQ(grey.pack->info().channels, 1);
    EXPECT_EQ(grey.pack->picture(3)[7], pixel(grey_picture(16, 16, 3), 7, 0)[0])
        << "grey stays bit for bit";

    write_bytes(from / "1b.png", "broken");
    ASSERT_TRUE(write_picture(from / "zzz.png", test_picture(16, 16)));
    const Imported colour = import_all(from.string(), out(), {{"size", "16"}});
    ASSERT_TRUE(colour.status);
    EXPECT_EQ(colour.pack->info().channels, 3);
    EXPECT_EQ(colour.pack->count(), 41);
    EXPECT_EQ(colour.pack->info().skipped, 2);
    EXPECT_EQ(std::count_if(colour.events.begin(), colour.events.end(),
                            [](const Event& event) { return event.type == "skipped"; }),
              2)
        << "each problem is told once, though the import began again";
    EXPECT_EQ(colour.pack->picture(3)[21], grey.pack->picture(3)[7]);
}

TEST_F(Import, SameResultEveryTime) {
    const fs::path from = folder("f");
    for (int i = 0; i < 60; ++i)
        ASSERT_TRUE(write_picture(from / (std::to_string(i) + (i % 2 ? ".png" : ".jpg")),
                                  test_picture(50 + i, 90 - i, i)));
    std::string first;
    for (int i = 0; i < 4; ++i) {
        const Imported imported = import_all(from.string(), out(), {{"size", "24"}});
        ASSERT_TRUE(imported.status);
        const std::string bytes = *read_file(out());
        EXPECT_TRUE(first.empty() || first == bytes);
        first = bytes;
    }
}

TEST_F(Import, CancellingLeavesNothing) {
    const fs::path from = folder("f");
    folder("real");
    // Many large pictures for little: links to a few files.
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(
            write_picture(dir_ / "real" / (std::to_string(i) + ".bmp"), test_picture(800, 800, i)));
    for (int i = 0; i < 3000; ++i)
        fs::create_symlink(dir_ / "real" / (std::to_string(i % 10) + ".bmp"),
                           from / (std::to_string(i) + ".bmp"));
    write_bytes(out(), "what was there before");
    {
        ParamSet params(import_schema());
        ASSERT_TRUE(params.set("skip_duplicates", false));
        auto run = make_import_run(from.string(), params, out());
        ASSERT_TRUE(run);
        EXPECT_EQ((*run)->kind(), "import");
        EXPECT_FALSE((*run)->preview());
        std::int64_t last = 0;
        for (int i = 0; i < 2;) {
            const auto start = std::chrono::steady_clock::now();
            const auto report = (*run)->step();
            ASSERT_TRUE(report);
            ASSERT_FALSE(report->finished) << "the test needs more pictures";
            // On a busy machine, looking through the folder takes steps of its own.
            if (report->note.starts_with("Looking")) continue;
            ++i;
            EXPECT_GT(report->step, last);
            EXPECT_EQ(report->total_steps, 3000);
            EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
            last = report->step;
        }
        const auto preview = (*run)->preview();
        ASSERT_TRUE(preview);
        EXPECT_EQ(preview->frame.width, preview->columns * 64);
        EXPECT_EQ(preview->frame.height, preview->rows * 64);
        EXPECT_EQ((*run)->steps_done(), last);
        EXPECT_FALSE((*run)->save(dir_));
        EXPECT_FALSE((*run)->apply({{"size", std::int64_t{32}}}));
    }
    EXPECT_EQ(*read_file(out()), "what was there before");
    EXPECT_EQ(std::distance(fs::directory_iterator(dir_), {}), 3);
}

TEST_F(Import, NothingUsableIsAnErrorThatHelps) {
    const fs::path from = folder("f");
    const Imported empty = import_all(from.string(), out());
    ASSERT_FALSE(empty.status);
    EXPECT_THAT(empty.status.error().message, testing::HasSubstr("PNG"));
    write_bytes(from / "x.png", "junk");
    const Imported junk = import_all(from.string(), out());
    ASSERT_FALSE(junk.status);
    EXPECT_THAT(junk.status.error().message, testing::HasSubstr("x.png: is not a picture"));
    EXPECT_FALSE(fs::exists(out()));
    for (const char* source :
         {"", "/nowhere/at/all", "idx:/nowhere", "cifar:/nowhere", "emoji:/nowhere.ttf"}) {
        const auto run = make_import_run(source, ParamSet(import_schema()), out());
        ASSERT_FALSE(run) << source;
        EXPECT_FALSE(run.error().message.empty());
    }
    ASSERT_TRUE(write_picture(dir_ / "single.png", test_picture(9, 9)));
    EXPECT_THAT(guess_source((dir_ / "single.png").string()).error().message,
                testing::HasSubstr("single picture"));
}

TEST_F(Import, IdxPlainAndCompressed) {
    const fs::path from = folder("digits");
    std::string pixels, labels;
    for (int i = 0; i < 6; ++i) {
        for (int p = 0; p < 20 * 16; ++p) pixels += static_cast<char>(i * 40 + p % 7);
        labels += static_cast<char>(i % 3);
    }
    write_bytes(from / "train-images-idx3-ubyte", idx(0x803, {6, 20, 16}, pixels));
    write_bytes(from / "train-labels-idx1-ubyte", idx(0x801, {6}, labels));
    const std::string more = idx(0x803, {2, 20, 16}, pixels.substr(0, 640));
    gzFile packed = gzopen((from / "t10k-images-idx3-ubyte.gz").c_str(), "wb");
    gzwrite(packed, more.data(), static_cast<unsigned>(more.size()));
    gzclose(packed);
    const Imported imported =
        import_all("idx:" + from.string(), out(), {{"size", "20"}, {"fit", "pad"}});
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    const PackInfo& info = imported.pack->info();
    EXPECT_EQ(info.count, 8) << "equal pictures are kept in a collection";
    EXPECT_EQ(info.channels, 1);
    EXPECT_THAT(info.class_names, testing::ElementsAre("0", "1", "2"));
    EXPECT_EQ(imported.pack->label(4), 1);
    EXPECT_EQ(imported.pack->label(7), -1) << "no labels for these";
    EXPECT_EQ(imported.pack->picture(4)[10 * 20 + 2], 160 + 160 % 7)
        << "below the bar of two pixels lies column 0";
    EXPECT_EQ(imported.pack->picture(4)[10 * 20 + 1], 255);
    EXPECT_EQ(guess_source(from.string())->source, "idx:" + from.string());
}

TEST_F(Import, DamagedIdxFiles) {
    const fs::path from = folder("bad"), file = from / "train-images-idx3-ubyte";
    const std::string data(2000, 'x');
    for (const std::string& bytes :
         {std::string(), std::string("\0\0\x08\x03", 4), idx(0x801, {4, 20, 20}, data),
          idx(0x803, {0, 20, 20}, data), idx(0x803, {4, 0, 20}, data),
          idx(0x803, {4, 20, 0xffffffff}, data), idx(0x803, {0xffffffff, 20, 20}, data),
          idx(0x803, {1, 100'000, 100'000}, data), std::string("\x1f\x8b\x08\0garbage", 11)}) {
        fs::remove(file);
        write_bytes(file, bytes);
        const Imported imported = import_all("idx:" + from.string(), out());
        ASSERT_FALSE(imported.status);
        EXPECT_FALSE(imported.status.error().message.empty());
    }
    fs::remove(file);
    write_bytes(file, idx(0x803, {1000, 20, 20}, data));
    const Imported cut = import_all("idx:" + from.string(), out(), {{"size", "20"}});
    ASSERT_TRUE(cut.status);
    EXPECT_EQ(cut.pack->count(), 5);
    EXPECT_THAT(cut.pack->info().problems.at(0).reason, testing::HasSubstr("ends early"));
    fs::remove(file);
    ASSERT_EQ(::mkfifo(file.c_str(), 0600), 0);
    EXPECT_FALSE(make_import_run("idx:" + file.string(), ParamSet(import_schema()), out()));
}

TEST_F(Import, CifarTenAndHundred) {
    const fs::path ten = folder("ten/cifar-10-batches-bin");
    const auto record = [](const std::string& labels, char red, char green, char blue) {
        return labels + std::string(1024, red) + std::string(1024, green) + std::string(1024, blue);
    };
    write_bytes(ten / "data_batch_1.bin",
                record("\3", 10, 20, 30) + record("\7", 40, 50, 60) + record("\x0b", 1, 2, 3));
    write_bytes(ten / "data_batch_2.bin", record("\1", 70, 80, 90) + "cut");
    write_bytes(ten / "batches.meta.txt",
                "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n\n");
    const Imported imported =
        import_all("cifar:" + (dir_ / "ten").string(), out(), {{"size", "32"}});
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    EXPECT_EQ(imported.pack->count(), 3);
    EXPECT_EQ(imported.pack->info().skipped, 2);
    EXPECT_EQ(imported.pack->info().class_names[3], "cat");
    EXPECT_EQ(imported.pack->label(0), 3);
    const auto picture = imported.pack->picture(1);
    EXPECT_THAT(std::vector(picture.begin(), picture.begin() + 3),
                testing::ElementsAre(40, 50, 60));
    EXPECT_EQ(guess_source((dir_ / "ten").string())->kind, "cifar");

    const fs::path hundred = folder("hundred");
    std::string names;
    for (int i = 0; i < 100; ++i) names += "class" + std::to_string(i) + "\n";
    write_bytes(hundred / "fine_label_names.txt", names);
    write_bytes(hundred / "train.bin", record(std::string("\5\x2a"), 1, 2, 3));
    const Imported fine = import_all("cifar:" + hundred.string(), out(), {{"size", "32"}});
    ASSERT_TRUE(fine.status) << fine.status.error().message;
    EXPECT_EQ(fine.pack->info().class_names[static_cast<std::size_t>(fine.pack->label(0))],
              "class42");
}

TEST_F(Import, PreviewShowsBeforeAndAfter) {
    const fs::path from = folder("f");
    write_bytes(from / "a.png", "junk");
    ASSERT_TRUE(write_picture(from / "b.png", test_picture(1000, 500)));
    ASSERT_TRUE(write_picture(from / "c.png", test_picture(50, 100, 1)));
    ParamSet params(import_schema());
    ASSERT_TRUE(params.set_text("size", "32"));
    const auto preview = preview_import(from.string(), params, 8);
    ASSERT_TRUE(preview) << preview.error().message;
    EXPECT_THAT(preview->names, testing::ElementsAre("b.png", "c.png"));
    EXPECT_EQ(preview->before[0].width, 512);
    EXPECT_EQ(preview->before[0].height, 256);
    EXPECT_EQ(preview->after[1].width, 32);
    const Imported imported = import_all(from.string(), out(), {{"size", "32"}});
    EXPECT_LT(mean_difference(preview->after[1], imported.pack->frame(1)), 0.01)
        << "what is shown is what comes";
    EXPECT_EQ(preview_import(out().string(), params, 1)->after.size(), 1u);
    fs::remove(from / "b.png");
    fs::remove(from / "c.png");
    EXPECT_FALSE(preview_import(from.string(), params, 8));
}

TEST_F(Import, CacheKeyFollowsSourceAndSettings) {
    const fs::path from = folder("my set");
    ASSERT_TRUE(write_picture(from / "a.png", test_picture(20, 20)));
    ParamSet params(import_schema());
    const std::string key = import_cache_key(from.string(), params);
    EXPECT_THAT(key, testing::MatchesRegex("my-set-[0-9a-f]+"));
    EXPECT_EQ(import_cache_key(from.string(), params), key);
    fs::last_write_time(from / "a.png", fs::file_time_type::clock::now() + std::chrono::seconds(9));
    const std::string touched = import_cache_key(from.string(), params);
    EXPECT_NE(touched, key);
    ASSERT_TRUE(write_picture(from / "b.png", test_picture(20, 20)));
    EXPECT_NE(import_cache_key(from.string(), params), touched);
    const std::string two = import_cache_key(from.string(), params);
    ASSERT_TRUE(params.set_text("size", "32"));
    EXPECT_NE(import_cache_key(from.string(), params), two);
    EXPECT_FALSE(import_cache_key("emoji", params).empty());
}

TEST_F(Import, PacksAreRecognised) {
    const fs::path from = folder("f");
    ASSERT_TRUE(write_picture(from / "a.png", test_picture(20, 20)));
    ASSERT_TRUE(import_all(from.string(), out()).status);
    const auto guess = guess_source(out().string());
    ASSERT_TRUE(guess);
    EXPECT_EQ(guess->kind, "pack");
    EXPECT_EQ(guess->label, "Packed dataset, 1 picture of 64 × 64 px");
    EXPECT_FALSE(make_import_run(out().string(), ParamSet(import_schema()), dir_ / "again.pack"));
}

}  // namespace
}  // namespace pentimento
