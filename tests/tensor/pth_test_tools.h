// A small writer of pickle programs and of both of PyTorch's file forms, for sound files and
// hostile ones.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "core/tensor/zip_stored.h"

namespace pentimento {

template <class T>
std::string little(T value) {
    std::string bytes(sizeof(T), '\0');
    std::memcpy(bytes.data(), &value, sizeof(T));
    return bytes;
}

/// Pieces of a program of protocol 2.
namespace pickled {
inline std::string text(const std::string& value) {
    return "X" + little(static_cast<std::uint32_t>(value.size())) + value;
}
inline std::string integer(std::int64_t value) {
    return "\x8a\x08" + little(value);
}
inline std::string global(const std::string& module, const std::string& name) {
    return "c" + module + "\n" + name + "\n";
}
inline std::string tuple(const std::vector<std::int64_t>& values) {
    std::string program = "(";
    for (const auto value : values) program += integer(value);
    return program + "t";
}
inline std::string program(const std::string& body) {
    return "\x80\x02" + body + ".";
}
/// `tail`: what old files have after the count, "N" or a view.
inline std::string storage(const std::string& type, const std::string& key, std::int64_t count,
                           const std::string& tail = "") {
    return "(" + text("storage") + global("torch", type) + text(key) + text("cpu") +
           integer(count) + tail + "tQ";
}
inline std::string tensor(const std::string& storage, std::int64_t offset,
                          const std::vector<std::int64_t>& shape,
                          const std::vector<std::int64_t>& stride) {
    return global("torch._utils", "_rebuild_tensor_v2") + "(" + storage + integer(offset) +
           tuple(shape) + tuple(stride) + "\x89" + global("collections", "OrderedDict") + ")Rt" +
           "R";
}
/// An OrderedDict with the version notes that PyTorch attaches to state dicts.
inline std::string state_dict(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string body = global("collections", "OrderedDict") + ")R(";
    for (const auto& [name, value] : entries) body += text(name) + value;
    return body + "u}" + text("_metadata") + "}sb";
}
}  // namespace pickled

using Storages = std::vector<std::pair<std::string, std::string>>;  ///< key, bytes

inline std::string stored_zip(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string file, directory;
    for (const auto& [name, bytes] : entries) {
        const auto sum = crc32(std::as_bytes(std::span(bytes)));
        const std::string sizes = little(sum) + little(static_cast<std::uint32_t>(bytes.size())) +
                                  little(static_cast<std::uint32_t>(bytes.size())) +
                                  little(static_cast<std::uint16_t>(name.size()));
        directory += "PK\x01\x02" + std::string("\x14\0\x14\0\0\0\0\0\0\0\0\0", 12) + sizes +
                     std::string(12, '\0') + little(static_cast<std::uint32_t>(file.size())) + name;
        file += "PK\x03\x04" + std::string("\x14\0\0\0\0\0\0\0\0\0", 10) + sizes +
                std::string(2, '\0') + name + bytes;
    }
    const auto count = little(static_cast<std::uint16_t>(entries.size()));
    return file + directory + "PK\x05\x06" + std::string(4, '\0') + count + count +
           little(static_cast<std::uint32_t>(directory.size())) +
           little(static_cast<std::uint32_t>(file.size())) + std::string(2, '\0');
}

inline std::string new_form(const std::string& program, const Storages& storages) {
    std::vector<std::pair<std::string, std::string>> entries{{"archive/data.pkl", program}};
    for (const auto& [key, bytes] : storages) entries.emplace_back("archive/data/" + key, bytes);
    entries.emplace_back("archive/version", "3\n");
    return stored_zip(entries);
}

/// `element_size` of all storages.
inline std::string old_form(const std::string& program, const Storages& storages,
                            std::size_t element_size = 4) {
    using namespace pickled;
    std::string keys = "](", data;
    for (const auto& [key, bytes] : storages) {
        keys += text(key);
        data += little(static_cast<std::int64_t>(bytes.size() / element_size)) + bytes;
    }
    return pickled::program(std::string("\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 12)) +
           pickled::program(integer(1001)) +
           pickled::program("}(" + text("protocol_version") + integer(1001) +
                            text("little_endian") + "\x88u") +
           program + pickled::program(keys + "e") + data;
}

}  // namespace pentimento
