// Files that are cut short, lie, or are no pictures at all: each is refused with a message, nothing
// crashes, nothing blocks, and memory stays bounded.
#include <fcntl.h>
#include <sys/stat.h>

#include <chrono>

#include "tests/media/media_test_tools.h"

namespace pentimento {
namespace {

constexpr long kMaxGrowthKb = 512 * 1024;

class HostilePictures : public TemporaryFolder {};

TEST_F(HostilePictures, TruncatedFilesOfEveryFormatAreRefused) {
    int cases = 0;
    for (const char* extension : {"png", "jpg", "webp", "tif", "bmp"}) {
        const std::string whole = encoded(test_picture(90, 70, 1), extension);
        for (const double part : {0.0, 0.001, 0.01, 0.1, 0.3, 0.5, 0.8, 0.95}) {
            const auto length = static_cast<std::size_t>(part * static_cast<double>(whole.size()));
            const auto result = decode(whole.substr(0, length), "cut." + std::string(extension));
            EXPECT_FALSE(result) << extension << " with " << length << " of " << whole.size()
                                 << " bytes";
            if (!result) {
                EXPECT_THAT(result.error().message, testing::HasSubstr("cut.")) << extension;
            }
            ++cases;
        }
    }
    EXPECT_GE(cases, 40);
}

TEST_F(HostilePictures, AJpegThatLacksOnlyItsEndMarkIsRead) {
    const std::string whole = encoded(test_picture(90, 70), "jpg");
    EXPECT_TRUE(decode(whole.substr(0, whole.size() - 2)));
}

TEST_F(HostilePictures, BombsAreRefusedBeforeDecoding) {
    const auto sof = [](int kind, int width, int height) {
        std::string out = "\xff\xd8\xff";
        out += static_cast<char>(kind);
        out += std::string("\0\x11\x08", 3);
        out += {static_cast<char>(height >> 8), static_cast<char>(height),
                static_cast<char>(width >> 8), static_cast<char>(width)};
        return out + std::string("\3\1\x11\0\2\x11\1\3\x11\1", 10) + std::string(40, 'x');
    };
    const auto tiff = [](std::uint32_t width, std::uint32_t height) {
        return std::string("II*\0", 4) + le(8, 4) + le(2, 2) + le(256, 2) + le(4, 2) + le(1, 4) +
               le(width, 4) + le(257, 2) + le(4, 2) + le(1, 4) + le(height, 4) + le(0, 4);
    };
    const auto bmp = [](std::uint32_t width, std::uint32_t height) {
        return "BM" + le(1000, 4) + le(0, 4) + le(54, 4) + le(40, 4) + le(width, 4) +
               le(height, 4) + le(1, 2) + le(24, 2) + le(0, 24) + std::string(100, 'x');
    };
    const auto webp = [](std::uint32_t width, std::uint32_t height) {
        return "RIFF" + le(100, 4) + "WEBPVP8X" + le(10, 4) + le(0, 4) + le(width - 1, 3) +
               le(height - 1, 3) + std::string(80, '\0');
    };
    const std::vector<std::pair<std::string, std::string>> bombs = {
        {"png 60,000 × 60,000", png_that_claims(60'000, 60'000)},
        {"png of two thousand million a side", png_that_claims(0x7fffffff, 0x7fffffff)},
        {"png, sign bit set", png_that_claims(0xffffffff, 0xffffffff)},
        {"png, one row", png_that_claims(0x7fffffff, 1)},
        {"png, 16 bit", png_that_claims(8'000, 8'000, 16)},
        {"jpeg 65,535 × 65,535", sof(0xc0, 65'535, 65'535)},
        {"jpeg, progressive", sof(0xc2, 9'000, 9'000)},
        {"tiff 100,000 × 100,000", tiff(100'000, 100'000)},
        {"tiff of 2^32 - 1", tiff(0xffffffff, 0xffffffff)},
        {"bmp 100,000 × 100,000", bmp(100'000, 100'000)},
        {"bmp upside down", bmp(100'000, static_cast<std::uint32_t>(-100'000))},
        {"webp 16,777,216 a side", webp(1 << 24, 1 << 24)},
        {"gif 65,535 × 65,535", "GIF89a" + le(65'535, 2) + le(65'535, 2) + std::string(50, '\0')},
        {"pnm", "P6 99999 99999 255\n"},
        {"pnm with digits without end", "P6 " + std::string(100'000, '9') + " 1 255\n"}};
    const long before = peak_memory_kb();
    for (const auto& [name, bytes] : bombs) {
        const auto start = std::chrono::steady_clock::now();
        const auto result = decode(bytes, name);
        ASSERT_FALSE(result) << name;
        EXPECT_EQ(result.error().code, ErrorCode::TooLarge)
            << name << ": " << result.error().message;
        EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::milliseconds(200)) << name;
    }
    EXPECT_LT(peak_memory_kb() - before, 32 * 1024) << "nothing was allocated for them";
}

TEST_F(HostilePictures, ImpossibleSizesAreRefused) {
    for (const std::string& bytes :
         {png_that_claims(0, 10), png_that_claims(10, 0), std::string("P6 0 0 255\n"),
          std::string("P6 x y 255\n"),
          "BM" + le(1000, 4) + le(0, 4) + le(54, 4) + le(40, 4) + le(0xffffffff, 4) +
              le(0x80000000, 4) + std::string(80, '\0'),
          "GIF89a" + std::string(60, '\0'), "RIFF" + le(20, 4) + "WEBP" + std::string(40, '\0'),
          std::string("II*\0", 4) + le(0xfffffff0, 4), std::string("MM\0*\0\0\0\x08\xff\xff", 10),
          std::string("\xff\xd8\xff\xd9", 4), std::string("\xff\xd8\xff\xe0\0\0", 6)}) {
        const auto result = decode(bytes, "odd");
        ASSERT_FALSE(result);
        EXPECT_FALSE(result.error().message.empty());
    }
}

TEST_F(HostilePictures, CmykJpegIsReadInTrueColours) {
    // An 8 × 8 CMYK JPEG without Adobe's marker: one flat block, all Huffman codes of one symbol.
    // Each component's DC value is given by its own difference: cyan 255, magenta 0, yellow 0,
    // black 0.
    std::string out = std::string("\xff\xd8\xff\xdb\0\x43\0", 7) + std::string(64, '\1');
    out += std::string("\xff\xc0\0\x14\x08\0\x08\0\x08\4\1\x11\0\2\x11\0\3\x11\0\4\x11\0", 22);
    // DC table: categories 0 and 11 with codes 0 and 10; AC table: only the end of a block, code 0.
    out += std::string("\xff\xc4\0\x15\0\1\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 21) +
           std::string("\0\x0b", 2);
    out += std::string("\xff\xc4\0\x14\x10\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 21) +
           std::string("\0", 1);
    out += std::string("\xff\xda\0\x0e\4\1\0\2\0\3\0\4\0\0\x3f\0", 16);
    std::string bits;
    const auto dc = [&](int difference) {
        // Sample = 128 + difference / 8; category 11 holds 1024 … 2047 and their negatives.
        bits += "10";
        const int value = difference > 0 ? difference : difference + 2047;
        for (int bit = 10; bit >= 0; --bit) bits += value >> bit & 1 ? '1' : '0';
        bits += '0';
    };
    dc(1024);   // 255, clamped from 256
    dc(-1024);  // 0
    dc(-1024);
    dc(-1024);
    while (bits.size() % 8) bits += '1';
    for (std::size_t i = 0; i < bits.size(); i += 8) {
        const auto byte = static_cast<char>(std::stoi(bits.substr(i, 8), nullptr, 2));
        out += byte;
        if (byte == '\xff') out += '\0';
    }
    out += "\xff\xd9";
    const auto back = decode(out, "cmyk.jpg");
    ASSERT_TRUE(back) << back.error().message << " " << back.error().detail;
    EXPECT_THAT(pixel(*back, 4, 4), testing::ElementsAre(0, 255, 255, 255)) << "full cyan";

    // With Adobe's marker the same bytes mean inverted inks: no cyan, all of the others: black.
    const std::string adobe("\xff\xee\0\x0e\x41\x64\x6f\x62\x65\0\x64\0\0\0\0\0", 16);
    const auto inverted = decode(out.substr(0, 2) + adobe + out.substr(2), "adobe.jpg");
    ASSERT_TRUE(inverted) << inverted.error().message << " " << inverted.error().detail;
    EXPECT_THAT(pixel(*inverted, 4, 4), testing::ElementsAre(0, 0, 0, 255));
}

TEST_F(HostilePictures, OnlyRegularFilesAreOpened) {
    ASSERT_EQ(::mkfifo((dir_ / "fifo.png").c_str(), 0600), 0);
    fs::create_directory(dir_ / "folder.png");
    fs::create_symlink("loop_b.png", dir_ / "loop_a.png");
    fs::create_symlink("loop_a.png", dir_ / "loop_b.png");
    fs::create_symlink("nowhere.png", dir_ / "dangling.png");
    fs::create_symlink("/dev/zero", dir_ / "device.png");
    write_bytes(dir_ / "empty.png", "");
    const auto start = std::chrono::steady_clock::now();
    for (const char* name : {"fifo.png", "folder.png", "loop_a.png", "dangling.png", "device.png",
                             "empty.png", "missing.png"}) {
        const auto result = read_picture(dir_ / name);
        ASSERT_FALSE(result) << name;
        EXPECT_FALSE(result.error().message.empty()) << name;
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(1));
    const std::string odd = "b\xff\xfe\x80 \n.png";
    ASSERT_TRUE(write_picture(dir_ / odd, test_picture(9, 9)));
    EXPECT_TRUE(read_picture(dir_ / odd));
    write_bytes(dir_ / "\xff\xff.png", "no picture");
    EXPECT_THAT(read_picture(dir_ / "\xff\xff.png").error().message,
                testing::HasSubstr("\xEF\xBF\xBD"));
}

TEST_F(HostilePictures, ContentsDecideNotTheName) {
    write_bytes(dir_ / "really-png.jpg", encoded(test_picture(20, 20), "png"));
    EXPECT_TRUE(read_picture(dir_ / "really-png.jpg"));
    write_bytes(dir_ / "text.png", "#!/bin/sh\necho a script\n");
    const auto text = read_picture(dir_ / "text.png");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code, ErrorCode::Unsupported);
}

TEST_F(HostilePictures, LimitsAreTheCallers) {
    const std::string bytes = encoded(test_picture(100, 100), "png");
    const auto span = std::as_bytes(std::span(bytes));
    EXPECT_TRUE(decode_picture(span, "x", {.max_pixels = 10'000}));
    EXPECT_FALSE(decode_picture(span, "x", {.max_pixels = 9'999}));
    write_bytes(dir_ / "x.png", bytes);
    EXPECT_FALSE(read_picture(dir_ / "x.png", {.max_file_bytes = bytes.size() - 1}));
}

TEST_F(HostilePictures, RandomDamageNeverCrashes) {
    const long before = peak_memory_kb();
    SplitMix64 random(11);
    int decoded = 0, refused = 0;
    for (const char* extension : {"png", "jpg", "webp", "tif", "bmp"}) {
        std::string whole = encoded(test_picture(64, 48, 2, true), extension);
        if (std::string(extension) == "jpg") whole = jpeg_with_exif(whole, 6);
        for (int i = 0; i < 150; ++i) {
            std::string bytes = whole;
            const std::size_t reach =
                i % 2 ? bytes.size() : std::min<std::size_t>(bytes.size(), 120);
            for (std::uint64_t n = 0; n < 1 + random.below(6); ++n)
                bytes[random.below(reach)] = static_cast<char>(random());
            const auto result = decode(bytes);
            (result ? decoded : refused)++;
            if (result) {
                EXPECT_FALSE(result->empty());
            } else {
                EXPECT_FALSE(result.error().message.empty());
            }
        }
    }
    for (int i = 0; i < 200; ++i) {
        static const std::string_view kStarts[] = {
            "\x89PNG\r\n\x1a\n", "\xff\xd8\xff\xe0", "RIFF....WEBPVP8 ", "GIF89a", "BM",
            "P6 9 9 255\n",      "P4 90 9\n"};
        std::string bytes(kStarts[random.below(std::size(kStarts))]);
        for (int n = 0; n < 300; ++n) bytes += static_cast<char>(random());
        refused += !decode(bytes);
    }
    EXPECT_GT(decoded, 20);
    EXPECT_GT(refused, 200);
    EXPECT_LT(peak_memory_kb() - before, kMaxGrowthKb);
}

}  // namespace
}  // namespace pentimento
