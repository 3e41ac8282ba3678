// Downloading from a server that drops, stalls, lies and leads astray.
#include "core/fetch/download.h"

#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <chrono>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "tests/fetch/server.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

using Connection = Server::Connection;
using Asked = Server::Asked;

std::string contents(std::size_t size = 300'000, unsigned seed = 1) {
    std::string text(size, '\0');
    std::uint32_t state = seed;
    for (char& c : text) c = static_cast<char>((state = state * 1664525u + 1013904223u) >> 24);
    return text;
}

class Downloads : public testing::Test {
  protected:
    Download request(const std::string& url) const {
        Download what;
        what.url = url;
        what.target = target();
        what.bytes = file.size();
        what.sha256 = sha256(std::as_bytes(std::span(file)));
        what.connect_seconds = 2;
        what.stall_seconds = 1;
        what.attempts = 3;
        what.retry_seconds = 0.01;
        return what;
    }
    fs::path target() const { return folder / "weights.pth"; }
    fs::path part() const { return folder / "weights.pth.part"; }
    bool arrived() const {
        const auto found = read_file(target());
        return found && *found == file && !fs::exists(part()) &&
               !fs::exists(folder / "weights.pth.part.origin");
    }
    std::size_t kept() const { return fs::exists(part()) ? fs::file_size(part()) : 0; }

    TempDir folder;
    const std::string file = contents();
};

TEST_F(Downloads, TheFileArrivesWithProgress) {
    Server server([&](const Connection& to, const Asked&) { to.whole(file); });
    std::uint64_t last = 0;
    bool checked = false, backwards = false;
    const auto status = download(request(server.url("/w")), [&](const DownloadProgress& progress) {
        EXPECT_EQ(progress.total, file.size());
        if (progress.phase == DownloadProgress::Phase::Receiving) {
            backwards = backwards || progress.done < last;
            last = progress.done;
        }
        checked = checked || progress.phase == DownloadProgress::Phase::Checking;
        return true;
    });
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(arrived());
    EXPECT_TRUE(checked);
    EXPECT_FALSE(backwards);
}

TEST_F(Downloads, ADroppedConnectionIsGoneOnFrom) {
    // Each connection brings a third and breaks; the last one brings the rest.
    Server server([&](const Connection& to, const Asked& asked) {
        const long from = std::max(0l, asked.from);
        const auto headers = "ETag: \"one\"\r\nContent-Length: " +
                             std::to_string(file.size() - static_cast<std::size_t>(from)) + "\r\n";
        const auto piece = std::string_view(file).substr(static_cast<std::size_t>(from), 100'000);
        if (from == 0)
            to.answer("200 OK", headers, piece);
        else
            to.answer("206 Partial Content",
                      headers + "Content-Range: bytes " + std::to_string(from) + "-" +
                          std::to_string(file.size() - 1) + "/" + std::to_string(file.size()) +
                          "\r\n",
                      piece);
    });
    const auto status = download(request(server.url("/w")));
    ASSERT_TRUE(status) << status.error().message << status.error().detail;
    EXPECT_TRUE(arrived());
    const auto asked = server.asked();
    ASSERT_EQ(asked.size(), 3u);
    EXPECT_EQ(asked[0].from, -1);
    EXPECT_EQ(asked[1].from, 100'000);
    EXPECT_EQ(asked[1].if_range, "\"one\"") << "only if it is still the same file";
    EXPECT_EQ(asked[2].from, 200'000);
}

TEST_F(Downloads, CancellingKeepsWhatCameAndTheNextCallGoesOn) {
    std::atomic<bool> generous{false};
    Server server([&](const Connection& to, const Asked& asked) {
        if (generous) return asked.from < 0 ? to.whole(file) : to.part(file, asked.from);
        to.answer("200 OK", "Content-Length: " + std::to_string(file.size()) + "\r\n",
                  std::string_view(file).substr(0, 120'000));
        to.stall();
    });
    auto what = request(server.url("/w"));
    what.stall_seconds = 60;
    const auto begin = std::chrono::steady_clock::now();
    auto status =
        download(what, [&](const DownloadProgress& progress) { return progress.done < 120'000; });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Cancelled);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    EXPECT_EQ(kept(), 120'000u);
    EXPECT_FALSE(fs::exists(target()));

    generous = true;
    std::uint64_t first_seen = 0;
    status = download(what, [&](const DownloadProgress& progress) {
        if (first_seen == 0) first_seen = progress.done;
        return true;
    });
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(arrived());
    EXPECT_GE(first_seen, 120'000u);
    EXPECT_EQ(server.asked().back().from, 120'000);
}

TEST_F(Downloads, AServerThatIgnoresTheRangeStartsAgain) {
    ASSERT_TRUE(write_file_atomically(part(), std::string_view(file).substr(0, 1000)));
    Server server([&](const Connection& to, const Asked&) { to.whole(file); });
    const auto status = download(request(server.url("/w")));
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_EQ(server.asked().at(0).from, 1000);
    EXPECT_TRUE(arrived());
}

TEST_F(Downloads, NonsenseInAnswerToARangeStartsAgain) {
    for (const char* answer : {"416 Range Not Satisfiable", "206 Partial Content",
                               "206 Content-Range: bytes 7-9/300000"}) {
        ASSERT_TRUE(write_file_atomically(part(), std::string_view(file).substr(0, 1000)));
        Server server([&](const Connection& to, const Asked& asked) {
            if (asked.from < 0) return to.whole(file);
            const std::string text = answer;
            const auto range = text.find("Content-Range");
            if (range == std::string::npos) return to.answer(text, "");
            to.answer("206 Partial Content", text.substr(range) + "\r\n", "abc");
        });
        const auto status = download(request(server.url("/w")));
        ASSERT_TRUE(status) << answer << ": " << status.error().message;
        EXPECT_TRUE(arrived()) << answer;
    }
}

TEST_F(Downloads, AnOldPartOfAnotherFileIsThrownAwayOnce) {
    // What is there came from somewhere else: together the checksum is wrong, alone it is right.
    ASSERT_TRUE(write_file_atomically(part(), std::string(5000, 'x')));
    Server server([&](const Connection& to, const Asked& asked) {
        asked.from < 0 ? to.whole(file) : to.part(file, asked.from);
    });
    const auto status = download(request(server.url("/w")));
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(arrived());
    ASSERT_EQ(server.asked().size(), 2u);
    EXPECT_EQ(server.asked()[1].from, -1);
}

TEST_F(Downloads, APartThatIsTooLongIsThrownAway) {
    ASSERT_TRUE(write_file_atomically(part(), contents(400'000, 7)));
    Server server([&](const Connection& to, const Asked&) { to.whole(file); });
    ASSERT_TRUE(download(request(server.url("/w"))));
    EXPECT_TRUE(arrived());
}

TEST_F(Downloads, ACompletePartIsOnlyChecked) {
    ASSERT_TRUE(write_file_atomically(part(), file));
    Server server([&](const Connection& to, const Asked&) { to.answer("404 Not Found", ""); });
    ASSERT_TRUE(download(request(server.url("/w"))));
    EXPECT_TRUE(arrived());
    EXPECT_TRUE(server.asked().empty());
}

TEST_F(Downloads, WrongBytesAreDeleted) {
    const std::string wrong = contents(file.size(), 2);
    Server server([&](const Connection& to, const Asked&) { to.whole(wrong); });
    const auto status = download(request(server.url("/w")));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Corrupt);
    EXPECT_NE(status.error().message.find("checksum"), std::string::npos);
    EXPECT_FALSE(fs::exists(target()));
    EXPECT_EQ(kept(), 0u);
}

TEST_F(Downloads, LiesAboutTheLength) {
    const auto run = [&](Server::Handler handler) {
        Server server(std::move(handler));
        return download(request(server.url("/w")));
    };
    // It says at once that it is another file: nothing is taken.
    for (const std::size_t size : {std::size_t{10}, file.size() * 1000}) {
        const auto status = run([&](const Connection& to, const Asked&) {
            to.answer("200 OK", "Content-Length: " + std::to_string(size) + "\r\n",
                      std::string_view(file).substr(0, 10));
        });
        ASSERT_FALSE(status);
        EXPECT_EQ(status.error().code, ErrorCode::Corrupt) << status.error().message;
        EXPECT_EQ(kept(), 0u);
    }
    // It says nothing and sends without end.
    auto status = run([&](const Connection& to, const Asked&) {
        to.answer("200 OK", "", file);
        for (int i = 0; i < 1000; ++i) to.send(file);
    });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Corrupt) << status.error().message;
    EXPECT_LE(kept(), file.size());
    fs::remove(part());
    // It says nothing and ends too early, every time.
    status = run([&](const Connection& to, const Asked& asked) {
        if (asked.from < 0) return to.answer("200 OK", "", std::string_view(file).substr(0, 1000));
        to.answer("206 Partial Content",
                  "Content-Range: bytes " + std::to_string(asked.from) + "-299999/300000\r\n");
    });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Io) << status.error().message;
    EXPECT_EQ(kept(), 1000u);
    EXPECT_FALSE(fs::exists(target()));
}

TEST_F(Downloads, AStallEndsWithAMessageAndKeepsWhatCame) {
    Server server([&](const Connection& to, const Asked& asked) {
        if (asked.from < 0)
            to.answer("200 OK", "Content-Length: " + std::to_string(file.size()) + "\r\n",
                      std::string_view(file).substr(0, 2000));
        to.stall();
    });
    auto what = request(server.url("/w"));
    what.attempts = 1;
    const auto begin = std::chrono::steady_clock::now();
    const auto status = download(what);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Io);
    EXPECT_NE(status.error().message.find("nothing for too long"), std::string::npos)
        << status.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
    EXPECT_EQ(kept(), 2000u);
}

TEST_F(Downloads, RedirectsAreFollowedButNotInCircles) {
    Server server([&](const Connection& to, const Asked& asked) {
        if (asked.path == "/end") return to.whole(file);
        const std::string next = asked.path == "/a"   ? "/b"
                                 : asked.path == "/b" ? "end"
                                 : asked.path == "/c" ? "/d"
                                                      : "/c";
        to.answer("302 Found", "Location: " + next + "\r\nContent-Length: 0\r\n");
    });
    auto status = download(request(server.url("/a")));
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(arrived());
    const auto before = server.asked().size();
    status = download(request(server.url("/c")));
    ASSERT_FALSE(status);
    EXPECT_NE(status.error().message.find("without end"), std::string::npos);
    EXPECT_LE(server.asked().size() - before, 6u);
}

TEST_F(Downloads, RedirectsToElsewhereAreRefused) {
    for (const char* elsewhere :
         {"http://download.pytorch.org/w", "ftp://127.0.0.1/w", "file:///etc/passwd",
          "https://pytorch.org.evil.example/w", "https://evilpytorch.org/w", "gopher://x/"}) {
        Server server([&](const Connection& to, const Asked&) {
            to.answer("301 Moved", "Location: " + std::string(elsewhere) + "\r\n");
        });
        auto what = request(server.url("/w"));
        what.hosts = {"pytorch.org"};
        const auto status = download(what);
        ASSERT_FALSE(status) << elsewhere;
        EXPECT_EQ(status.error().code, ErrorCode::InvalidArgument) << status.error().message;
        EXPECT_EQ(server.asked().size(), 1u);
    }
}

TEST_F(Downloads, AddressesThatAreNotSafeAreRefusedBeforeAnythingIsAsked) {
    for (const char* url : {"http://download.pytorch.org/w", "ftp://download.pytorch.org/w",
                            "file:///etc/passwd", "nonsense", "", "http://10.0.0.1/w",
                            "https://example.org/w", "http://127.0.0.1.example.org/w"}) {
        auto what = request(url);
        what.hosts = {"pytorch.org"};
        const auto status = download(what);
        ASSERT_FALSE(status) << url;
        EXPECT_EQ(status.error().code, ErrorCode::InvalidArgument) << url;
        EXPECT_EQ(kept(), 0u);
    }
}

TEST_F(Downloads, ErrorsOfTheServerSayWhatToDo) {
    struct Case {
        const char* status;
        ErrorCode code;
        std::size_t times;
    };
    for (const Case& expected :
         {Case{"404 Not Found", ErrorCode::NotFound, 1}, Case{"403 Forbidden", ErrorCode::Io, 1},
          Case{"500 Internal Server Error", ErrorCode::Io, 3}, Case{"302 Found", ErrorCode::Io, 1},
          Case{"nonsense", ErrorCode::Io, 3}}) {
        Server server([&](const Connection& to, const Asked&) {
            to.answer(expected.status, "Content-Length: 5\r\n", "sorry");
        });
        const auto status = download(request(server.url("/w")));
        ASSERT_FALSE(status) << expected.status;
        EXPECT_EQ(status.error().code, expected.code)
            << expected.status << ": " << status.error().message;
        EXPECT_EQ(server.asked().size(), expected.times) << expected.status;
        EXPECT_EQ(kept(), 0u) << "an error page is no part of the file";
        EXPECT_NE(status.error().message.find("again") == std::string::npos,
                  status.error().message.find("another address") == std::string::npos)
            << status.error().message;
    }
}

TEST_F(Downloads, AnOverloadedServerIsAskedAgain) {
    int calls = 0;
    Server server([&](const Connection& to, const Asked&) {
        ++calls < 3 ? to.answer("503 Busy", "") : to.whole(file);
    });
    const auto status = download(request(server.url("/w")));
    ASSERT_TRUE(status) << status.error().message;
    EXPECT_TRUE(arrived());
}

TEST_F(Downloads, NobodyThere) {
    std::string url;
    {
        Server gone([](const Connection&, const Asked&) {});
        url = gone.url("/w");
    }
    const auto status = download(request(url));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Io);
    EXPECT_NE(status.error().message.find("does not answer"), std::string::npos);
}

TEST_F(Downloads, TwoAtOnceDoNotMix) {
    const int other = ::open(part().c_str(), O_RDWR | O_CREAT, 0600);
    ASSERT_EQ(::flock(other, LOCK_EX), 0);
    Server server([&](const Connection& to, const Asked&) { to.whole(file); });
    const auto status = download(request(server.url("/w")));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Conflict);
    EXPECT_TRUE(server.asked().empty());
    ::close(other);
    EXPECT_TRUE(download(request(server.url("/w"))));
}

TEST_F(Downloads, AFolderThatIsNotThereIsSaid) {
    Server server([&](const Connection& to, const Asked&) { to.whole(file); });
    auto what = request(server.url("/w"));
    what.target = folder / "missing/weights.pth";
    const auto status = download(what);
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code, ErrorCode::Io);
}

}  // namespace
}  // namespace pentimento
