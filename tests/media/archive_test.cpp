// Archives: what is sound is imported, what is hostile is refused with a reason; nothing is
// unpacked.
#include "tests/media/archive_builder.h"

namespace pentimento {
namespace {

constexpr long kMaxGrowthKb = 512 * 1024;

class Archives : public TemporaryFolder {
  protected:
    static std::string png(int seed) { return encoded(test_picture(24, 24, seed), "png"); }

    std::vector<std::string> names_in_folder() const {
        std::vector<std::string> names;
        for (const auto& entry : fs::recursive_directory_iterator(dir_))
            names.push_back(entry.path().filename().string());
        std::sort(names.begin(), names.end());
        return names;
    }

    /// Imports dir_/name; afterwards there is the archive and the pack, and nothing else.
    Imported import(const std::string& name) const {
        Imported result = import_all((dir_ / name).string(), dir_ / "out.pack", {{"size", "16"}});
        std::vector<std::string> expected = {name};
        if (result.status) expected.push_back("out.pack");
        std::sort(expected.begin(), expected.end());
        EXPECT_EQ(names_in_folder(), expected) << "nothing is written beside the pack";
        return result;
    }

    static std::string reasons(const Imported& imported) {
        std::string all;
        for (const ImportProblem& problem : imported.pack->info().problems)
            all += problem.source + ": " + problem.reason + "\n";
        return all;
    }
};

TEST_F(Archives, EveryKindGivesTheSamePictures) {
    std::string fingerprint;
    for (const char* kind : {"zip", "tar", "tar.gz", "tar.xz", "tar.bz2", "tar.zst", "7z"}) {
        SCOPED_TRACE(kind);
        const std::string name = std::string("a.") + kind;
        {
            ArchiveBuilder archive(dir_ / name, kind);
            archive.folder("set").folder("set/cat").folder("set/dog");
            for (int i = 0; i < 5; ++i)
                archive.file(
                    "set/" + std::string(i % 2 ? "dog" : "cat") + "/p" + std::to_string(i) + ".png",
                    png(i));
        }
        const Imported imported = import(name);
        ASSERT_TRUE(imported.status) << imported.status.error().message;
        const PackInfo& info = imported.pack->info();
        EXPECT_EQ(info.count, 5);
        EXPECT_EQ(info.skipped, 0);
        EXPECT_THAT(info.class_names, testing::ElementsAre("cat", "dog"));
        EXPECT_THAT(info.class_counts, testing::ElementsAre(3, 2));
        EXPECT_EQ(imported.pack->label(1), 1);
        EXPECT_EQ(imported.pack->source(1), "set/dog/p1.png");
        EXPECT_TRUE(fingerprint.empty() || fingerprint == info.fingerprint);
        fingerprint = info.fingerprint;
        const auto guess = guess_source((dir_ / name).string());
        ASSERT_TRUE(guess);
        EXPECT_EQ(guess->kind, "archive");
        EXPECT_EQ(guess->label, "Archive with 2 class folders, 5 files");
        fs::remove(dir_ / name);
        fs::remove(dir_ / "out.pack");
    }
}

TEST_F(Archives, HostileEntriesAreLeftOutWithTheirReason) {
    {
        ArchiveBuilder archive(dir_ / "h.tar", "tar");
        archive.file("good.png", png(0))
            .file("../escape.png", png(1))
            .file("a/../../escape2.png", png(2))
            .file("/tmp/absolute.png", png(3))
            .file("c:\\windows.png", png(4))
            .file("..\\back.png", png(5))
            .symlink("link.png", "/etc/passwd")
            .hardlink("hard.png", "good.png")
            .special("fifo.png", AE_IFIFO)
            .special("device.png", AE_IFCHR)
            .file("good.png", png(6))
            .file("empty.png", "")
            .file("text.png", "this is text, not a picture, whatever its name says")
            .file("notes.txt", "hello")
            .file("script.sh", "rm -rf /")
            .file("cut.png", png(7).substr(0, 90))
            .file("bomb.png", png_that_claims(60'000, 60'000))
            .file(".hidden.png", png(8))
            .file("__MACOSX/._good.png", "junk")
            .file("inner.zip", "PK\3\4")
            .file("tiny.png", encoded(test_picture(5, 5), "png"))
            .file("same.png", png(0))
            .file("b\xff\xfe.png", png(9))
            .file(std::string(300, 'n') + ".png", png(10));
    }
    const Imported imported = import("h.tar");
    ASSERT_TRUE(imported.status) << imported.status.error().message;
    const std::string all = reasons(imported);
    EXPECT_EQ(imported.pack->count(), 3) << all;
    EXPECT_EQ(imported.pack->info().skipped, 19) << all;
    for (const char* reason :
         {"../escape.png: its path points outside", "a/../../escape2.png: its path",
          "/tmp/absolute.png: its path", "c:\\windows.png: its path", "..\\back.png: its path",
          "link.png: a link", "hard.png: a link", "fifo.png: not a regular",
          "device.png: not a regular", "good.png: a second entry", "empty.png: is empty",
          "text.png: is not a picture", "notes.txt: not a picture", "script.sh: not a picture",
          "cut.png: ", "bomb.png: says it has 60,000 × 60,000", "inner.zip: not a picture",
          "tiny.png: too small", "same.png: a duplicate of good.png"})
        EXPECT_THAT(all, testing::HasSubstr(reason));
    EXPECT_EQ(std::count_if(imported.events.begin(), imported.events.end(),
                            [](const Event& event) { return event.type == "skipped"; }),
              19);
}

TEST_F(Archives, EncryptedEntriesAreLeftOut) {
    {
        ArchiveBuilder archive(dir_ / "e.zip", "zip");
        archive.password("secret").file("p.png", png(1));
    }
    const Imported imported = import("e.zip");
    ASSERT_FALSE(imported.status);
    EXPECT_THAT(imported.status.error().message, testing::HasSubstr("encrypted"));
}

TEST_F(Archives, BombsAreNotUnpacked) {
    const long before = peak_memory_kb();
    for (const char* kind : {"zip", "tar.gz", "tar.xz"}) {
        SCOPED_TRACE(kind);
        const std::string name = std::string("bomb.") + kind;
        {
            ArchiveBuilder archive(dir_ / name, kind);
            archive.file("good.png", png(0))
                .zeros("zeros.png", "", 20u << 20)
                .zeros("png.png", png_that_claims(2000, 2000).substr(0, 33), 40u << 20)
                .zeros("large.png", "", 140u << 20)
                .file("after.png", png(1));
        }
        const Imported imported = import(name);
        ASSERT_TRUE(imported.status) << imported.status.error().message;
        EXPECT_EQ(imported.pack->count(), 2);
        const std::string all = reasons(imported);
        EXPECT_THAT(all, testing::HasSubstr("zeros.png: is not a picture"));
        EXPECT_THAT(all, testing::HasSubstr("png.png: expands more than"));
        EXPECT_THAT(all, testing::HasSubstr("large.png: too large"));
        fs::remove(dir_ / name);
        fs::remove(dir_ / "out.pack");
    }
    EXPECT_LT(peak_memory_kb() - before, kMaxGrowthKb);
}

TEST_F(Archives, AnEntryOfManyGigabytesIsRefusedUnread) {
    // A tar header that promises 60 GB inside a gzip stream: to pass over it means to decompress
    // it.
    std::string header(512, '\0');
    const auto put = [&](std::size_t at, const std::string& text) {
        header.replace(at, text.size(), text);
    };
    put(0, "huge.png");
    put(100, "0000644");
    put(124, "00700000000000" + std::string(0, ' '));
    header.replace(124, 12, "700000000000");
    put(257, std::string("ustar\00000", 8));
    header[156] = '0';
    put(148, std::string(8, ' '));
    unsigned sum = 0;
    for (const unsigned char byte : header) sum += byte;
    char text[9];
    std::snprintf(text, sizeof text, "%06o", sum);
    header.replace(148, 7, std::string(text, 7));
    {
        archive* out = archive_write_new();
        archive_write_set_format_raw(out);
        archive_write_add_filter_gzip(out);
        archive_write_open_filename(out, (dir_ / "huge.tar.gz").c_str());
        archive_entry* e = archive_entry_new();
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_pathname(e, "raw");
        archive_write_header(out, e);
        const std::string bytes = header + std::string(1 << 20, '\0');
        archive_write_data(out, bytes.data(), bytes.size());
        archive_entry_free(e);
        archive_write_close(out);
        archive_write_free(out);
    }
    const Imported imported = import("huge.tar.gz");
    ASSERT_FALSE(imported.status);
    EXPECT_EQ(imported.status.error().code, ErrorCode::TooLarge) << imported.status.error().message;
}

TEST_F(Archives, TruncatedArchivesGiveWhatTheyHoldOrAMessage) {
    for (const char* kind : {"zip", "tar", "tar.gz", "tar.xz", "7z"}) {
        const std::string name = std::string("t.") + kind;
        {
            ArchiveBuilder archive(dir_ / name, kind);
            for (int i = 0; i < 8; ++i) archive.file("p" + std::to_string(i) + ".png", png(i));
        }
        const std::string whole = *read_file(dir_ / name);
        for (const double part : {0.0, 0.01, 0.1, 0.5, 0.9, 0.99}) {
            SCOPED_TRACE(name + " " + std::to_string(part));
            fs::remove(dir_ / name);
            write_bytes(dir_ / name,
                        whole.substr(
                            0, static_cast<std::size_t>(part * static_cast<double>(whole.size()))));
            const Imported imported = import(name);
            if (imported.status) {
                EXPECT_LT(imported.pack->count(), 9);
                EXPECT_TRUE(imported.pack->verify());
                fs::remove(dir_ / "out.pack");
            } else {
                EXPECT_FALSE(imported.status.error().message.empty());
            }
        }
        fs::remove(dir_ / name);
    }
}

TEST_F(Archives, RandomDamageNeverCrashes) {
    SplitMix64 random(3);
    for (const char* kind : {"zip", "tar", "tar.gz", "7z"}) {
        const std::string name = std::string("d.") + kind;
        {
            ArchiveBuilder archive(dir_ / name, kind);
            for (int i = 0; i < 4; ++i)
                archive.file("folder/p" + std::to_string(i) + ".png", png(i));
        }
        const std::string whole = *read_file(dir_ / name);
        for (int i = 0; i < 25; ++i) {
            std::string bytes = whole;
            for (std::uint64_t n = 0; n < 1 + random.below(8); ++n)
                bytes[random.below(bytes.size())] = static_cast<char>(random());
            fs::remove(dir_ / name);
            write_bytes(dir_ / name, bytes);
            const Imported imported = import(name);
            EXPECT_TRUE(imported.status || !imported.status.error().message.empty());
            fs::remove(dir_ / "out.pack");
        }
        fs::remove(dir_ / name);
    }
}

TEST_F(Archives, WhatIsNoArchiveSaysSo) {
    write_bytes(dir_ / "x.zip", "this is no zip file at all, only its name says so");
    write_bytes(dir_ / "empty.tar", "");
    for (const char* name : {"x.zip", "empty.tar"}) {
        const auto guess = guess_source((dir_ / name).string());
        ASSERT_FALSE(guess) << name;
        EXPECT_THAT(guess.error().message, testing::HasSubstr(name));
    }
}

}  // namespace
}  // namespace pentimento
