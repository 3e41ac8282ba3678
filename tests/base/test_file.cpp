// Files are wholly old or wholly new, whichever operation fails.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

int entries_in(const fs::path& dir) {
    int count = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(dir)) ++count;
    return count;
}

TEST(AtomicWrite, ReplacesTheWholeFile) {
    TempDir dir;
    ASSERT_TRUE(write_file_atomically(dir / "a", "a long first text"));
    ASSERT_TRUE(write_file_atomically(dir / "a", "second"));
    EXPECT_EQ(*read_file(dir / "a"), "second");
    EXPECT_EQ(entries_in(dir.path()), 1);
}

TEST(AtomicWrite, AnyFailingOperationLeavesTheOldFileAndNoLitter) {
    for (const int error : {ENOSPC, EIO, EACCES}) {
        TempDir dir;
        ASSERT_TRUE(write_file_atomically(dir / "a", "old"));
        bool succeeded = false;
        int failures = 0;
        for (int n = 1; n < 20 && !succeeded; ++n) {
            inject_file_fault(n, error);
            const Status status = write_file_atomically(dir / "a", "new");
            inject_file_fault(0, 0);
            succeeded = status.ok();
            const std::string now = *read_file(dir / "a");
            if (succeeded) {
                EXPECT_EQ(now, "new");
            } else {
                ++failures;
                EXPECT_TRUE(now == "old" || now == "new") << now;
                EXPECT_NE(status.error().message.find(dir.path().string()), std::string::npos);
            }
            EXPECT_EQ(entries_in(dir.path()), 1) << "operation " << n;
        }
        EXPECT_TRUE(succeeded);
        EXPECT_GE(failures, 4) << "create, write, sync and rename can each fail";
    }
}

TEST(AtomicWrite, WithoutCommitNothingHappens) {
    TempDir dir;
    {
        auto file = AtomicFile::create(dir / "a");
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write(std::as_bytes(std::span("half", 4))));
    }
    EXPECT_EQ(entries_in(dir.path()), 0);
}

TEST(AtomicWrite, WriteAtOverwritesInPlaceAndAppendingGoesOn) {
    TempDir dir;
    auto file = AtomicFile::create(dir / "a");
    ASSERT_TRUE(file);
    const auto bytes = [](const char* text) {
        return std::as_bytes(std::span(text, std::char_traits<char>::length(text)));
    };
    ASSERT_TRUE(file->write(bytes("0000rest")));
    ASSERT_TRUE(file->write_at(0, bytes("head")));
    ASSERT_TRUE(file->write(bytes("!")));
    ASSERT_TRUE(file->commit());
    EXPECT_EQ(*read_file(dir / "a"), "headrest!");
}

TEST(AtomicDirectory, AppearsAsAWholeOrNotAtAll) {
    bool succeeded = false;
    for (int n = 1; n < 40 && !succeeded; ++n) {
        TempDir dir;
        inject_file_fault(n, ENOSPC);
        const Status status = [&]() -> Status {
            auto staged = AtomicDirectory::create(dir / "d");
            if (!staged) return staged.error();
            if (Status s = write_file_atomically(staged->staging() / "x", "1"); !s) return s;
            if (Status s = write_file_atomically(staged->staging() / "y", "2"); !s) return s;
            return staged->commit();
        }();
        inject_file_fault(0, 0);
        succeeded = status.ok();
        if (fs::exists(dir / "d")) {
            EXPECT_EQ(*read_file(dir / "d" / "x"), "1");
            EXPECT_EQ(*read_file(dir / "d" / "y"), "2");
            EXPECT_EQ(entries_in(dir.path()), 1);
        } else {
            EXPECT_FALSE(succeeded);
            EXPECT_EQ(entries_in(dir.path()), 0) << "operation " << n;
        }
    }
    EXPECT_TRUE(succeeded);
}

TEST(ReadFile, RefusesWhatIsNotARegularFileWithoutWaiting) {
    TempDir dir;
    ASSERT_EQ(::mkfifo((dir / "fifo").c_str(), 0600), 0);
    EXPECT_EQ(read_file(dir / "fifo").error().code, ErrorCode::Unsupported);
    EXPECT_FALSE(read_file(dir.path()));
    EXPECT_EQ(read_file(dir / "missing").error().code, ErrorCode::NotFound);
    std::ofstream(dir / "big") << std::string(100, 'x');
    EXPECT_EQ(read_file(dir / "big", 99).error().code, ErrorCode::TooLarge);
    EXPECT_TRUE(read_file(dir / "big", 100));
}

TEST(MappedFile, OutlivesItsOpenerAndKnowsEmptyFiles) {
    TempDir dir;
    std::ofstream(dir / "a") << "mapped";
    std::ofstream(dir / "empty");
    MappedFile copy;
    {
        auto file = MappedFile::open(dir / "a");
        ASSERT_TRUE(file);
        copy = *file;
    }
    EXPECT_EQ(
        std::string_view(reinterpret_cast<const char*>(copy.bytes().data()), copy.bytes().size()),
        "mapped");
    EXPECT_TRUE(MappedFile::open(dir / "empty")->bytes().empty());
}

TEST(AppendLine, LinesOfTwoThreadsDoNotMix) {
    TempDir dir;
    const auto write = [&](char letter) {
        for (int i = 0; i < 200; ++i)
            ASSERT_TRUE(append_line(dir / "log", std::string(50, letter)));
    };
    std::thread other(write, 'b');
    write('a');
    other.join();
    std::ifstream file(dir / "log");
    int lines = 0;
    for (std::string line; std::getline(file, line); ++lines)
        EXPECT_TRUE(line == std::string(50, 'a') || line == std::string(50, 'b'));
    EXPECT_EQ(lines, 400);
}

TEST(Hash, PiecesGiveTheHashOfTheWhole) {
    const std::string text(1000, 'q');
    Hasher hasher;
    hasher.update(std::as_bytes(std::span(text.data(), 300)));
    hasher.update(std::as_bytes(std::span(text.data() + 300, 700)));
    EXPECT_EQ(hasher.digest(), hash64(text));
    EXPECT_EQ(to_hex(hash64(std::string_view(""))),
              "2d06800538d394c2");  // XXH3's published empty hash
}

}  // namespace
}  // namespace pentimento
