// Tries again until all is there, follows redirects with open eyes, checks, puts in place.
#include "core/fetch/download.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>
#include <utility>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/base/text.h"
#include "core/fetch/address.h"
#include "core/fetch/transfer.h"

namespace pentimento {
namespace {

using Clock = std::chrono::steady_clock;
using fetch::Response;
using Phase = DownloadProgress::Phase;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Error cancelled() {
    return {ErrorCode::Cancelled,
            "The download was cancelled. What has come is kept, and the next try goes on from "
            "there.",
            {}};
}

Error disk_error(const fs::path& path) {
    const int error = errno;
    const bool full = error == ENOSPC || error == EDQUOT;
    return {ErrorCode::Io,
            "Could not write " + to_valid_utf8(path.native()) + ": " +
                (full ? "the disk is full. Free some space and try again"
                      : std::string(std::strerror(error))) +
                ".",
            "errno " + std::to_string(error)};
}

/// What has come so far, locked against other programs. Beside it stands where it came from.
class PartFile {
  public:
    PartFile(const fs::path& target, std::uint64_t total)
        : path_(with_ending(target, ".part")),
          origin_(with_ending(target, ".part.origin")),
          total_(total) {}
    ~PartFile() {
        if (fd_ >= 0) ::close(fd_);
    }
    PartFile(const PartFile&) = delete;
    PartFile& operator=(const PartFile&) = delete;

    Status open() {
        fd_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd_ < 0) return disk_error(path_);
        if (::flock(fd_, LOCK_EX | LOCK_NB) != 0)
            return Error{ErrorCode::Conflict,
                         "This file is being downloaded already, by this or another program. Wait "
                         "for that one to end.",
                         to_valid_utf8(path_.native())};
        struct stat info {};
        if (::fstat(fd_, &info) != 0 || !S_ISREG(info.st_mode)) return disk_error(path_);
        size_ = static_cast<std::uint64_t>(info.st_size);
        if (size_ > total_) return clear();
        resumed_ = size_ > 0;
        return {};
    }

    /// Before the first byte, so that the disk is not filled in vain.
    Status check_space() const {
        std::error_code failed;
        const auto space = fs::space(path_.parent_path(), failed);
        if (failed || space.available >= total_ - size_) return {};
        return Error{ErrorCode::Io,
                     "There is not enough room in " + to_valid_utf8(path_.parent_path().native()) +
                         ": " + format_bytes(total_ - size_) + " are needed and " +
                         format_bytes(space.available) +
                         " are free. Free some space and try again.",
                     {}};
    }

    Status clear() {
        if (::ftruncate(fd_, 0) != 0) return disk_error(path_);
        size_ = 0;
        resumed_ = false;
        std::error_code ignored;
        fs::remove(origin_, ignored);
        return {};
    }

    Status append(const char* data, std::size_t size) {
        while (size > 0) {
            const ssize_t written = ::pwrite(fd_, data, size, static_cast<off_t>(size_));
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return disk_error(path_);
            data += written;
            size -= static_cast<std::size_t>(written);
            size_ += static_cast<std::uint64_t>(written);
        }
        return {};
    }

    /// The tag that `url` gave to the bytes that are here; empty when they came from elsewhere.
    std::string tag(const std::string& url) const {
        const auto text = read_file(origin_, 16 * 1024);
        return text && text->starts_with(url + "\n") ? text->substr(url.size() + 1) : std::string();
    }
    void remember(const std::string& url, const std::string& tag) {
        (void)write_file_atomically(origin_, url + "\n" + tag);  // only spares a fresh start
    }

    Status put_in_place(const fs::path& target) {
        if (const Status placed = pentimento::put_in_place(path_, target); !placed) return placed;
        std::error_code ignored;
        fs::remove(origin_, ignored);
        return {};
    }
    void discard() {
        std::error_code ignored;
        fs::remove(path_, ignored);
        fs::remove(origin_, ignored);
    }

    const fs::path& path() const { return path_; }
    std::uint64_t size() const { return size_; }
    bool complete() const { return size_ == total_; }
    bool resumed() const { return resumed_; }  ///< something is from an earlier call

  private:
    static fs::path with_ending(const fs::path& path, const char* ending) {
        return fs::path(path.native() + ending);
    }

    fs::path path_, origin_;
    std::uint64_t total_, size_ = 0;
    int fd_ = -1;
    bool resumed_ = false;
};

class Downloading {
  public:
    Downloading(const Download& what, const DownloadObserver& observer)
        : what_(what), observer_(observer), part_(what.target, what.bytes) {}

    Status run() {
        const auto first = fetch::parse_address(what_.url);
        if (!first) return first.error();
        if (const Status allowed = check_allowed(*first, what_.hosts, true); !allowed)
            return allowed;
        if (const Status opened = part_.open(); !opened) return opened;
        if (const Status space = part_.check_space(); !space) return space;
        for (;;) {
            const bool resumed = part_.resumed();
            if (const Status received = receive(); !received) return received;
            const auto sum = file_sha256(part_.path(), observer_);
            if (!sum) return sum.error();
            if (*sum == what_.sha256) return part_.put_in_place(what_.target);
            // Perhaps only what came long ago does not belong to the rest: once more, from the
            // start.
            if (!resumed) {
                part_.discard();
                return Error{ErrorCode::Corrupt,
                             "What came from " + first->host +
                                 " is not the published file: its checksum differs. It was "
                                 "deleted. Try again, or use another address.",
                             "SHA-256 " + *sum + ", not " + what_.sha256};
            }
            if (const Status cleared = part_.clear(); !cleared) return cleared;
        }
    }

  private:
    bool tell(Phase phase, std::uint64_t done, double speed) const {
        return !observer_ || observer_({phase, done, what_.bytes, speed});
    }

    /// Until all bytes are there.
    Status receive() {
        int vain = 0;  // attempts in a row that brought nothing
        bool from_start = false;
        while (!part_.complete()) {
            const std::uint64_t before = part_.size();
            const Response response = attempt();
            switch (response.end) {
                case Response::End::Cancelled:
                    return cancelled();
                case Response::End::Failed:
                    return *response.error;
                case Response::End::Useless:
                    if (std::exchange(from_start, true)) return gave_up(response);
                    if (const Status cleared = part_.clear(); !cleared) return cleared;
                    continue;
                default:
                    break;
            }
            if (part_.complete()) break;
            vain = part_.size() > before ? 0 : vain + 1;
            if (vain >= what_.attempts) return gave_up(response);
            if (!wait(what_.retry_seconds * (1 << std::min(vain, 6)))) return cancelled();
        }
        return {};
    }

    Status gave_up(const Response& response) const {
        const std::string why =
            response.text.empty() ? "the server sends too little" : response.text;
        return Error{ErrorCode::Io,
                     "The download did not get on: " + why +
                         ". Check the network connection and try again" +
                         (part_.size() > 0 ? "; " + format_bytes(part_.size()) + " of " +
                                                 format_bytes(what_.bytes) + " are kept."
                                           : "."),
                     response.error ? response.error->detail : std::string()};
    }

    /// One request, with the redirects on its way.
    Response attempt() {
        std::string url = what_.url;
        for (int hops = 0;; ++hops) {
            const auto address = fetch::parse_address(url);
            if (!address) return failure(address.error());
            if (const Status allowed = check_allowed(*address, what_.hosts, from_local_); !allowed)
                return failure(allowed.error());
            if (!address->local) from_local_ = false;
            Response response = request(url, address->local);
            if (response.end != Response::End::Redirect) return response;
            if (hops >= what_.redirects)
                return failure({ErrorCode::Io,
                                "The server sends us from one address to the next without end. Try "
                                "again later, or use another address.",
                                "last: " + response.text});
            url = response.text;
        }
    }

    Response request(const std::string& url, bool local) {
        fetch::Request request;
        request.url = url;
        request.from = part_.size();
        request.total = what_.bytes;
        request.if_range = part_.size() > 0 ? part_.tag(url) : std::string();
        request.connect_seconds = what_.connect_seconds;
        request.stall_seconds = what_.stall_seconds;
        request.direct = local;
        request.restart = [this] { return part_.clear(); };
        request.write = [this](const char* data, std::size_t size) {
            return part_.append(data, size);
        };
        const auto start = Clock::now();
        const std::uint64_t before = part_.size();
        request.keep_going = [&](std::uint64_t received) {
            const double elapsed = seconds_since(start);
            return tell(
                received > 0 ? Phase::Receiving : Phase::Connecting, part_.size(),
                received > 0 && elapsed > 0.2 ? static_cast<double>(received) / elapsed : 0);
        };
        Response response = transfer(request);
        // Even without a tag: the old one may belong to what was dropped.
        if (part_.size() != before) part_.remember(url, response.etag);
        return response;
    }

    static Response failure(Error error) {
        Response response;
        response.error = std::move(error);
        return response;
    }

    bool wait(double seconds) const {
        const auto start = Clock::now();
        while (seconds_since(start) < seconds) {
            if (!tell(Phase::Connecting, part_.size(), 0)) return false;
            std::this_thread::sleep_for(std::chrono::duration<double>(
                std::clamp(seconds - seconds_since(start), 0.0, 0.1)));
        }
        return tell(Phase::Connecting, part_.size(), 0);
    }

    const Download& what_;
    const DownloadObserver& observer_;
    PartFile part_;
    bool from_local_ = true;  ///< no address so far was on another machine
};

}  // namespace

Result<std::string> file_sha256(const fs::path& path, const DownloadObserver& observer) {
    constexpr std::size_t kPiece = 4u << 20;
    const auto file = MappedFile::open(path);
    if (!file) return file.error();
    const std::size_t total = file->bytes().size();
    Sha256 sum;
    for (auto rest = file->bytes(); !rest.empty();) {
        const auto piece = rest.first(std::min(kPiece, rest.size()));
        sum.update(piece);
        rest = rest.subspan(piece.size());
        if (observer && !observer({Phase::Checking, total - rest.size(), total, 0}))
            return cancelled();
    }
    return sum.digest();
}

Status download(const Download& what, const DownloadObserver& observer) {
    return Downloading(what, observer).run();
}

}  // namespace pentimento
