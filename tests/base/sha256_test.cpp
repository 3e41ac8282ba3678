// SHA-256 against the examples of FIPS 180-4 and at the edges of its blocks.
#include "core/base/sha256.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <span>
#include <string>

namespace pentimento {
namespace {

std::string digest(const std::string& text) {
    return sha256(std::as_bytes(std::span(text)));
}

TEST(Sha256, MatchesThePublishedExamples) {
    EXPECT_EQ(digest(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(digest("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    EXPECT_EQ(digest(std::string(1'000'000, 'a')),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PadsAtEveryEdgeOfABlock) {
    const auto beginning = [](std::size_t length) {
        return digest(std::string(length, 'x')).substr(0, 16);
    };
    EXPECT_EQ(beginning(55), "d5e285683cd4efc0");
    EXPECT_EQ(beginning(56), "04c26261370ee754");
    EXPECT_EQ(beginning(63), "75220b47218278e6");
    EXPECT_EQ(beginning(64), "7ce100971f64e700");
    EXPECT_EQ(beginning(65), "9537c5fdf120482f");
}

TEST(Sha256, PiecesOfAnySizeGiveTheSameAsTheWhole) {
    std::string text;
    for (int i = 0; i < 1000; ++i) text += static_cast<char>('a' + i % 23);
    for (const std::size_t piece : {1u, 7u, 63u, 64u, 65u, 200u, 999u}) {
        Sha256 sum;
        for (std::size_t at = 0; at < text.size(); at += piece)
            sum.update(
                std::as_bytes(std::span(text).subspan(at, std::min(piece, text.size() - at))));
        EXPECT_EQ(sum.digest(), digest(text)) << piece;
    }
}

}  // namespace
}  // namespace pentimento
