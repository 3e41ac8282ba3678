// PNG through libpng. Errors leave libpng by longjmp, so frames that call it own nothing.
#include "core/media/png_codec.h"

#include <png.h>

#include <algorithm>
#include <csetjmp>
#include <cstring>

namespace pentimento::media {
namespace {

constexpr png_alloc_size_t kMaxChunk = 4u << 20;

struct Source {
    std::span<const std::byte> bytes;
    std::size_t position = 0;
};

struct Sink {
    std::vector<std::byte> bytes;
    bool full = false;
};

void keep_error(png_structp png, png_const_charp text) {
    auto* message = static_cast<std::string*>(png_get_error_ptr(png));
    message->assign(text);
    png_longjmp(png, 1);
}

void drop_warning(png_structp, png_const_charp) {
}

void read_bytes(png_structp png, png_bytep to, size_t count) {
    auto& source = *static_cast<Source*>(png_get_io_ptr(png));
    if (count > source.bytes.size() - source.position) png_error(png, "the file ends early");
    std::memcpy(to, source.bytes.data() + source.position, count);
    source.position += count;
}

void write_bytes(png_structp png, png_bytep from, size_t count) {
    auto& sink = *static_cast<Sink*>(png_get_io_ptr(png));
    try {
        const auto* first = reinterpret_cast<const std::byte*>(from);
        sink.bytes.insert(sink.bytes.end(), first, first + count);
    } catch (const std::bad_alloc&) {
        sink.full = true;
    }
    if (sink.full) png_error(png, "out of memory");
}

void flush_nothing(png_structp) {
}

bool write(png_structp png, png_infop info, Sink& sink, const Frame& frame, bool opaque,
           std::vector<png_text>& texts, std::vector<std::uint8_t>& line) {
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_write_fn(png, &sink, write_bytes, flush_nothing);
    png_set_IHDR(png, info, static_cast<png_uint_32>(frame.width),
                 static_cast<png_uint_32>(frame.height), 8,
                 opaque ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_sRGB(png, info, PNG_sRGB_INTENT_PERCEPTUAL);
    if (!texts.empty()) png_set_text(png, info, texts.data(), static_cast<int>(texts.size()));
    png_write_info(png, info);
    for (int y = 0; y < frame.height; ++y) {
        const std::uint8_t* row = frame.row(y);
        if (opaque) {
            for (int x = 0; x < frame.width; ++x) std::memcpy(line.data() + x * 3, row + x * 4, 3);
            row = line.data();
        }
        png_write_row(png, row);
    }
    png_write_end(png, nullptr);
    return true;
}

bool read_info(png_structp png, png_infop info, Source& source) {
    if (setjmp(png_jmpbuf(png))) return false;
    png_set_read_fn(png, &source, read_bytes);
    png_set_chunk_malloc_max(png, kMaxChunk);
    png_read_info(png, info);
    return true;
}

}  // namespace

Result<std::vector<std::byte>> encode_png(const Frame& frame, bool opaque, const PngTexts& texts) {
    std::string message;
    Sink sink;
    std::vector<std::uint8_t> line(static_cast<std::size_t>(frame.width) * 3);
    std::vector<png_text> entries;
    for (const auto& [key, text] : texts) {
        png_text entry{};
        entry.compression = PNG_ITXT_COMPRESSION_NONE;
        entry.key = const_cast<char*>(key.c_str());
        entry.text = const_cast<char*>(text.c_str());
        entry.itxt_length = text.size();
        entries.push_back(entry);
    }
    png_structp png =
        png_create_write_struct(PNG_LIBPNG_VER_STRING, &message, keep_error, drop_warning);
    png_infop info = png ? png_create_info_struct(png) : nullptr;
    const bool done = info != nullptr && write(png, info, sink, frame, opaque, entries, line);
    png_destroy_write_struct(&png, &info);
    if (!done)
        return Error{sink.full ? ErrorCode::OutOfMemory : ErrorCode::Internal,
                     "The picture could not be written as PNG.", message};
    return std::move(sink.bytes);
}

Result<PngTexts> read_png_texts(std::span<const std::byte> bytes) {
    std::string message;
    Source source{bytes};
    png_structp png =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, &message, keep_error, drop_warning);
    png_infop info = png ? png_create_info_struct(png) : nullptr;
    PngTexts texts;
    const bool done = info != nullptr && read_info(png, info, source);
    if (done) {
        png_textp entries = nullptr;
        const int count = png_get_text(png, info, &entries, nullptr);
        for (int i = 0; i < count; ++i) {
            const std::size_t length = std::max(entries[i].text_length, entries[i].itxt_length);
            if (entries[i].text != nullptr)
                texts.emplace_back(entries[i].key, std::string(entries[i].text, length));
        }
    }
    png_destroy_read_struct(&png, &info, nullptr);
    if (!done) return Error{ErrorCode::Corrupt, "The file is not a sound PNG.", message};
    return texts;
}

}  // namespace pentimento::media
