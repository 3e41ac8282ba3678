// Opens packed datasets. Nothing in the file is believed before it was checked, and no pixel is
// touched.
#include "core/data/pack.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/hash.h"
#include "core/data/pack_format.h"

namespace pentimento {
namespace {

using namespace pack_format;

Error corrupt(const std::filesystem::path& path, std::string what) {
    return Error{ErrorCode::Corrupt,
                 "“" + path.filename().string() + "” cannot be used as a dataset: " + what +
                     " Import the pictures again.",
                 path.string()};
}

/// Reads one kind of value out of the info block; false when it is of another type.
bool read(const Json& json, const char* key, std::string& out) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_string()) return false;
    out = found->get<std::string>();
    return true;
}

bool read(const Json& json, const char* key, std::int64_t& out) {
    const auto found = json.find(key);
    if (found == json.end() || !found->is_number_integer()) return false;
    out = found->get<std::int64_t>();
    return out >= 0;
}

bool read_info(const Json& json, PackInfo& info) {
    if (!json.is_object() || !read(json, "name", info.name) || !read(json, "skipped", info.skipped))
        return false;
    const auto names = json.find("class_names"), counts = json.find("class_counts"),
               problems = json.find("problems"), settings = json.find("import_settings");
    if (names == json.end() || counts == json.end() || problems == json.end() ||
        settings == json.end() || !names->is_array() || !counts->is_array() ||
        !problems->is_array() || names->size() != counts->size() || problems->size() > kMaxProblems)
        return false;
    std::int64_t labelled = 0;
    for (std::size_t i = 0; i < names->size(); ++i) {
        const Json &name = (*names)[i], &count = (*counts)[i];
        if (!name.is_string() || !count.is_number_integer()) return false;
        info.class_names.push_back(name.get<std::string>());
        info.class_counts.push_back(count.get<std::int64_t>());
        if (info.class_counts.back() < 0 || info.class_counts.back() > info.count - labelled)
            return false;
        labelled += info.class_counts.back();
    }
    for (const Json& problem : *problems) {
        if (!problem.is_array() || problem.size() != 2 || !problem[0].is_string() ||
            !problem[1].is_string())
            return false;
        info.problems.push_back({problem[0].get<std::string>(), problem[1].get<std::string>()});
    }
    info.import_settings = *settings;
    return true;
}

template <class T>
T load(const std::byte* base, std::uint64_t index) {
    T value;
    std::memcpy(&value, base + index * sizeof(T), sizeof(T));
    return value;
}

}  // namespace

struct PackedDataset::Impl {
    std::filesystem::path path;
    MappedFile file;
    Header header;
    Layout at;
    PackInfo info;

    const std::byte* bytes() const { return file.bytes().data(); }
};

Result<PackedDataset> PackedDataset::open(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    auto impl = std::make_shared<Impl>();
    impl->path = path;
    impl->file = std::move(*file);
    const auto bytes = impl->file.bytes();
    Header& header = impl->header;

    if (bytes.size() < kMagic.size() ||
        std::memcmp(bytes.data(), kMagic.data(), kMagic.size()) != 0)
        return corrupt(path, "it is not a packed dataset.");
    if (bytes.size() < sizeof(Header)) return corrupt(path, "it ends within its header.");
    std::memcpy(&header, bytes.data(), sizeof(Header));
    if (header.version != kVersion && hash64(checked_part(header)) == header.checksum)
        return Error{ErrorCode::Unsupported,
                     "“" + path.filename().string() +
                         "” was written by another version of Pentimento (format " +
                         std::to_string(header.version) + "). Import the pictures again.",
                     path.string()};
    if (hash64(checked_part(header)) != header.checksum)
        return corrupt(path, "its header is damaged.");
    const auto at = layout(header);
    if (!at || header.count == 0) return corrupt(path, "its header contradicts itself.");
    if (bytes.size() < header.file_bytes) return corrupt(path, "it is incomplete.");
    if (header.file_bytes != bytes.size() || at->end != bytes.size())
        return corrupt(path, "its size contradicts its header.");
    if (hash64(bytes.subspan(at->pixels_end)) != header.metadata_checksum)
        return corrupt(path, "its labels or names are damaged.");
    impl->at = *at;

    PackInfo& info = impl->info;
    info.width = static_cast<int>(header.width);
    info.height = static_cast<int>(header.height);
    info.channels = static_cast<int>(header.channels);
    info.count = static_cast<std::int64_t>(header.count);
    info.fingerprint = to_hex(header.fingerprint);
    const auto text = bytes.subspan(at->info);
    const auto json = parse_json({reinterpret_cast<const char*>(text.data()), text.size()},
                                 path.filename().string());
    if (!json || !read_info(*json, info)) return corrupt(path, "its description is damaged.");

    PackedDataset dataset;
    dataset.impl_ = std::move(impl);
    return dataset;
}

const PackInfo& PackedDataset::info() const {
    return impl_->info;
}
const std::filesystem::path& PackedDataset::path() const {
    return impl_->path;
}

std::span<const std::uint8_t> PackedDataset::picture(std::int64_t i) const {
    const std::uint64_t size = impl_->at.picture_bytes;
    const std::byte* first = impl_->bytes() + sizeof(Header) + static_cast<std::uint64_t>(i) * size;
    return {reinterpret_cast<const std::uint8_t*>(first), static_cast<std::size_t>(size)};
}

// A checksum stops accidents, not liars: labels and name bounds are checked when they are used,
// which costs nothing at open.
std::int32_t PackedDataset::label(std::int64_t i) const {
    const auto value =
        load<std::int32_t>(impl_->bytes() + impl_->at.labels, static_cast<std::uint64_t>(i));
    return value >= 0 && static_cast<std::size_t>(value) < info().class_names.size() ? value : -1;
}

std::string_view PackedDataset::source(std::int64_t i) const {
    const std::byte* ends = impl_->bytes() + impl_->at.name_ends;
    const auto index = static_cast<std::uint64_t>(i);
    const std::uint64_t begin = index == 0 ? 0 : load<std::uint64_t>(ends, index - 1);
    const std::uint64_t end = load<std::uint64_t>(ends, index);
    if (begin > end || end > impl_->header.names_bytes) return {};
    const auto* names = reinterpret_cast<const char*>(impl_->bytes() + impl_->at.names);
    return {names + begin, static_cast<std::size_t>(end - begin)};
}

Frame PackedDataset::frame(std::int64_t i) const {
    const auto from = picture(i);
    const int channels = info().channels;
    const std::size_t pixels = from.size() / static_cast<std::size_t>(channels);
    std::vector<std::uint8_t> rgba(pixels * 4);
    for (std::size_t p = 0; p < pixels; ++p) {
        for (std::size_t c = 0; c < 3; ++c)
            rgba[p * 4 + c] = channels == 3 ? from[p * 3 + c] : from[p];
        rgba[p * 4 + 3] = 255;
    }
    return Frame::from_rgba(info().width, info().height, std::move(rgba));
}

Status PackedDataset::verify() const {
    const Layout& at = impl_->at;
    Hasher hasher;
    const auto dimensions = shape(impl_->header);
    hasher.update(std::as_bytes(std::span(dimensions)));
    const auto bytes = impl_->file.bytes();
    hasher.update(bytes.subspan(sizeof(Header), at.pixels_end - sizeof(Header)));
    hasher.update(bytes.subspan(at.labels, at.names - at.labels));
    if (hasher.digest() != impl_->header.fingerprint)
        return corrupt(impl_->path, "its pictures are damaged.");
    return {};
}

}  // namespace pentimento
