// Finds the entries of a ZIP archive whose entries are stored as they are, as PyTorch writes them.
// Nothing is unpacked. No torch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pentimento {

struct ZipEntry {
    std::span<const std::byte> bytes;  ///< inside the archive
    std::uint32_t crc32 = 0;           ///< as the archive says; compare with crc32()
};

/// By name. ZIP64 is understood. Errors: Corrupt, Unsupported (compressed or encrypted entries),
/// TooLarge (more than 200,000 entries).
Result<std::map<std::string, ZipEntry>> read_stored_zip(std::span<const std::byte> archive,
                                                        std::string_view name);

/// The checksum of ZIP, PNG and Ethernet (ISO 3309).
std::uint32_t crc32(std::span<const std::byte> bytes);

}  // namespace pentimento
