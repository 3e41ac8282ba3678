// Downloads one published file: goes on where it was cut off, and gives out nothing but exactly the
// file that was asked for. No libcurl, torch or Qt type appears here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace pentimento {

struct DownloadProgress {
    enum class Phase { Connecting, Receiving, Checking } phase = Phase::Connecting;
    std::uint64_t done = 0;  ///< bytes there, those of an earlier call included; or checked
    std::uint64_t total = 0;
    double bytes_per_second = 0;  ///< of what is being received; 0: not known yet
};
/// Called some ten times a second, on the thread of the call. Returning false cancels.
using DownloadObserver = std::function<bool(const DownloadProgress&)>;

struct Download {
    std::string url;
    std::filesystem::path target;  ///< its directory must exist
    std::uint64_t bytes = 0;       ///< the exact size
    std::string sha256;            ///< of the whole, 64 lower-case digits
    /// Hosts that may be asked, with all below them ("pytorch.org" allows download.pytorch.org).
    /// Empty: any, since the checksum decides what is kept.
    std::vector<std::string> hosts;

    double connect_seconds = 20;
    int stall_seconds = 30;  ///< with less than a kilobyte a second
    int redirects = 5;
    int attempts = 4;          ///< in a row that brought nothing
    double retry_seconds = 1;  ///< before the second attempt; doubles with each further one
};

/// Receives into `<target>.part`, compares size and SHA-256, then renames to `target`. What a cut
/// connection, a cancellation or a crash leaves in the .part file is gone on from (HTTP Range);
/// what does not match in the end is deleted. Addresses are https; plain http only when the given
/// one is on this machine (127.0.0.0/8, ::1, localhost), and redirects never lead there from
/// elsewhere.
/// Errors: Cancelled, InvalidArgument (an address that is not allowed), NotFound (404), Io (network
/// and disk), Corrupt (another file than the published one), Conflict (another program is at it).
Status download(const Download& what, const DownloadObserver& observer = {});

/// Of a whole file, told as Phase::Checking. Errors: those of reading, Cancelled.
Result<std::string> file_sha256(const std::filesystem::path& path,
                                const DownloadObserver& observer = {});

}  // namespace pentimento
