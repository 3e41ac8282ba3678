// Opening and reading through zlib, which passes uncompressed files through.
#include "core/media/gz_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/text.h"

namespace pentimento::media {

Result<GzFile> GzFile::open(const std::filesystem::path& path) {
    const std::string shown = "“" + to_valid_utf8(path.native()) + "”";
    const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return Error{errno == ENOENT ? ErrorCode::NotFound : ErrorCode::Io,
                     shown + " cannot be opened.", std::strerror(errno)};
    struct stat info {};
    if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
        ::close(fd);
        return Error{ErrorCode::Unsupported, shown + " is not a regular file.", {}};
    }
    gzFile file = gzdopen(fd, "rb");
    if (file == nullptr) {
        ::close(fd);
        return Error{
            ErrorCode::OutOfMemory, "There is not enough memory to read " + shown + ".", {}};
    }
    gzbuffer(file, 1u << 17);
    return GzFile(file);
}

bool GzFile::read(void* to, std::size_t count) {
    return gzread(file_.get(), to, static_cast<unsigned>(count)) == static_cast<int>(count);
}

std::uint32_t GzFile::number() {
    std::uint8_t bytes[4];
    if (!read(bytes, 4)) return 0;
    return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
           std::uint32_t{bytes[2]} << 8 | bytes[3];
}

}  // namespace pentimento::media
