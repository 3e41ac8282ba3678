// Pictures in and out: round trips, orientation, colour types, settings inside PNGs, resizing,
// grids.
#include "core/media/picture.h"

#include "tests/media/media_test_tools.h"

namespace pentimento {
namespace {

class Pictures : public TemporaryFolder {};

TEST_F(Pictures, LosslessFormatsComeBackBitForBit) {
    for (const bool transparent : {false, true})
        for (const char* extension : {"png", "tif", "tiff", "bmp"}) {
            if (transparent && std::string(extension) == "bmp") continue;
            const Frame frame = test_picture(61, 37, 3, transparent);
            const fs::path path = dir_ / (std::string("p.") + extension);
            ASSERT_TRUE(write_picture(path, frame)) << extension;
            const auto back = read_picture(path);
            ASSERT_TRUE(back) << extension << ": " << back.error().message;
            // libtiff hands out premultiplied colours, which costs up to a few steps.
            EXPECT_LE(mean_difference(*back, frame), transparent && extension[0] == 't' ? 0.6 : 0.0)
                << extension;
        }
}

TEST_F(Pictures, LossyFormatsComeBackClose) {
    const Frame frame = test_picture(128, 96);
    for (const char* extension : {"jpg", "jpeg", "webp"}) {
        const auto back = decode(encoded(frame, extension));
        ASSERT_TRUE(back) << back.error().message;
        EXPECT_LT(mean_difference(*back, frame), 4) << extension;
    }
    const Frame glass = test_picture(128, 96, 0, true);
    const auto back = decode(encoded(glass, "webp"));
    ASSERT_TRUE(back);
    EXPECT_LE(std::abs(pixel(*back, 40, 40)[3] - pixel(glass, 40, 40)[3]), 1);
}

TEST_F(Pictures, AlphaGoesOverWhiteWhereTheFormatHasNone) {
    const Frame clear = Frame::from_rgba(16, 16, std::vector<std::uint8_t>(16 * 16 * 4, 0));
    for (const char* extension : {"jpg", "bmp"}) {
        const auto back = decode(encoded(clear, extension));
        ASSERT_TRUE(back);
        EXPECT_THAT(pixel(*back, 8, 8), testing::ElementsAre(255, 255, 255, 255)) << extension;
    }
}

TEST_F(Pictures, WriteRefusesUnknownNamesAndEmptyPictures) {
    const Frame frame = test_picture(8, 8);
    for (const char* name : {"x", "x.gif", "x.", "x.png.exe"}) {
        const Status status = write_picture(dir_ / name, frame);
        ASSERT_FALSE(status) << name;
        EXPECT_THAT(status.error().message, testing::HasSubstr("png")) << name;
    }
    EXPECT_FALSE(write_picture(dir_ / "x.png", Frame{}));
    EXPECT_FALSE(write_picture(dir_ / "missing" / "x.png", frame));
    EXPECT_TRUE(write_picture(dir_ / "X.PNG", frame));
}

TEST_F(Pictures, AFailedWriteKeepsTheOldFile) {
    const fs::path path = dir_ / "p.png";
    ASSERT_TRUE(write_picture(path, test_picture(8, 8)));
    const std::string before = *read_file(path);
    int failures = 0;
    for (int nth = 1; nth < 50; ++nth) {
        inject_file_fault(nth, EIO);
        const bool done = write_picture(path, test_picture(9, 9)).ok();
        inject_file_fault(0, 0);
        if (done) break;
        ++failures;
        const auto now = read_picture(path);
        ASSERT_TRUE(now);
        EXPECT_TRUE(*read_file(path) == before || now->width == 9);
    }
    EXPECT_GE(failures, 3);
}

/// Where the pixel stored at (0, 0) is shown, EXIF 2.3 tag 274: top/bottom, left/right, and whether
/// width and height are exchanged.
struct Orientation {
    bool bottom, right, turned;
};
constexpr Orientation kOrientations[] = {
    {false, false, false}, {false, true, false}, {true, true, false}, {true, false, false},
    {false, false, true},  {false, true, true},  {true, true, true},  {true, false, true}};

void expect_oriented(const Result<Frame>& shown, int orientation, const char* what) {
    const Orientation& expected = kOrientations[orientation - 1];
    ASSERT_TRUE(shown) << what << orientation << ": " << shown.error().message;
    EXPECT_EQ(shown->width, expected.turned ? 48 : 80) << what << orientation;
    EXPECT_EQ(shown->height, expected.turned ? 80 : 48) << what << orientation;
    // The stored picture's top left corner is its only blue one.
    for (const bool bottom : {false, true})
        for (const bool right : {false, true}) {
            const auto corner =
                pixel(*shown, right ? shown->width - 3 : 2, bottom ? shown->height - 3 : 2);
            EXPECT_EQ(corner[2] > 128, bottom == expected.bottom && right == expected.right)
                << what << orientation << (bottom ? " bottom" : " top")
                << (right ? " right" : " left");
        }
    // Red grows along the stored rows: down the screen when the picture is turned.
    const auto middle = pixel(*shown, shown->width / 2, shown->height / 2);
    EXPECT_NEAR(middle[0], 128, 12) << what << orientation;
}

TEST_F(Pictures, ExifOrientationsOneToEight) {
    const std::string jpeg = encoded(test_picture(80, 48), "jpg"),
                      png = encoded(test_picture(80, 48), "png");
    for (int orientation = 1; orientation <= 8; ++orientation) {
        expect_oriented(decode(jpeg_with_exif(jpeg, orientation)), orientation, "jpeg ");
        expect_oriented(decode(jpeg_with_exif(jpeg, orientation, true)), orientation,
                        "jpeg, big-endian ");
        const std::string tagged =
            png.substr(0, 33) + png_chunk("eXIf", exif_block(orientation)) + png.substr(33);
        expect_oriented(decode(tagged), orientation, "png ");
    }
    for (const int nonsense : {0, 9, 255, 65535})
        expect_oriented(decode(jpeg_with_exif(jpeg, nonsense)), 1, "nonsense ");
}

/// An uncompressed TIFF with what a test wants to vary.
std::string tiff(int width, int height, int bits, int samples, int photometric, int orientation,
                 const std::string& pixels, const std::string& palette = {}) {
    std::vector<std::array<std::uint32_t, 4>> tags = {
        {256, 4, 1, static_cast<std::uint32_t>(width)},
        {257, 4, 1, static_cast<std::uint32_t>(height)},
        {259, 3, 1, 1},
        {262, 3, 1, static_cast<std::uint32_t>(photometric)},
        {273, 4, 1, 0},
        {274, 3, 1, static_cast<std::uint32_t>(orientation)},
        {277, 3, 1, static_cast<std::uint32_t>(samples)},
        {278, 4, 1, static_cast<std::uint32_t>(height)},
        {279, 4, 1, static_cast<std::uint32_t>(pixels.size())}};
    const std::size_t count = tags.size() + 1 + !palette.empty();
    const std::size_t data = 8 + 2 + 12 * count + 4;
    const std::size_t bits_at = data, palette_at = data + 8,
                      pixels_at = palette_at + palette.size();
    tags[4][3] = static_cast<std::uint32_t>(pixels_at);
    // The value of a single 16-bit sample stands in the entry itself.
    tags.insert(tags.begin() + 2,
                {258, 3, static_cast<std::uint32_t>(samples),
                 samples > 2 ? static_cast<std::uint32_t>(bits_at)
                             : static_cast<std::uint32_t>(bits) * (samples == 2 ? 0x10001u : 1u)});
    if (!palette.empty())
        tags.push_back({320, 3, static_cast<std::uint32_t>(palette.size() / 2),
                        static_cast<std::uint32_t>(palette_at)});
    std::string out = std::string("II") + le(42, 2) + le(8, 4) + le(count, 2);
    for (const auto& tag : tags)
        out += le(tag[0], 2) + le(tag[1], 2) + le(tag[2], 4) + le(tag[3], 4);
    out += le(0, 4);
    for (int i = 0; i < 4; ++i) out += le(static_cast<std::uint32_t>(bits), 2);
    return out + palette + pixels;
}

TEST_F(Pictures, TiffKindsAndOrientation) {
    const Frame picture = test_picture(80, 48);
    std::string rgb, wide, grey, inks;
    for (int y = 0; y < 48; ++y)
        for (int x = 0; x < 80; ++x) {
            const auto p = pixel(picture, x, y);
            for (int c = 0; c < 3; ++c) {
                rgb += static_cast<char>(p[static_cast<std::size_t>(c)]);
                wide += le(p[static_cast<std::size_t>(c)] * 257u, 2);
                inks += static_cast<char>(255 - p[static_cast<std::size_t>(c)]);
            }
            inks += '\0';
            grey += static_cast<char>(p[0]);
        }
    for (int orientation = 1; orientation <= 8; ++orientation)
        expect_oriented(decode(tiff(80, 48, 8, 3, 2, orientation, rgb)), orientation, "tiff ");
    for (const auto& [name, bytes] : {std::pair("16 bit", tiff(80, 48, 16, 3, 2, 1, wide)),
                                      std::pair("CMYK", tiff(80, 48, 8, 4, 5, 1, inks))}) {
        const auto back = decode(bytes);
        ASSERT_TRUE(back) << name << ": " << back.error().message << back.error().detail;
        EXPECT_LT(mean_difference(*back, picture), 1.5) << name;
    }
    const auto back = decode(tiff(80, 48, 8, 1, 1, 1, grey));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_THAT(pixel(*back, 40, 20), testing::ElementsAre(127, 127, 127, 255));
    std::string palette;
    for (int c = 0; c < 3; ++c)
        for (int i = 0; i < 256; ++i)
            palette += le(static_cast<std::uint32_t>(c == 1 ? (255 - i) * 257 : 0), 2);
    const auto mapped = decode(tiff(80, 48, 8, 1, 3, 1, grey, palette));
    ASSERT_TRUE(mapped) << mapped.error().message << mapped.error().detail;
    EXPECT_THAT(pixel(*mapped, 40, 20), testing::ElementsAre(0, 128, 0, 255));
}

/// A PNG of stored (uncompressed) deflate blocks; `rows` hold a filter byte each.
std::string png_of(int width, int height, int depth, int colour, const std::string& rows,
                   const std::string& chunks = {}) {
    std::uint32_t a = 1, b = 0;
    for (const unsigned char byte : rows) {
        a = (a + byte) % 65521;
        b = (b + a) % 65521;
    }
    std::string data = "\x78\x01";
    data += '\1';
    data += le(rows.size(), 2) + le(~rows.size() & 0xffff, 2) + rows + std::string(4, '\0');
    put_be32(data, data.size() - 4, b << 16 | a);
    std::string header(8, '\0');
    put_be32(header, 0, static_cast<std::uint32_t>(width));
    put_be32(header, 4, static_cast<std::uint32_t>(height));
    header += {static_cast<char>(depth), static_cast<char>(colour), 0, 0, 0};
    return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + chunks + png_chunk("IDAT", data) +
           png_chunk("IEND", "");
}

TEST_F(Pictures, PngKinds) {
    using testing::ElementsAre;
    const std::string row1("\0\x50\x90", 3);  // one row of two grey pixels
    auto grey = decode(png_of(2, 1, 8, 0, row1));
    ASSERT_TRUE(grey) << grey.error().detail;
    EXPECT_THAT(pixel(*grey, 1, 0), ElementsAre(0x90, 0x90, 0x90, 255));

    auto grey_alpha = decode(png_of(1, 1, 8, 4, std::string("\0\x50\x40", 3)));
    ASSERT_TRUE(grey_alpha);
    EXPECT_THAT(pixel(*grey_alpha, 0, 0), ElementsAre(0x50, 0x50, 0x50, 0x40));

    auto wide = decode(png_of(1, 1, 16, 2, std::string("\0\x12\x12\x80\x80\xff\xff", 7)));
    ASSERT_TRUE(wide) << wide.error().detail;
    EXPECT_THAT(pixel(*wide, 0, 0), ElementsAre(0x12, 0x80, 0xff, 255));

    auto wide_alpha =
        decode(png_of(1, 1, 16, 6, std::string("\0\x12\x12\x80\x80\xff\xff\x7f\x7f", 9)));
    ASSERT_TRUE(wide_alpha);
    EXPECT_EQ(pixel(*wide_alpha, 0, 0)[3], 0x7f);

    const std::string colours =
        png_chunk("PLTE", "\x10\x20\x30\xa0\xb0\xc0") + png_chunk("tRNS", "\x80");
    auto palette = decode(png_of(2, 1, 1, 3, std::string("\0\x40", 2), colours));
    ASSERT_TRUE(palette) << palette.error().detail;
    EXPECT_THAT(pixel(*palette, 0, 0), ElementsAre(0x10, 0x20, 0x30, 0x80));
    EXPECT_THAT(pixel(*palette, 1, 0), ElementsAre(0xa0, 0xb0, 0xc0, 255));
}

TEST_F(Pictures, FirstFrameOfAnAnimatedGif) {
    // 2 × 2, colours red, green, blue, white; the first frame 0 1 / 2 1 with green transparent.
    const std::string head = std::string("GIF89a") + le(2, 2) + le(2, 2) + "\xf1" +
                             std::string(2, '\0') +
                             std::string("\xff\0\0\0\xff\0\0\0\xff\xff\xff\xff", 12) +
                             std::string("\x21\xf9\x04\x01\0\0\x01\0", 8);
    // LZW, code size 2: clear (4), 0, 1, 2, 1, end (5) in codes of 3 bits.
    std::string codes;
    std::uint32_t bits = 0, used = 0;
    for (const auto& [code, width] : {std::pair{4, 3}, {0, 3}, {1, 3}, {2, 3}, {1, 4}, {5, 4}}) {
        bits |= static_cast<std::uint32_t>(code) << used;
        used += static_cast<std::uint32_t>(width);
    }
    for (std::uint32_t i = 0; i < used; i += 8) codes += static_cast<char>(bits >> i);
    const std::string frame = std::string("\x2c\0\0\0\0\x02\0\x02\0\0\x02", 11) +
                              static_cast<char>(codes.size()) + codes + std::string(1, '\0');
    const std::string animated = head + frame + frame + ";";
    const auto back = decode(animated);
    ASSERT_TRUE(back) << back.error().message << back.error().detail;
    EXPECT_THAT(pixel(*back, 0, 0), testing::ElementsAre(255, 0, 0, 255));
    EXPECT_EQ(pixel(*back, 1, 0)[3], 0);
    EXPECT_THAT(pixel(*back, 0, 1), testing::ElementsAre(0, 0, 255, 255));
    EXPECT_FALSE(decode(animated.substr(0, 40)));
}

TEST_F(Pictures, FirstFrameOfAnAnimatedWebp) {
    const std::string still = encoded(test_picture(32, 24, 0, true), "webp");
    const auto whole = decode(still);
    ASSERT_TRUE(whole);
    // Everything after the container's own header and VP8X chunk is the frame's data.
    std::string frame;
    for (std::size_t at = 12; at + 8 <= still.size();) {
        std::uint32_t length = 0;
        std::memcpy(&length, &still[at + 4], 4);
        if (still.compare(at, 4, "VP8X") != 0) frame += still.substr(at, 8 + length + (length & 1));
        at += 8 + length + (length & 1);
    }
    const auto chunk = [](const std::string& type, const std::string& data) {
        return type + le(data.size(), 4) + data + (data.size() % 2 ? std::string(1, '\0') : "");
    };
    const std::string anmf =
        le(2, 3) + le(1, 3) + le(31, 3) + le(23, 3) + le(100, 3) + le(0, 1) + frame;
    const std::string body = "WEBP" + chunk("VP8X", le(0x12, 4) + le(39, 3) + le(29, 3)) +
                             chunk("ANIM", le(0, 4) + le(0, 2)) + chunk("ANMF", anmf) +
                             chunk("ANMF", anmf);
    const auto back = decode("RIFF" + le(body.size(), 4) + body);
    ASSERT_TRUE(back) << back.error().message << back.error().detail;
    EXPECT_EQ(back->width, 40);
    EXPECT_EQ(back->height, 30);
    EXPECT_EQ(pixel(*back, 0, 0)[3], 0) << "outside of the frame";
    EXPECT_EQ(pixel(*back, 4 + 20, 2 + 10), pixel(*whole, 20, 10));
}

TEST_F(Pictures, PnmAsTextAndBytes) {
    const auto text = decode("P3\n# a comment\n2 1\n255\n255 0 0  0 0 255\n");
    ASSERT_TRUE(text) << text.error().message;
    EXPECT_THAT(pixel(*text, 1, 0), testing::ElementsAre(0, 0, 255, 255));
    const auto grey = decode(std::string("P5 2 1 255\n\x11\x22", 13));
    ASSERT_TRUE(grey);
    EXPECT_THAT(pixel(*grey, 1, 0), testing::ElementsAre(0x22, 0x22, 0x22, 255));
    EXPECT_FALSE(decode("P6 200 200 255\nshort"));
}

TEST_F(Pictures, ProbeTellsFormatAndSize) {
    for (const char* extension : {"png", "jpg", "webp", "tif", "bmp"}) {
        const std::string bytes = encoded(test_picture(70, 40), extension);
        const auto header = probe_picture(std::as_bytes(std::span(bytes)), "x");
        ASSERT_TRUE(header) << extension;
        EXPECT_EQ(header->width, 70) << extension;
        EXPECT_EQ(header->height, 40) << extension;
        EXPECT_THAT(header->format, testing::StartsWith(std::string(extension).substr(0, 1)));
    }
}

TEST_F(Pictures, SettingsTravelInPngs) {
    const fs::path path = dir_ / "p.png";
    const std::string settings =
        R"({"pentimento": "0.1", "name": "Grüße 猫", "params": {"lr_g": 0.0002}})";
    ASSERT_TRUE(write_picture(path, test_picture(20, 20),
                              {.settings = settings, .readable = "dcgan, 64 px"}));
    const auto back = read_settings(path);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, settings);
    EXPECT_THAT(*read_file(path), testing::HasSubstr("parameters"));
    EXPECT_TRUE(read_picture(path));

    ASSERT_TRUE(write_picture(path, test_picture(20, 20)));
    const auto stripped = read_settings(path);
    ASSERT_FALSE(stripped);
    EXPECT_EQ(stripped.error().code, ErrorCode::NotFound);
    write_bytes(dir_ / "q.png", "not a PNG");
    EXPECT_FALSE(read_settings(dir_ / "q.png"));
}

TEST_F(Pictures, DamagedSettingsNeverCrash) {
    const fs::path path = dir_ / "p.png";
    ASSERT_TRUE(write_picture(path, test_picture(8, 8), {.settings = std::string(300, '{')}));
    const std::string whole = *read_file(path);
    SplitMix64 random(5);
    int refused = 0;
    for (int i = 0; i < 300; ++i) {
        std::string bytes = whole.substr(0, i % 2 ? whole.size() : random.below(whole.size()));
        for (int n = 0; n < 4 && !bytes.empty(); ++n)
            bytes[random.below(bytes.size())] = static_cast<char>(random());
        fs::remove(path);
        write_bytes(path, bytes);
        refused += !read_settings(path);
    }
    EXPECT_GT(refused, 200);
    // A length that claims more than there is, or more than is allowed.
    for (const std::uint32_t length : {0xffffffffu, 0x7fffffffu, 100'000'000u}) {
        std::string bytes = whole;
        put_be32(bytes, bytes.find("iTXt") - 4, length);
        write_bytes(path, bytes);
        EXPECT_FALSE(read_settings(path));
    }
}

}  // namespace
}  // namespace pentimento
