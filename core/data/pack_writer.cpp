// Writes packed datasets: pixels go to disk as they come, metadata follows when the end is known.
#include <algorithm>
#include <cstring>
#include <utility>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/data/pack.h"
#include "core/data/pack_format.h"

namespace pentimento {
namespace {

using namespace pack_format;

constexpr std::size_t kBufferBytes = 1u << 20;  // one write call for many small pictures

Json info_json(const PackInfo& info) {
    Json json = {{"name", to_valid_utf8(info.name)},
                 {"skipped", info.skipped},
                 {"class_names", Json::array()},
                 {"class_counts", info.class_counts},
                 {"import_settings", info.import_settings},
                 {"problems", Json::array()}};
    for (const std::string& name : info.class_names)
        json["class_names"].push_back(to_valid_utf8(name));
    for (const ImportProblem& problem : info.problems)
        json["problems"].push_back({to_valid_utf8(problem.source), to_valid_utf8(problem.reason)});
    return json;
}

/// At most `limit` bytes, cut between characters.
std::string shortened(std::string_view text, std::size_t limit) {
    std::string valid = to_valid_utf8(text.substr(0, limit));
    if (valid.size() <= limit) return valid;
    std::size_t end = limit;
    while (end > 0 && (static_cast<unsigned char>(valid[end]) & 0xC0) == 0x80) --end;
    valid.resize(end);
    return valid;
}

}  // namespace

struct PackWriter::Impl {
    explicit Impl(AtomicFile atomic) : file(std::move(atomic)) {}

    Status flush() {
        Status status = file.write(buffer);
        buffer.clear();
        return status;
    }

    /// Appends metadata: hashed, then written.
    Status append(const void* data, std::size_t size) {
        const std::span bytes(static_cast<const std::byte*>(data), size);
        metadata.update(bytes);
        return bytes.empty() ? Status() : file.write(bytes);
    }

    AtomicFile file;
    Header header;
    Layout sizes;
    Hasher pixels, metadata;
    std::vector<std::byte> buffer;
    // 12 bytes and a name for each picture stay in memory: 40 MB for a million.
    std::vector<std::uint64_t> name_ends;
    std::vector<std::int32_t> labels;
    std::string names;
    bool finished = false;
};

PackWriter::PackWriter(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
}
PackWriter::PackWriter(PackWriter&&) noexcept = default;
PackWriter& PackWriter::operator=(PackWriter&&) noexcept = default;
PackWriter::~PackWriter() = default;

Result<PackWriter> PackWriter::create(const std::filesystem::path& path, int width, int height,
                                      int channels) {
    Header header;
    header.width = static_cast<std::uint32_t>(width);
    header.height = static_cast<std::uint32_t>(height);
    header.channels = static_cast<std::uint32_t>(channels);
    const auto sizes = layout(header);
    if (!sizes)
        return Error{
            ErrorCode::InvalidArgument,
            "A packed dataset holds grey or RGB pictures of 8 to 1024 pixels a side, not " +
                std::to_string(width) + " × " + std::to_string(height) + " with " +
                std::to_string(channels) + " channels.",
            {}};
    auto file = AtomicFile::create(path);
    if (!file) return file.error();
    auto impl = std::make_unique<Impl>(std::move(*file));
    impl->header = header;
    impl->sizes = *sizes;
    impl->buffer.reserve(kBufferBytes);
    const auto dimensions = shape(header);
    impl->pixels.update(std::as_bytes(std::span(dimensions)));
    // The real header is known, and written, at the end.
    const Header blank{};
    const auto page = std::as_bytes(std::span(&blank, 1));
    if (Status status = impl->file.write(page); !status) return status.error();
    return PackWriter(std::move(impl));
}

std::int64_t PackWriter::count() const {
    return static_cast<std::int64_t>(impl_->labels.size());
}

std::string_view PackWriter::source(std::int64_t i) const {
    const auto index = static_cast<std::size_t>(i);
    const std::uint64_t begin = index == 0 ? 0 : impl_->name_ends[index - 1];
    return std::string_view(impl_->names).substr(begin, impl_->name_ends[index] - begin);
}

Status PackWriter::add(std::span<const std::uint8_t> pixels, std::int32_t label,
                       std::string_view source) {
    Impl& to = *impl_;
    if (to.finished)
        return Error{ErrorCode::Conflict, "This dataset is finished; no picture can be added.", {}};
    if (pixels.size() != to.sizes.picture_bytes || label < -1)
        return Error{ErrorCode::InvalidArgument,
                     "A picture of this dataset has " + std::to_string(to.sizes.picture_bytes) +
                         " bytes and a label of at least -1, not " + std::to_string(pixels.size()) +
                         " bytes and label " + std::to_string(label) + ".",
                     {}};
    if (to.labels.size() >= kMaxCount)
        return Error{ErrorCode::TooLarge, "A packed dataset holds at most 2^31 - 1 pictures.", {}};
    const auto bytes = std::as_bytes(pixels);
    if (to.buffer.size() + bytes.size() > kBufferBytes)
        if (Status status = to.flush(); !status) return status;
    to.buffer.insert(to.buffer.end(), bytes.begin(), bytes.end());
    to.pixels.update(bytes);
    to.names += shortened(source, kMaxNameBytes);
    to.name_ends.push_back(to.names.size());
    to.labels.push_back(label);
    return {};
}

Status PackWriter::finish(PackInfo info) {
    Impl& to = *impl_;
    if (to.finished) return Error{ErrorCode::Conflict, "This dataset is finished already.", {}};
    if (to.labels.empty())
        return Error{
            ErrorCode::InvalidArgument, "A dataset without pictures cannot be written.", {}};
    info.class_counts.assign(info.class_names.size(), 0);
    for (const std::int32_t label : to.labels) {
        if (label >= 0 && static_cast<std::size_t>(label) >= info.class_names.size())
            return Error{ErrorCode::InvalidArgument,
                         "Label " + std::to_string(label) + " has no name among the " +
                             std::to_string(info.class_names.size()) + " classes.",
                         {}};
        if (label >= 0) ++info.class_counts[static_cast<std::size_t>(label)];
    }
    if (info.problems.size() > kMaxProblems) info.problems.resize(kMaxProblems);
    const std::string json = info_json(info).dump(-1, ' ', false, Json::error_handler_t::replace);
    if (json.size() > kMaxInfoBytes)
        return Error{
            ErrorCode::TooLarge, "The class names and problems of this dataset are too long.", {}};

    to.finished = true;
    if (Status status = to.flush(); !status) return status;
    to.header.count = to.labels.size();
    to.header.names_bytes = to.names.size();
    to.header.info_bytes = json.size();
    const Layout at = *layout(to.header);
    const std::array<std::byte, 8> padding{};
    to.pixels.update(std::as_bytes(std::span(to.labels)));
    for (const auto& [data, size] : std::initializer_list<std::pair<const void*, std::size_t>>{
             {padding.data(), static_cast<std::size_t>(at.name_ends - at.pixels_end)},
             {to.name_ends.data(), to.name_ends.size() * sizeof(std::uint64_t)},
             {to.labels.data(), to.labels.size() * sizeof(std::int32_t)},
             {to.names.data(), to.names.size()},
             {json.data(), json.size()}})
        if (Status status = to.append(data, size); !status) return status;
    to.header.file_bytes = at.end;
    to.header.fingerprint = to.pixels.digest();
    to.header.metadata_checksum = to.metadata.digest();
    to.header.checksum = hash64(checked_part(to.header));
    if (Status status = to.file.write_at(0, std::as_bytes(std::span(&to.header, 1))); !status)
        return status;
    return to.file.commit();
}

}  // namespace pentimento
