// What a safetensors file holds, read from its header alone. No torch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pentimento {

/// One tensor of a file. Offsets are bytes from the end of the header.
struct TensorInfo {
    std::string dtype;                ///< "F64 F32 F16 BF16 I64 I32 I16 I8 U8 BOOL"
    std::vector<std::int64_t> shape;  ///< empty for a scalar
    std::uint64_t begin = 0;
    std::uint64_t end = 0;  ///< end − begin = bytes of dtype × product of shape, checked
};

struct SafetensorsHeader {
    std::map<std::string, TensorInfo> tensors;
    std::map<std::string, std::string>
        metadata;  ///< as its author wrote it, our own checksums taken out
    /// Checksums (16 hexadecimal digits) of tensors in files that this program wrote; empty in
    /// others.
    std::map<std::string, std::string> checksums;
    std::uint64_t data_offset = 0;  ///< bytes from the start of the file to the first tensor
};

/// Larger headers are refused before they are parsed.
inline constexpr std::uint64_t kMaxSafetensorsHeaderBytes = 100'000'000;

/// Checks everything that can be checked without reading the tensors: JSON, names, types, shapes,
/// offsets without overlap or gap up to the last byte of the file, and, in files of our own, the
/// header's checksum. `name` is used in messages. Errors: Corrupt, TooLarge, Unsupported.
Result<SafetensorsHeader> parse_safetensors_header(std::span<const std::byte> file,
                                                   std::string_view name);

/// The same for a file, of which only the header's pages are read.
Result<SafetensorsHeader> read_safetensors_header(const std::filesystem::path& path);

/// The bytes that precede the tensors: length, JSON, padding to a multiple of 8. `order` names all
/// of `header.tensors` in the order of their data. Adds the checksum of the header itself.
Result<std::string> make_safetensors_header(const SafetensorsHeader& header,
                                            const std::vector<std::string>& order);

/// Bytes of one element, or 0 for a type that the format does not know.
std::uint64_t safetensors_element_size(std::string_view dtype);

}  // namespace pentimento
