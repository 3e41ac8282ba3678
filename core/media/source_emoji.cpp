// The colour bitmaps inside an emoji font, through FreeType. Sequences (a family, a flag, a skin
// tone) have no code point of their own, so the font is walked glyph by glyph.
#include <ft2build.h>
#include FT_FREETYPE_H

#include <algorithm>
#include <cstdio>
#include <map>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/picture_source.h"

namespace pentimento::media {
namespace {

struct Range {
    char32_t first, last;
};

/// Round faces, human and other: alike enough in shape for a small network to learn.
constexpr Range kFaces[] = {{0x2639, 0x263A},   {0x1F600, 0x1F644}, {0x1F910, 0x1F917},
                            {0x1F920, 0x1F925}, {0x1F927, 0x1F92F}, {0x1F970, 0x1F976},
                            {0x1F978, 0x1F97A}, {0x1F9D0, 0x1F9D0}, {0x1FAE0, 0x1FAE5},
                            {0x1FAE8, 0x1FAE8}, {0x1F31A, 0x1F31A}, {0x1F31D, 0x1F31E},
                            {0x1F608, 0x1F608}, {0x1F47F, 0x1F47F}};
/// Letters of flags, swatches of skin tones and digits: building blocks, no pictures of their own;
/// and private codes, under which fonts repeat sequences.
constexpr Range kParts[] = {{0x0, 0x7F},        {0x1F1E6, 0x1F1FF}, {0x1F3FB, 0x1F3FF},
                            {0x1F9B0, 0x1F9B3}, {0xE000, 0xF8FF},   {0xE0000, 0x10FFFF}};

template <std::size_t N>
bool within(const Range (&ranges)[N], char32_t code) {
    return std::any_of(std::begin(ranges), std::end(ranges), [&](const Range& range) {
        return code >= range.first && code <= range.last;
    });
}

using Library = std::unique_ptr<FT_LibraryRec_, FT_Error (*)(FT_Library)>;
using Face = std::unique_ptr<FT_FaceRec_, FT_Error (*)(FT_Face)>;

/// FreeType's bitmaps are BGRA with colours multiplied by alpha; the result is square, the bitmap
/// centred.
Rgba to_square(const FT_Bitmap& bitmap) {
    const auto width = static_cast<int>(bitmap.width), height = static_cast<int>(bitmap.rows);
    const int side = std::max(width, height);
    Rgba out(side, side);
    for (int y = 0; y < height; ++y) {
        const std::uint8_t* from = bitmap.buffer + static_cast<std::ptrdiff_t>(y) * bitmap.pitch;
        std::uint8_t* to = out.row(y + (side - height) / 2) + (side - width) / 2 * 4;
        for (int x = 0; x < width; ++x, from += 4, to += 4) {
            const unsigned alpha = from[3];
            for (int c = 0; c < 3 && alpha > 0; ++c)
                to[c] = static_cast<std::uint8_t>(
                    std::min(255u, (from[2 - c] * 255u + alpha / 2) / alpha));
            to[3] = static_cast<std::uint8_t>(alpha);
        }
    }
    return out;
}

class EmojiSource final : public PictureSource {
  public:
    EmojiSource(std::string font, Library library, Face face, EmojiSet set)
        : font_(std::move(font)), library_(std::move(library)), face_(std::move(face)) {
        std::map<FT_UInt, char32_t> codes;  // the first code point of each glyph
        FT_UInt glyph = 0;
        for (FT_ULong code = FT_Get_First_Char(face_.get(), &glyph); glyph != 0;
             code = FT_Get_Next_Char(face_.get(), code, &glyph))
            codes.emplace(glyph, static_cast<char32_t>(code));
        const auto count = static_cast<FT_UInt>(std::clamp<FT_Long>(face_->num_glyphs, 0, 65'536));
        for (FT_UInt i = 0; i < count; ++i) {
            const auto found = codes.find(i);
            const char32_t code = found == codes.end() ? 0 : found->second;
            const bool wanted = set == EmojiSet::All     ? true
                                : set == EmojiSet::Faces ? within(kFaces, code)
                                                         : code != 0 && !within(kParts, code);
            if (wanted) glyphs_.emplace_back(i, code);
        }
    }

    std::int64_t total() const override { return static_cast<std::int64_t>(glyphs_.size()); }

    Result<std::optional<SourceItem>> next() override {
        while (index_ < glyphs_.size()) {
            const auto [glyph, code] = glyphs_[index_++];
            SourceItem item;
            char name[32];
            if (code != 0)
                std::snprintf(name, sizeof name, "U+%04X", static_cast<unsigned>(code));
            else
                std::snprintf(name, sizeof name, "glyph %u", glyph);
            item.name = name;
            const FT_Error failed = FT_Load_Glyph(face_.get(), glyph, FT_LOAD_COLOR);
            const FT_Bitmap& bitmap = face_->glyph->bitmap;
            if (!failed && bitmap.width == 0)
                continue;  // joiners, variation selectors: there is nothing to see
            if (failed || face_->glyph->format != FT_GLYPH_FORMAT_BITMAP ||
                bitmap.pixel_mode != FT_PIXEL_MODE_BGRA || bitmap.width > 4096 ||
                bitmap.rows > 4096) {
                item.problem = "the font has no colour bitmap for it";
                return std::optional(std::move(item));
            }
            auto picture = std::make_shared<Rgba>(to_square(bitmap));
            if (std::all_of(picture->pixels.begin(), picture->pixels.end(),
                            [](std::uint8_t v) { return v == 0; }))
                continue;
            item.bytes = picture->pixels.size();
            item.decode = [picture = std::move(picture)](const ImportSettings&) -> Result<Rgba> {
                return *picture;
            };
            return std::optional(std::move(item));
        }
        return std::optional<SourceItem>();
    }

    Status rewind() override {
        index_ = 0;
        return {};
    }

  private:
    std::string font_;  ///< the file's bytes, which the face refers to
    Library library_;
    Face face_;  ///< destroyed before its library
    std::vector<std::pair<FT_UInt, char32_t>> glyphs_;
    std::size_t index_ = 0;
};

}  // namespace

fs::path standard_emoji_font() {
    return "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
}

Result<SourcePtr> open_emoji(const fs::path& font, EmojiSet set) {
    const std::string shown = "“" + to_valid_utf8(font.native()) + "”";
    auto bytes = read_file(font, 256u << 20);
    if (!bytes)
        return Error{bytes.error().code,
                     "The emoji font " + shown +
                         " cannot be read. Install the package fonts-noto-color-emoji, or name "
                         "another font.",
                     bytes.error().message};
    FT_Library raw_library = nullptr;
    if (FT_Init_FreeType(&raw_library) != 0)
        return Error{ErrorCode::Internal, "FreeType could not be started.", {}};
    Library library(raw_library, FT_Done_FreeType);
    FT_Face raw_face = nullptr;
    if (FT_New_Memory_Face(library.get(), reinterpret_cast<const FT_Byte*>(bytes->data()),
                           static_cast<FT_Long>(bytes->size()), 0, &raw_face) != 0)
        return Error{ErrorCode::Unsupported, shown + " is not a font that can be read.", {}};
    Face face(raw_face, FT_Done_Face);
    if (!FT_HAS_COLOR(face.get()) || face->num_fixed_sizes < 1)
        return Error{
            ErrorCode::Unsupported,
            shown + " holds no colour bitmaps. Use a font such as Noto Color Emoji (CBDT).",
            {}};
    int largest = 0;
    for (int i = 1; i < face->num_fixed_sizes; ++i)
        if (face->available_sizes[i].height > face->available_sizes[largest].height) largest = i;
    FT_Select_Size(face.get(), largest);
    return SourcePtr(
        std::make_unique<EmojiSource>(std::move(*bytes), std::move(library), std::move(face), set));
}

}  // namespace pentimento::media
