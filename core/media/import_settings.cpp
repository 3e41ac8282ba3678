// Declares the import's parameters and applies them to a picture.
#include "core/media/import_settings.h"

#include <algorithm>
#include <charconv>

#include "core/base/text.h"
#include "core/media/import.h"
#include "core/media/picture_probe.h"
#include "core/media/picture_read.h"
#include "core/media/pixels.h"

namespace pentimento {
namespace {

using Int = std::int64_t;

const Param<Int> kSize =
    Param<Int>("size", 64)
        .label("Size")
        .help(
            "Every picture becomes a square of this many pixels. Small pictures train many times "
            "faster: 32 or 64 is a good start.")
        .unit("px")
        .group("Pictures")
        .range(8, 1024)
        .log_scale();
const Param<std::string> kFit =
    Param<std::string>("fit", "crop")
        .label("Fit")
        .help("How a picture that is not square becomes one.")
        .group("Pictures")
        .choice("crop", "Crop", "The largest square in the middle; the rest is cut off.")
        .choice("fit", "Squeeze", "The whole picture, squeezed into the square.")
        .choice("pad", "Pad",
                "The whole picture in its own shape, with bars in the background colour.");
const Param<std::string> kChannels =
    Param<std::string>("channels", "auto")
        .label("Colours")
        .help("Grey pictures need a third of the space and train a little faster.")
        .group("Pictures")
        .choice("auto", "Automatic", "Grey when all pictures are grey, colour otherwise.")
        .choice("rgb", "Colour", "Red, green and blue.")
        .choice("grey", "Grey", "Brightness only.");
const Param<std::string> kBackground =
    Param<std::string>("background", "#ffffff")
        .label("Background")
        .help("The colour behind transparent pictures and of the bars of padded ones, as #rrggbb.")
        .group("Pictures");
const Param<bool> kMirror =
    Param<bool>("mirror", false)
        .label("Add mirrored copies")
        .help(
            "Stores each picture a second time, mirrored left to right. Helps with few pictures; "
            "leave it off for letters and digits.")
        .group("Pictures");
const Param<std::string> kEmoji =
    Param<std::string>("emoji", "distinct")
        .label("Emoji")
        .help(
            "Which pictures of an emoji font are taken; other sources ignore this. A font holds "
            "each "
            "person in many skin tones and some 260 flags, which would outnumber everything else.")
        .group("Pictures")
        .choice("distinct", "Distinct",
                "One of each: no variants in skin tone or gender, no country flags.")
        .choice("faces", "Faces",
                "Only the smileys and other round faces, a little over a hundred.")
        .choice("all", "All", "Everything the font holds, flags and variants included.");
const Param<Int> kLimit = Param<Int>("limit", 0)
                              .label("At most")
                              .help("Stops after this many pictures; 0 takes all.")
                              .unit("pictures")
                              .group("Selection")
                              .range(0, 100'000'000)
                              .advanced();
const Param<Int> kMinSide =
    Param<Int>("min_side", 16)
        .label("Smallest side")
        .help(
            "Pictures with a shorter side than this are left out, since enlarging them gives blur.")
        .unit("px")
        .group("Selection")
        .range(1, 4096)
        .log_scale()
        .advanced();
const Param<bool> kSkipDuplicates =
    Param<bool>("skip_duplicates", true)
        .label("Leave out duplicates")
        .help(
            "Of pictures that are equal pixel by pixel only the first is kept. Applies to folders, "
            "archives and fonts; IDX and CIFAR files are always taken whole.")
        .group("Selection")
        .advanced();
const Param<Int> kMaxPixels =
    Param<Int>("max_pixels", 50'000'000)
        .label("Largest picture")
        .help(
            "Pictures with more pixels than this are refused before they are decoded; it protects "
            "the memory from files made to exhaust it.")
        .unit("px")
        .group("Selection")
        .range(1'000'000, 400'000'000)
        .log_scale()
        .advanced();

constexpr std::uint64_t kMaxFileBytes = 128u << 20;

}  // namespace

const Schema& import_schema() {
    static const Schema schema = [] {
        Schema s;
        s.add(kSize).add(kFit).add(kChannels).add(kBackground).add(kMirror).add(kEmoji);
        s.add(kLimit).add(kMinSide).add(kSkipDuplicates).add(kMaxPixels);
        return s;
    }();
    return schema;
}

namespace media {

Result<ImportSettings> ImportSettings::from(const ParamSet& params) {
    ImportSettings settings;
    settings.size = static_cast<int>(params.get(kSize));
    const std::string &fit = params.get(kFit), &channels = params.get(kChannels),
                      &emoji = params.get(kEmoji), &colour = params.get(kBackground);
    settings.fit = fit == "crop" ? Fit::Crop : fit == "fit" ? Fit::Fit : Fit::Pad;
    settings.channels = channels == "auto"   ? Channels::Auto
                        : channels == "grey" ? Channels::Grey
                                             : Channels::Rgb;
    settings.emoji = emoji == "faces" ? EmojiSet::Faces
                     : emoji == "all" ? EmojiSet::All
                                      : EmojiSet::Distinct;
    const std::string_view digits =
        std::string_view(colour).substr(colour.starts_with('#') ? 1 : 0);
    const auto [end, failed] =
        std::from_chars(digits.data(), digits.data() + digits.size(), settings.background, 16);
    if (digits.size() != 6 || failed != std::errc() || end != digits.data() + digits.size())
        return Error{
            ErrorCode::InvalidArgument,
            "“" + colour +
                "” is not a background colour. Write it as #rrggbb, e.g. #ffffff for white.",
            {}};
    settings.mirror = params.get(kMirror);
    settings.skip_duplicates = params.get(kSkipDuplicates);
    settings.min_side = static_cast<int>(params.get(kMinSide));
    settings.limit = params.get(kLimit);
    settings.read.max_pixels = params.get(kMaxPixels);
    settings.read.max_file_bytes = kMaxFileBytes;
    return settings;
}

namespace {

Status check_side(int width, int height, const ImportSettings& settings) {
    if (std::min(width, height) >= settings.min_side) return {};
    return Error{ErrorCode::InvalidArgument,
                 "too small: " + std::to_string(width) + " × " + std::to_string(height) +
                     " pixels, at least " + std::to_string(settings.min_side) +
                     " a side are wanted",
                 {}};
}

}  // namespace

Result<Rgba> decode_for_import(Bytes bytes, std::string_view name, const ImportSettings& settings) {
    const auto found = probe(bytes, name);
    if (!found) return found.error();
    if (Status side = check_side(found->header.width, found->header.height, settings); !side)
        return side.error();
    return decode_rgba(bytes, name, settings.read, std::max(settings.size, settings.min_side));
}

Result<Frame> prepare(Rgba picture, const ImportSettings& settings) {
    if (Status side = check_side(picture.width, picture.height, settings); !side)
        return side.error();
    // Flattened first: the same as blending after the resizing, for a fraction of the memory.
    flatten(picture, settings.background);
    return resize(std::move(picture).to_frame(), settings.size, settings.size, settings.fit,
                  settings.background);
}

bool is_grey(const Frame& frame) {
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = frame.row(y);
        for (int x = 0; x < frame.width; ++x, row += 4)
            if (row[0] != row[1] || row[1] != row[2]) return false;
    }
    return true;
}

namespace {

/// ITU-R BT.601; the weights add up to 1000, so that grey stays what it was.
std::uint8_t luma(const std::uint8_t* rgb) {
    return static_cast<std::uint8_t>((299 * rgb[0] + 587 * rgb[1] + 114 * rgb[2] + 500) / 1000);
}

}  // namespace

Frame grey_frame(const Frame& frame) {
    Rgba out(frame.width, frame.height);
    for (int y = 0; y < frame.height; ++y)
        for (int x = 0; x < frame.width; ++x) {
            std::fill_n(out.row(y) + x * 4, 3, luma(frame.row(y) + x * 4));
            out.row(y)[x * 4 + 3] = frame.row(y)[x * 4 + 3];
        }
    return std::move(out).to_frame();
}

std::vector<std::uint8_t> packed_pixels(const Frame& frame, int channels, bool mirrored) {
    std::vector<std::uint8_t> out;
    out.reserve(static_cast<std::size_t>(frame.width) *
                static_cast<std::size_t>(frame.height * channels));
    for (int y = 0; y < frame.height; ++y)
        for (int x = 0; x < frame.width; ++x) {
            const std::uint8_t* p = frame.row(y) + (mirrored ? frame.width - 1 - x : x) * 4;
            if (channels == 3)
                out.insert(out.end(), p, p + 3);
            else
                out.push_back(luma(p));
        }
    return out;
}

}  // namespace media
}  // namespace pentimento
