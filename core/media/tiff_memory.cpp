// The callbacks through which libtiff reads and writes memory.
#include "core/media/tiff_memory.h"

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <cstring>

namespace pentimento::media {
namespace {

constexpr tmsize_t kMaxAllocation = tmsize_t{512} << 20;
constexpr std::uint64_t kMaxOutput = 1ull << 32;

TiffMemory& memory_of(thandle_t handle) {
    return *static_cast<TiffMemory*>(handle);
}

std::uint64_t size_of(const TiffMemory& memory) {
    return memory.writing ? memory.output.size() : memory.input.size();
}

tmsize_t read_bytes(thandle_t handle, void* to, tmsize_t count) {
    TiffMemory& memory = memory_of(handle);
    const std::uint64_t size = size_of(memory);
    if (count <= 0 || memory.position >= size) return 0;
    const std::uint64_t take =
        std::min<std::uint64_t>(static_cast<std::uint64_t>(count), size - memory.position);
    const std::byte* from = memory.writing ? memory.output.data() : memory.input.data();
    std::memcpy(to, from + memory.position, take);
    memory.position += take;
    return static_cast<tmsize_t>(take);
}

tmsize_t write_bytes(thandle_t handle, void* from, tmsize_t count) {
    TiffMemory& memory = memory_of(handle);
    const auto size = static_cast<std::uint64_t>(std::max<tmsize_t>(count, 0));
    if (!memory.writing || memory.position > kMaxOutput || size > kMaxOutput - memory.position)
        return -1;
    memory.output.resize(std::max<std::uint64_t>(memory.output.size(), memory.position + size));
    std::memcpy(memory.output.data() + memory.position, from, size);
    memory.position += size;
    return count;
}

toff_t seek(thandle_t handle, toff_t offset, int whence) {
    TiffMemory& memory = memory_of(handle);
    const std::uint64_t base = whence == SEEK_SET   ? 0
                               : whence == SEEK_CUR ? memory.position
                                                    : size_of(memory);
    return memory.position = base + offset;
}

int close_nothing(thandle_t) {
    return 0;
}
toff_t total_size(thandle_t handle) {
    return size_of(memory_of(handle));
}

int keep_message(TIFF*, void* user, const char*, const char* format, va_list arguments) {
    auto& memory = *static_cast<TiffMemory*>(user);
    if (memory.message.empty()) {
        char text[256];
        std::vsnprintf(text, sizeof text, format, arguments);
        memory.message = text;
    }
    return 1;
}

int drop_message(TIFF*, void*, const char*, const char*, va_list) {
    return 1;
}

}  // namespace

TiffHandle open_tiff(TiffMemory& memory) {
    const std::unique_ptr<TIFFOpenOptions, void (*)(TIFFOpenOptions*)> options(
        TIFFOpenOptionsAlloc(), TIFFOpenOptionsFree);
    TIFFOpenOptionsSetMaxSingleMemAlloc(options.get(), kMaxAllocation);
    TIFFOpenOptionsSetErrorHandlerExtR(options.get(), keep_message, &memory);
    TIFFOpenOptionsSetWarningHandlerExtR(options.get(), drop_message, nullptr);
    // "m": no mapping; "u" is implied by the callbacks.
    return {
        TIFFClientOpenExt("picture", memory.writing ? "wm" : "rm", &memory, read_bytes, write_bytes,
                          seek, close_nothing, total_size, nullptr, nullptr, options.get()),
        TIFFClose};
}

}  // namespace pentimento::media
