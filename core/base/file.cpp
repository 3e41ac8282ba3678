#include "core/base/file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include "core/base/text.h"

namespace pentimento {
namespace {

// Fault injection for tests: every operation that can fail on a full or broken disk asks first.
std::atomic<int> g_operations{0};
std::atomic<int> g_fail_at{0};
std::atomic<int> g_fail_errno{EIO};

bool fault() {
    const int number = ++g_operations;
    if (number != g_fail_at.load()) return false;
    errno = g_fail_errno.load();
    return true;
}

Error system_error(std::string_view what, const fs::path& path) {
    const int error = errno;
    std::string message = std::string(what) + " " + to_valid_utf8(path.native()) + ": ";
    ErrorCode code = ErrorCode::Io;
    switch (error) {
        case ENOENT:
            message += "it does not exist.";
            code = ErrorCode::NotFound;
            break;
        case ENOSPC:
        case EDQUOT:
            message +=
                "the disk is full. Free some space and try again; what was there before is intact.";
            break;
        case EACCES:
        case EPERM:
            message +=
                "permission denied. Choose a folder you may write to, or change its permissions.";
            break;
        case EROFS:
            message += "the file system is read-only. Choose another folder.";
            break;
        default:
            message += std::string(std::strerror(error)) + ".";
    }
    return Error{code, std::move(message), "errno " + std::to_string(error)};
}

Status write_all(int fd, const std::byte* data, std::size_t size, const fs::path& path) {
    while (size > 0) {
        const ssize_t written = fault() ? -1 : ::write(fd, data, size);
        if (written < 0) {
            if (errno == EINTR) continue;
            return system_error("Could not write", path);
        }
        data += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

Status sync_descriptor(int fd, const fs::path& path) {
    if (fault() || ::fsync(fd) != 0) return system_error("Could not save", path);
    return {};
}

Status sync_directory(const fs::path& directory) {
    const int fd = fault() ? -1 : ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return system_error("Could not open the folder", directory);
    Status status = sync_descriptor(fd, directory);
    ::close(fd);
    return status;
}

fs::path parent_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// A name beside `path` that no other call of this or another process uses.
fs::path beside(const fs::path& path) {
    static std::atomic<unsigned> counter{0};
    return parent_of(path) / ("." + path.filename().native() + ".tmp-" +
                              std::to_string(::getpid()) + "-" + std::to_string(++counter));
}

Status rename_durably(const fs::path& from, const fs::path& to) {
    if (fault() || ::rename(from.c_str(), to.c_str()) != 0)
        return system_error("Could not put in place", to);
    return sync_directory(parent_of(to));
}

}  // namespace

Result<AtomicFile> AtomicFile::create(const fs::path& path) {
    AtomicFile file;
    file.path_ = path;
    file.temporary_ = beside(path);
    file.fd_ =
        fault() ? -1 : ::open(file.temporary_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file.fd_ < 0) return system_error("Could not create", path);
    return file;
}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept {
    *this = std::move(other);
}

AtomicFile& AtomicFile::operator=(AtomicFile&& other) noexcept {
    if (this != &other) {
        discard();
        fd_ = std::exchange(other.fd_, -1);
        size_ = std::exchange(other.size_, 0);
        path_ = std::move(other.path_);
        temporary_ = std::move(other.temporary_);
    }
    return *this;
}

AtomicFile::~AtomicFile() {
    discard();
}

void AtomicFile::discard() {
    if (fd_ < 0) return;
    ::close(std::exchange(fd_, -1));
    ::unlink(temporary_.c_str());
}

Status AtomicFile::write(std::span<const std::byte> bytes) {
    Status status = write_all(fd_, bytes.data(), bytes.size(), path_);
    if (status) size_ += bytes.size();
    return status;
}

Status AtomicFile::write_at(std::uint64_t offset, std::span<const std::byte> bytes) {
    if (::lseek(fd_, static_cast<off_t>(offset), SEEK_SET) < 0)
        return system_error("Could not write", path_);
    Status status = write_all(fd_, bytes.data(), bytes.size(), path_);
    size_ = std::max(size_, offset + bytes.size());
    if (status && ::lseek(fd_, static_cast<off_t>(size_), SEEK_SET) < 0)
        return system_error("Could not write", path_);
    return status;
}

Status AtomicFile::commit() {
    if (Status synced = sync_descriptor(fd_, path_); !synced) {
        discard();
        return synced;
    }
    ::close(std::exchange(fd_, -1));
    Status renamed = rename_durably(temporary_, path_);
    // After a failed directory sync the new file is in place already; after a failed rename it is
    // not.
    if (!renamed) ::unlink(temporary_.c_str());
    return renamed;
}

Status write_file_atomically(const fs::path& path, std::span<const std::byte> bytes) {
    Result<AtomicFile> file = AtomicFile::create(path);
    if (!file) return file.error();
    if (Status written = file->write(bytes); !written) return written;
    return file->commit();
}

Status write_file_atomically(const fs::path& path, std::string_view text) {
    return write_file_atomically(path, std::as_bytes(std::span(text.data(), text.size())));
}

Result<AtomicDirectory> AtomicDirectory::create(const fs::path& path) {
    AtomicDirectory directory;
    directory.path_ = path;
    directory.staging_ = beside(path);
    if (fault() || ::mkdir(directory.staging_.c_str(), 0755) != 0) {
        Error error = system_error("Could not create the folder", path);
        directory.staging_.clear();
        return error;
    }
    return directory;
}

AtomicDirectory::AtomicDirectory(AtomicDirectory&& other) noexcept
    : path_(std::move(other.path_)), staging_(std::exchange(other.staging_, {})) {
}

AtomicDirectory::~AtomicDirectory() {
    if (staging_.empty()) return;
    std::error_code ignored;
    fs::remove_all(staging_, ignored);
}

Status AtomicDirectory::commit() {
    std::error_code error;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(staging_, error)) {
        if (!entry.is_regular_file()) continue;
        const int fd = fault() ? -1 : ::open(entry.path().c_str(), O_RDONLY | O_CLOEXEC);
        if (fd < 0) return system_error("Could not save", entry.path());
        Status synced = sync_descriptor(fd, entry.path());
        ::close(fd);
        if (!synced) return synced;
    }
    if (error)
        return Error{ErrorCode::Io, "Could not read back " + staging_.string() + ".",
                     error.message()};
    if (Status synced = sync_directory(staging_); !synced) return synced;
    const fs::path staged = staging_;
    Status renamed = rename_durably(staged, path_);
    if (fs::exists(path_, error) && !fs::exists(staged, error)) staging_.clear();
    return renamed;
}

Status put_in_place(const fs::path& from, const fs::path& to) {
    const int fd = fault() ? -1 : ::open(from.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return system_error("Could not save", from);
    Status synced = sync_descriptor(fd, from);
    ::close(fd);
    return synced ? rename_durably(from, to) : synced;
}

Result<std::string> read_file(const fs::path& path, std::uint64_t max_bytes) {
    // O_NONBLOCK so that opening a FIFO does not wait for a writer; it is refused below.
    const int fd = fault() ? -1 : ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return system_error("Could not open", path);
    struct Closer {
        int fd;
        ~Closer() { ::close(fd); }
    } closer{fd};
    struct stat info {};
    if (::fstat(fd, &info) != 0) return system_error("Could not read", path);
    const std::string shown = to_valid_utf8(path.native());
    if (!S_ISREG(info.st_mode))
        return Error{ErrorCode::Unsupported, shown + " is not a regular file.", ""};
    if (static_cast<std::uint64_t>(info.st_size) > max_bytes)
        return Error{ErrorCode::TooLarge,
                     shown + " has " + format_bytes(static_cast<std::uint64_t>(info.st_size)) +
                         "; at most " + format_bytes(max_bytes) + " are read.",
                     ""};
    std::string text(static_cast<std::size_t>(info.st_size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t got = ::read(fd, text.data() + done, text.size() - done);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return system_error("Could not read", path);
        if (got == 0) break;  // it shrank while we read
        done += static_cast<std::size_t>(got);
    }
    text.resize(done);
    return text;
}

Status append_line(const fs::path& path, std::string_view line) {
    const int fd =
        fault() ? -1 : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0) return system_error("Could not open", path);
    std::string text(line);
    text += '\n';
    Status status =
        write_all(fd, reinterpret_cast<const std::byte*>(text.data()), text.size(), path);
    ::close(fd);
    return status;
}

Status make_directories(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
        return Error{ErrorCode::Io,
                     "Could not create the folder " + to_valid_utf8(path.native()) + ": " +
                         error.message() + ".",
                     ""};
    return {};
}

Result<MappedFile> MappedFile::open(const fs::path& path) {
    const int fd = fault() ? -1 : ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return system_error("Could not open", path);
    struct Closer {
        int fd;
        ~Closer() { ::close(fd); }
    } closer{fd};
    struct stat info {};
    if (::fstat(fd, &info) != 0) return system_error("Could not read", path);
    if (!S_ISREG(info.st_mode))
        return Error{ErrorCode::Unsupported,
                     to_valid_utf8(path.native()) + " is not a regular file.", ""};
    MappedFile file;
    file.size_ = static_cast<std::size_t>(info.st_size);
    if (file.size_ == 0) return file;
    void* data = ::mmap(nullptr, file.size_, PROT_READ, MAP_SHARED, fd, 0);
    if (data == MAP_FAILED) return system_error("Could not map", path);
    file.data_ = static_cast<const std::byte*>(data);
    file.owner_ = std::shared_ptr<const void>(data, [size = file.size_](const void* mapped) {
        ::munmap(const_cast<void*>(mapped), size);
    });
    return file;
}

void inject_file_fault(int nth_operation, int error) {
    g_fail_errno = error;
    g_fail_at = nth_operation;
    g_operations = 0;
}

int file_operations_counted() {
    return g_operations;
}

}  // namespace pentimento
