// A file that may be compressed with gzip, read from front to back.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "core/base/result.h"

namespace pentimento::media {

class GzFile {
  public:
    /// Refuses anything but regular files, without waiting for a FIFO's writer.
    static Result<GzFile> open(const std::filesystem::path& path);
    /// False when fewer than `count` bytes are left or they are damaged.
    bool read(void* to, std::size_t count);
    /// A big-endian number; 0 when the file ends.
    std::uint32_t number();

  private:
    explicit GzFile(gzFile file) : file_(file, gzclose) {}
    std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
};

}  // namespace pentimento::media
