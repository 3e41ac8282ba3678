// The packed dataset: round trips, refusal of damaged files, speed and atomicity.
#include "core/data/pack.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <thread>

#include "core/base/hash.h"
#include "core/base/random.h"

namespace pentimento {
namespace {

class PackTest : public testing::Test {
  protected:
    PackTest() {
        std::string pattern = (fs::temp_directory_path() / "pentimento-pack-XXXXXX").string();
        dir_ = ::mkdtemp(pattern.data());
    }
    ~PackTest() override {
        std::error_code ignored;
        fs::remove_all(dir_, ignored);
    }

    static std::vector<std::uint8_t> pixels(int seed, std::size_t size) {
        std::vector<std::uint8_t> out(size);
        SplitMix64 random(static_cast<std::uint64_t>(seed));
        for (auto& value : out) value = static_cast<std::uint8_t>(random());
        return out;
    }

    /// Nine pictures of 12 × 10 in colour, three classes.
    fs::path make_small() const {
        const fs::path path = dir_ / "small.pack";
        auto writer = PackWriter::create(path, 12, 10, 3);
        EXPECT_TRUE(writer);
        for (int i = 0; i < 9; ++i)
            EXPECT_TRUE(
                writer->add(pixels(i, 360), i % 4 - 1, "folder/ä " + std::to_string(i) + ".png"));
        PackInfo info;
        info.name = "Small";
        info.class_names = {"cat", "dog", "ü"};
        info.import_settings = {{"size", 12}, {"fit", "crop"}};
        info.skipped = 2;
        info.problems = {{"broken.png", "ends early"}, {"bad\xff.png", "is empty"}};
        EXPECT_TRUE(writer->finish(info));
        return path;
    }

    static std::string bytes_of(const fs::path& path) { return *read_file(path); }
    static void write(const fs::path& path, std::string_view bytes) {
        fs::remove(path);  // much faster than truncating what was just written
        std::ofstream(path, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }

    fs::path dir_;
};

TEST_F(PackTest, KeepsEverything) {
    const fs::path path = make_small();
    const auto pack = PackedDataset::open(path);
    ASSERT_TRUE(pack) << pack.error().message;
    const PackInfo& info = pack->info();
    EXPECT_EQ(info.width, 12);
    EXPECT_EQ(info.height, 10);
    EXPECT_EQ(info.channels, 3);
    EXPECT_EQ(pack->count(), 9);
    EXPECT_EQ(info.name, "Small");
    EXPECT_THAT(info.class_names, testing::ElementsAre("cat", "dog", "ü"));
    EXPECT_THAT(info.class_counts, testing::ElementsAre(2, 2, 2));
    EXPECT_EQ(info.import_settings["fit"], "crop");
    EXPECT_EQ(info.skipped, 2);
    ASSERT_EQ(info.problems.size(), 2u);
    EXPECT_EQ(info.problems[0].reason, "ends early");
    EXPECT_EQ(info.problems[1].source, "bad\xEF\xBF\xBD.png");
    EXPECT_EQ(info.fingerprint.size(), 16u);
    for (int i = 0; i < 9; ++i) {
        EXPECT_THAT(pack->picture(i), testing::ElementsAreArray(pixels(i, 360)));
        EXPECT_EQ(pack->label(i), i % 4 - 1);
        EXPECT_EQ(pack->source(i), "folder/ä " + std::to_string(i) + ".png");
    }
    const Frame frame = pack->frame(3);
    EXPECT_EQ(frame.width, 12);
    EXPECT_EQ(frame.row(2)[5 * 4 + 1], pack->picture(3)[(2 * 12 + 5) * 3 + 1]);
    EXPECT_EQ(frame.row(2)[5 * 4 + 3], 255);
    EXPECT_TRUE(pack->verify());
}

TEST_F(PackTest, GreyPicturesAndNoLabels) {
    auto writer = PackWriter::create(dir_ / "grey.pack", 28, 28, 1);
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->add(pixels(1, 784), -1, "a"));
    ASSERT_TRUE(writer->finish({}));
    const auto pack = PackedDataset::open(dir_ / "grey.pack");
    ASSERT_TRUE(pack);
    EXPECT_EQ(pack->label(0), -1);
    const Frame frame = pack->frame(0);
    const std::uint8_t value = pack->picture(0)[28 * 4 + 9];
    EXPECT_THAT(std::vector(frame.row(4) + 36, frame.row(4) + 40),
                testing::ElementsAre(value, value, value, 255));
}

TEST_F(PackTest, FingerprintFollowsPixelsLabelsAndShape) {
    const auto fingerprint = [&](int seed, std::int32_t label, int width, const char* name) {
        const fs::path path = dir_ / "f.pack";
        auto writer = PackWriter::create(path, width, 256 / width, 1);
        EXPECT_TRUE(writer->add(pixels(seed, 256), label, name));
        PackInfo info;
        info.class_names = {"a", "b"};
        EXPECT_TRUE(writer->finish(info));
        return PackedDataset::open(path)->info().fingerprint;
    };
    const std::string base = fingerprint(1, 0, 16, "x");
    EXPECT_EQ(base, fingerprint(1, 0, 16, "another name"));
    EXPECT_NE(base, fingerprint(2, 0, 16, "x"));
    EXPECT_NE(base, fingerprint(1, 1, 16, "x"));
    EXPECT_NE(base, fingerprint(1, 0, 8, "x"));
}

TEST_F(PackTest, RefusesWhatDoesNotFit) {
    EXPECT_FALSE(PackWriter::create(dir_ / "x.pack", 7, 8, 3));
    EXPECT_FALSE(PackWriter::create(dir_ / "x.pack", 8, 1025, 3));
    EXPECT_FALSE(PackWriter::create(dir_ / "x.pack", 8, 8, 4));
    EXPECT_FALSE(PackWriter::create(dir_ / "x.pack", -8, 8, 3));
    auto writer = PackWriter::create(dir_ / "x.pack", 8, 8, 1);
    ASSERT_TRUE(writer);
    EXPECT_FALSE(writer->add(pixels(1, 63), 0, "short"));
    EXPECT_FALSE(writer->add(pixels(1, 64), -2, "label"));
    EXPECT_FALSE(writer->finish({})) << "nothing to write";
    ASSERT_TRUE(writer->add(pixels(1, 64), 3, "label without a name"));
    PackInfo info;
    info.class_names = {"only"};
    EXPECT_FALSE(writer->finish(info));
    EXPECT_FALSE(fs::exists(dir_ / "x.pack"));
}

TEST_F(PackTest, NothingAppearsWithoutFinish) {
    const fs::path path = make_small();
    const std::string before = bytes_of(path);
    {
        auto writer = PackWriter::create(path, 8, 8, 1);
        ASSERT_TRUE(writer);
        ASSERT_TRUE(writer->add(pixels(1, 64), -1, "a"));
    }
    EXPECT_EQ(bytes_of(path), before);
    EXPECT_EQ(std::distance(fs::directory_iterator(dir_), {}), 1) << "no temporary file stays";
}

TEST_F(PackTest, EveryFailingFileOperationLeavesTheOldFile) {
    const fs::path path = make_small();
    const std::string before = bytes_of(path);
    int failures = 0;
    for (int nth = 1; nth < 100; ++nth) {
        inject_file_fault(nth, ENOSPC);
        bool done = false;
        if (auto writer = PackWriter::create(path, 8, 8, 1)) {
            const bool added = writer->add(pixels(1, 64), -1, "a").ok();
            done = added && writer->finish({}).ok();
        }
        inject_file_fault(0, 0);
        if (done) break;
        ++failures;
        const auto pack = PackedDataset::open(path);
        ASSERT_TRUE(pack) << "operation " << nth;
        EXPECT_TRUE(bytes_of(path) == before || pack->info().width == 8) << "operation " << nth;
    }
    EXPECT_GE(failures, 4);
    EXPECT_EQ(PackedDataset::open(path)->info().width, 8);
}

TEST_F(PackTest, TruncationIsRefusedAtEveryLength) {
    const std::string whole = bytes_of(make_small());
    const fs::path cut = dir_ / "cut.pack";
    std::vector<std::size_t> lengths = {0,  1,    7,    8,    9,    71,
                                        72, 4087, 4095, 4096, 4097, whole.size() - 1};
    for (std::size_t length = 10; length < whole.size(); length += 97) lengths.push_back(length);
    for (const std::size_t length : lengths) {
        write(cut, std::string_view(whole).substr(0, length));
        const auto pack = PackedDataset::open(cut);
        ASSERT_FALSE(pack) << length;
        EXPECT_FALSE(pack.error().message.empty());
    }
    write(cut, whole + "x");
    EXPECT_FALSE(PackedDataset::open(cut));
}

TEST_F(PackTest, FlippedBitsInMetadataAreRefused) {
    const std::string whole = bytes_of(make_small());
    const std::size_t pixels_end = 4096 + 9 * 360;
    const fs::path bad = dir_ / "bad.pack";
    SplitMix64 random(1);
    for (int i = 0; i < 600; ++i) {
        std::string bytes = whole;
        // Two thirds in the fields of the header and the metadata, the rest anywhere.
        const std::size_t at = i % 3 == 0   ? random.below(80)
                               : i % 3 == 1 ? pixels_end + random.below(whole.size() - pixels_end)
                                            : random.below(whole.size());
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random.below(8)));
        write(bad, bytes);
        const auto pack = PackedDataset::open(bad);
        if (at < 4096 || at >= pixels_end) {
            ASSERT_FALSE(pack) << "byte " << at;
        } else {
            ASSERT_TRUE(pack) << "byte " << at;
            EXPECT_FALSE(pack->verify()) << "byte " << at;
        }
    }
}

TEST_F(PackTest, LiesWithValidChecksumsNeverReachOutside) {
    const std::string whole = bytes_of(make_small());
    const std::size_t pixels_end = 4096 + 9 * 360;
    const fs::path bad = dir_ / "lie.pack";
    SplitMix64 random(2);
    const auto put64 = [](std::string& bytes, std::size_t at, std::uint64_t v) {
        std::memcpy(&bytes[at], &v, 8);
    };
    int opened = 0;
    for (int i = 0; i < 600; ++i) {
        std::string bytes = whole;
        for (int changes = 0; changes < 3; ++changes) {
            const std::size_t at = random.below(3) == 0
                                       ? 8 + random.below(48)
                                       : pixels_end + random.below(whole.size() - pixels_end);
            bytes[at] = static_cast<char>(random());
        }
        if (i % 5 == 0) put64(bytes, 24 + 8 * random.below(4), ~0ull >> random.below(40));
        put64(bytes, 64, hash64(std::string_view(bytes).substr(pixels_end)));
        put64(bytes, 4088, hash64(std::string_view(bytes).substr(0, 4088)));
        write(bad, bytes);
        const auto pack = PackedDataset::open(bad);
        if (!pack) continue;
        ++opened;
        std::size_t sum = 0;
        for (std::int64_t n = 0; n < pack->count(); ++n) {
            EXPECT_LT(pack->label(n), 3);
            EXPECT_GE(pack->label(n), -1);
            sum += pack->source(n).size() + pack->picture(n).back();
        }
        EXPECT_GT(sum, 0u);
    }
    EXPECT_GT(opened, 20) << "some lies are only found where they are used";
}

TEST_F(PackTest, RefusesWhatIsNoPack) {
    EXPECT_FALSE(PackedDataset::open(dir_ / "missing.pack"));
    EXPECT_FALSE(PackedDataset::open(dir_));
    write(dir_ / "text.pack", std::string(10'000, 'x'));
    const auto text = PackedDataset::open(dir_ / "text.pack");
    ASSERT_FALSE(text);
    EXPECT_THAT(text.error().message, testing::HasSubstr("not a packed dataset"));
}

TEST_F(PackTest, AMillionPicturesOpenInMilliseconds) {
    constexpr int kCount = 1'000'000;
    const fs::path path = dir_ / "million.pack";
    rusage before{}, after{};
    ::getrusage(RUSAGE_SELF, &before);
    {
        auto writer = PackWriter::create(path, 8, 8, 1);
        ASSERT_TRUE(writer);
        std::vector<std::uint8_t> picture(64);
        for (int i = 0; i < kCount; ++i) {
            std::memcpy(picture.data(), &i, sizeof i);
            ASSERT_TRUE(writer->add(picture, i % 10, "p" + std::to_string(i)));
        }
        PackInfo info;
        info.class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
        ASSERT_TRUE(writer->finish(info));
    }
    ::getrusage(RUSAGE_SELF, &after);
    EXPECT_LT(after.ru_maxrss - before.ru_maxrss, 120 * 1024)
        << "kB; the pictures alone have 64 MB";

    const auto start = std::chrono::steady_clock::now();
    const auto pack = PackedDataset::open(path);
    const std::chrono::duration<double, std::milli> taken =
        std::chrono::steady_clock::now() - start;
    ASSERT_TRUE(pack) << pack.error().message;
    EXPECT_LT(taken.count(),
              500);  // a few milliseconds; the rest is for sanitizers and busy machines
    RecordProperty("open_ms", std::to_string(taken.count()));
    EXPECT_EQ(pack->count(), kCount);
    EXPECT_EQ(pack->source(999'999), "p999999");
    EXPECT_EQ(pack->label(123'457), 7);
    int value = 0;
    std::memcpy(&value, pack->picture(765'432).data(), sizeof value);
    EXPECT_EQ(value, 765'432);
}

TEST_F(PackTest, ReadsFromSeveralThreads) {
    const auto pack = PackedDataset::open(make_small());
    ASSERT_TRUE(pack);
    std::vector<std::thread> threads;
    std::atomic<int> wrong = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&wrong, copy = *pack] {
            for (int i = 0; i < 900; ++i)
                wrong += copy.label(i % 9) != i % 9 % 4 - 1 || copy.frame(i % 9).empty();
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(wrong, 0);
}

}  // namespace
}  // namespace pentimento
