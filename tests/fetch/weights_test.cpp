// The list of published weights and the cache.
#include "core/fetch/weights.h"

#include <gtest/gtest.h>

#include <set>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "tests/fetch/server.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

TEST(PublishedWeightsTest, EntriesAreComplete) {
    std::set<std::string> names;
    for (const auto& weights : published_weights()) {
        EXPECT_TRUE(weights.url.starts_with("https://download.pytorch.org/")) << weights.url;
        EXPECT_EQ(weights.sha256.size(), 64u);
        // torchvision's names end with the first digits of the checksum.
        const auto name = weights.file_name();
        EXPECT_EQ(name.substr(name.size() - 12, 8), weights.sha256.substr(0, 8)) << name;
        EXPECT_GT(weights.bytes, 1'000'000u);
        EXPECT_EQ(weights.preprocessing, "torchvision");
        EXPECT_TRUE(names.insert(weights.features).second);
        EXPECT_EQ(find_published_weights(weights.features), &weights);
    }
    EXPECT_EQ(find_published_weights("other"), nullptr);
    EXPECT_EQ(names.count("vgg19"), 1u);
}

TEST(WeightsCache, FollowsTheEnvironment) {
    const auto with = [](const char* cache, const char* home) {
        const char *old_cache = std::getenv("XDG_CACHE_HOME"), *old_home = std::getenv("HOME");
        const std::string kept_cache = old_cache ? old_cache : "",
                          kept_home = old_home ? old_home : "";
        ::setenv("XDG_CACHE_HOME", cache, 1);
        ::setenv("HOME", home, 1);
        const auto found = weights_cache();
        old_cache ? ::setenv("XDG_CACHE_HOME", kept_cache.c_str(), 1)
                  : ::unsetenv("XDG_CACHE_HOME");
        old_home ? ::setenv("HOME", kept_home.c_str(), 1) : ::unsetenv("HOME");
        return found;
    };
    EXPECT_EQ(with("/c", "/h"), "/c/pentimento/weights");
    EXPECT_EQ(with("", "/h"), "/h/.cache/pentimento/weights");
    EXPECT_EQ(with("relative", "/h"), "/h/.cache/pentimento/weights");
    EXPECT_EQ(with("", ""), "");
    EXPECT_FALSE(fetch_weights(published_weights()[0], {}));
}

TEST(WeightsCache, FetchesOnceAndReplacesWhatIsDamaged) {
    TempDir folder;
    const fs::path cache = folder / "new/folder";
    const std::string file(50'000, 'w');
    const PublishedWeights weights{"net",
                                   "Net",
                                   "https://example.org/models/net-1.pth",
                                   file.size(),
                                   sha256(std::as_bytes(std::span(file))),
                                   "torchvision"};
    Server server([&](const Server::Connection& to, const Server::Asked&) { to.whole(file); });
    EXPECT_FALSE(cached_weights(weights, cache));
    const auto fetch = [&](const std::string& path) {
        return fetch_weights(weights, cache, {}, server.url(path));
    };
    auto path = fetch("/mirror/");
    ASSERT_TRUE(path) << path.error().message;
    EXPECT_EQ(*path, cache / "net-1.pth");
    EXPECT_EQ(cached_weights(weights, cache), *path);
    EXPECT_EQ(server.asked().at(0).path, "/mirror/net-1.pth");
    ASSERT_TRUE(fetch("/mirror/"));
    EXPECT_EQ(server.asked().size(), 1u) << "it is there already";

    std::string damaged = file;
    damaged[77] = '!';
    ASSERT_TRUE(write_file_atomically(*path, damaged));
    ASSERT_TRUE(fetch("/other/name"));
    EXPECT_EQ(*read_file(*path), file);
    EXPECT_EQ(server.asked().back().path, "/other/name");

    ASSERT_TRUE(write_file_atomically(*path, std::string_view("short")));
    EXPECT_FALSE(cached_weights(weights, cache)) << "a wrong size is not used";
    const auto stopped = fetch_weights(
        weights, cache, [](const DownloadProgress&) { return false; }, server.url("/mirror/"));
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace pentimento
