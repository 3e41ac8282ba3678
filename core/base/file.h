// Files that are either wholly the old or wholly the new state, whatever happens in between.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pentimento {

namespace fs = std::filesystem;

/// Writes to a temporary file beside `path`, syncs, renames, syncs the directory. On any error the
/// old file is intact and the temporary one removed.
Status write_file_atomically(const fs::path& path, std::span<const std::byte> bytes);
Status write_file_atomically(const fs::path& path, std::string_view text);

/// As above, for contents that are produced piece by piece. Without commit() nothing happens to
/// `path`.
class AtomicFile {
  public:
    static Result<AtomicFile> create(const fs::path& path);
    AtomicFile(AtomicFile&& other) noexcept;
    AtomicFile& operator=(AtomicFile&& other) noexcept;
    ~AtomicFile();

    Status write(std::span<const std::byte> bytes);
    Status write_at(std::uint64_t offset, std::span<const std::byte> bytes);
    std::uint64_t size() const { return size_; }
    Status commit();

  private:
    AtomicFile() = default;
    void discard();
    int fd_ = -1;
    std::uint64_t size_ = 0;
    fs::path path_, temporary_;
};

/// Fills a new directory beside `path` and puts it in place as a whole (rename of a directory).
/// Every file in it is synced first. `path` must not exist yet.
class AtomicDirectory {
  public:
    static Result<AtomicDirectory> create(const fs::path& path);
    AtomicDirectory(AtomicDirectory&& other) noexcept;
    AtomicDirectory& operator=(AtomicDirectory&&) = delete;
    ~AtomicDirectory();

    const fs::path& staging() const { return staging_; }
    Status commit();

  private:
    AtomicDirectory() = default;
    fs::path path_, staging_;
};

/// Syncs the finished file `from`, renames it to `to` (of the same file system; replaced when it
/// exists) and syncs the directory.
Status put_in_place(const fs::path& from, const fs::path& to);

/// Refuses anything but regular files, and files larger than `max_bytes`.
Result<std::string> read_file(const fs::path& path, std::uint64_t max_bytes = 1ull << 30);

/// Appends one line (a newline is added) with a single write call.
Status append_line(const fs::path& path, std::string_view line);

Status make_directories(const fs::path& path);

/// A read-only view of a whole file; pages come in as they are touched.
class MappedFile {
  public:
    static Result<MappedFile> open(const fs::path& path);
    MappedFile() = default;
    std::span<const std::byte> bytes() const { return {data_, size_}; }

  private:
    const std::byte* data_ = nullptr;
    std::size_t size_ = 0;
    std::shared_ptr<const void> owner_;
};

/// For tests: makes the N-th following file operation (open, write, fsync, rename) fail with
/// `error` (an errno value). N counts from 1; 0 switches it off. Process-wide.
void inject_file_fault(int nth_operation, int error);
/// File operations counted since the last call of inject_file_fault.
int file_operations_counted();

}  // namespace pentimento
