// A strict parser for the header of https://huggingface.co/docs/safetensors: only what the format
// allows passes the handler below, so that nothing nested or oversized is ever built in memory.
#include "core/tensor/safetensors_header.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <set>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/text.h"

namespace pentimento {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are stored little-endian");

constexpr std::string_view kMetadata = "__metadata__";
constexpr std::string_view kFormatKey = "pentimento.format";
constexpr std::string_view kFormat = "1";
constexpr std::string_view kHeaderKey = "pentimento.checksum.header";
constexpr std::string_view kTensorKey = "pentimento.checksum.tensor.";
constexpr std::size_t kMaxRank = 16;

/// Receives the JSON as events and accepts exactly
/// {"__metadata__": {text: text}, name: {"dtype": text, "shape": [n…], "data_offsets": [n, n]}}.
class HeaderHandler : public nlohmann::json_sax<Json> {
  public:
    explicit HeaderHandler(SafetensorsHeader& header) : header_(header) {}

    std::string problem;

    bool start_object(std::size_t) override {
        if (place_ == Place::Outside) return enter(Place::Top);
        if (place_ == Place::Top) {
            fields_.clear();
            return enter(name_ == kMetadata ? Place::Metadata : Place::Tensor);
        }
        return fail("an object where none belongs");
    }

    bool end_object() override {
        if (place_ == Place::Tensor) {
            if (fields_.size() != 3)
                return fail("tensor '" + name_ + "' lacks dtype, shape or data_offsets");
            if (offsets_.size() != 2)
                return fail("data_offsets of tensor '" + name_ + "' are not two numbers");
            TensorInfo& info = header_.tensors[name_];
            info.begin = offsets_[0];
            info.end = offsets_[1];
            return enter(Place::Top);
        }
        return enter(place_ == Place::Metadata ? Place::Top : Place::Outside);
    }

    bool key(std::string& key) override {
        key_ = key;
        if (place_ == Place::Top) {
            name_ = key;
            offsets_.clear();
            if (!names_.insert(key).second) return fail("the name '" + key + "' occurs twice");
            if (key != kMetadata) header_.tensors[key];
            return true;
        }
        if (!fields_.insert(key).second) return fail("the key '" + key + "' occurs twice");
        if (place_ == Place::Tensor && key != "dtype" && key != "shape" && key != "data_offsets")
            return fail("tensor '" + name_ + "' has an unknown key '" + key + "'");
        return true;
    }

    bool string(std::string& text) override {
        if (place_ == Place::Metadata) {
            header_.metadata[key_] = text;
            return true;
        }
        if (place_ != Place::Tensor || key_ != "dtype") return fail("a text where none belongs");
        header_.tensors[name_].dtype = text;
        return true;
    }

    bool start_array(std::size_t) override {
        if (place_ != Place::Tensor || key_ == "dtype") return fail("a list where none belongs");
        return enter(Place::List);
    }
    bool end_array() override { return enter(Place::Tensor); }

    bool number_unsigned(std::uint64_t number) override {
        if (place_ != Place::List) return fail("a number where none belongs");
        if (key_ == "data_offsets") {
            if (offsets_.size() == 2) return fail("more than two data_offsets");
            offsets_.push_back(number);
            return true;
        }
        if (number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return fail("a shape is too large");
        auto& shape = header_.tensors[name_].shape;
        if (shape.size() == kMaxRank) return fail("a tensor has more than 16 dimensions");
        shape.push_back(static_cast<std::int64_t>(number));
        return true;
    }

    bool null() override { return fail("null where none belongs"); }
    bool boolean(bool) override { return fail("a truth value where none belongs"); }
    bool number_integer(std::int64_t) override { return fail("a negative number"); }
    bool number_float(double, const std::string&) override { return fail("a fraction"); }
    bool binary(Json::binary_t&) override { return fail("binary data"); }
    bool parse_error(std::size_t position, const std::string&, const Json::exception&) override {
        return fail("invalid JSON at byte " + std::to_string(position));
    }

  private:
    enum class Place { Outside, Top, Metadata, Tensor, List };

    bool enter(Place place) {
        place_ = place;
        return true;
    }
    bool fail(std::string text) {
        problem = to_valid_utf8(text);
        return false;
    }

    SafetensorsHeader& header_;
    Place place_ = Place::Outside;
    std::string name_, key_;
    std::vector<std::uint64_t> offsets_;
    std::set<std::string> names_, fields_;
};

/// Independent of order and white space; `pentimento.checksum.header` itself is left out.
std::string header_checksum(const std::map<std::string, TensorInfo>& tensors,
                            const std::map<std::string, std::string>& metadata) {
    Hasher hasher;
    const auto add_number = [&](std::uint64_t number) {
        hasher.update(std::as_bytes(std::span(&number, 1)));
    };
    const auto add_text = [&](std::string_view text) {
        add_number(text.size());
        hasher.update(std::as_bytes(std::span(text)));
    };
    for (const auto& [name, info] : tensors) {
        add_text(name);
        add_text(info.dtype);
        add_number(info.shape.size());
        for (const auto size : info.shape) add_number(static_cast<std::uint64_t>(size));
        add_number(info.begin);
        add_number(info.end);
    }
    for (const auto& [key, value] : metadata) {
        if (key == kHeaderKey) continue;
        add_text(key);
        add_text(value);
    }
    return to_hex(hasher.digest());
}

/// Empty when every tensor's bytes are what its type and shape need and lie end to end.
std::string layout_problem(const SafetensorsHeader& header, std::uint64_t data_bytes) {
    std::vector<std::pair<const TensorInfo*, std::string_view>> order;
    for (const auto& [name, info] : header.tensors) {
        const auto quoted = "tensor '" + name + "' ";
        std::uint64_t bytes = safetensors_element_size(info.dtype);
        if (bytes == 0) return quoted + "has the unknown type '" + info.dtype + "'";
        bool empty = false;
        for (const auto size : info.shape) {
            if (size == 0)
                empty = true;
            else if (bytes >
                     std::numeric_limits<std::int64_t>::max() / static_cast<std::uint64_t>(size))
                return quoted + "has a shape that is too large";
            else
                bytes *= static_cast<std::uint64_t>(size);
        }
        if (empty) bytes = 0;
        if (info.begin > info.end || info.end > data_bytes) return quoted + "lies outside the file";
        if (info.end - info.begin != bytes)
            return quoted + "needs " + std::to_string(bytes) + " bytes but has " +
                   std::to_string(info.end - info.begin);
        order.emplace_back(&info, name);
    }
    std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) {
        return std::tie(a.first->begin, a.first->end) < std::tie(b.first->begin, b.first->end);
    });
    std::uint64_t reached = 0;
    for (const auto& [info, name] : order) {
        if (info->begin != reached)
            return std::string(info->begin < reached ? "overlapping data" : "a gap in the data") +
                   " at tensor '" + std::string(name) + "'";
        reached = info->end;
    }
    if (reached != data_bytes) return "data that belongs to no tensor";
    return {};
}

/// Moves our own entries from the metadata to `checksums` after checking that they are complete.
std::string take_checksums(SafetensorsHeader& header) {
    auto& metadata = header.metadata;
    const bool ours = std::any_of(metadata.begin(), metadata.end(), [](const auto& entry) {
        return entry.first == kFormatKey || entry.first == kHeaderKey ||
               entry.first.starts_with(kTensorKey);
    });
    if (!ours) return {};
    const auto format = metadata.find(std::string(kFormatKey));
    const auto sum = metadata.find(std::string(kHeaderKey));
    if (format == metadata.end() || sum == metadata.end())
        return "the header has lost its checksum";
    if (format->second != kFormat) return "an unknown version '" + format->second + "'";
    if (sum->second != header_checksum(header.tensors, metadata))
        return "the header does not match its checksum";
    for (const auto& [name, info] : header.tensors) {
        const auto entry = metadata.find(std::string(kTensorKey) + name);
        if (entry == metadata.end()) return "tensor '" + name + "' has lost its checksum";
        header.checksums[name] = entry->second;
        metadata.erase(entry);
    }
    metadata.erase(std::string(kFormatKey));
    metadata.erase(std::string(kHeaderKey));
    return {};
}

Error corrupt(std::string_view name, const std::string& problem) {
    return {ErrorCode::Corrupt,
            "'" + to_valid_utf8(name) + "' is not a sound safetensors file: " + problem +
                ". Use another copy of it.",
            {}};
}

}  // namespace

std::uint64_t safetensors_element_size(std::string_view dtype) {
    if (dtype == "F64" || dtype == "I64") return 8;
    if (dtype == "F32" || dtype == "I32") return 4;
    if (dtype == "F16" || dtype == "BF16" || dtype == "I16") return 2;
    if (dtype == "I8" || dtype == "U8" || dtype == "BOOL") return 1;
    return 0;
}

Result<SafetensorsHeader> parse_safetensors_header(std::span<const std::byte> file,
                                                   std::string_view name) {
    std::uint64_t length = 0;
    if (file.size() < sizeof length + 2) return corrupt(name, "it is too short to have a header");
    std::memcpy(&length, file.data(), sizeof length);
    if (length > file.size() - sizeof length)
        return corrupt(name, "its header is said to be longer than the file");
    if (length > kMaxSafetensorsHeaderBytes)
        return Error{ErrorCode::TooLarge,
                     "'" + to_valid_utf8(name) + "' has a header of " + format_bytes(length) +
                         "; more than " + format_bytes(kMaxSafetensorsHeaderBytes) +
                         " are never needed, so the file is refused.",
                     {}};
    const auto* begin = reinterpret_cast<const char*>(file.data()) + sizeof length;
    std::string_view text(begin, length);
    // The format allows spaces after the JSON, and nothing else around it.
    text = text.substr(0, text.find_last_not_of(' ') + 1);
    if (text.size() < 2 || text.front() != '{' || text.back() != '}')
        return corrupt(name, "its header is not a JSON object");

    SafetensorsHeader header;
    header.data_offset = sizeof length + length;
    HeaderHandler handler(header);
    if (!Json::sax_parse(text.begin(), text.end(), &handler)) return corrupt(name, handler.problem);
    auto problem = layout_problem(header, file.size() - header.data_offset);
    if (problem.empty()) problem = take_checksums(header);
    if (!problem.empty()) return corrupt(name, problem);
    return header;
}

Result<SafetensorsHeader> read_safetensors_header(const fs::path& path) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    return parse_safetensors_header(file->bytes(), path.string());
}

Result<std::string> make_safetensors_header(const SafetensorsHeader& header,
                                            const std::vector<std::string>& order) {
    auto metadata = header.metadata;
    for (const auto& [key, value] : metadata)
        if (key.starts_with("pentimento."))
            return Error{ErrorCode::InvalidArgument,
                         "The metadata key '" + key + "' is reserved: choose another name.",
                         {}};
    metadata[std::string(kFormatKey)] = kFormat;
    for (const auto& [name, sum] : header.checksums) metadata[std::string(kTensorKey) + name] = sum;
    metadata[std::string(kHeaderKey)] = header_checksum(header.tensors, metadata);

    Json json = Json::object();
    json[std::string(kMetadata)] = metadata;
    for (const auto& name : order) {
        const auto& info = header.tensors.at(name);
        json[name] = {
            {"dtype", info.dtype}, {"shape", info.shape}, {"data_offsets", {info.begin, info.end}}};
    }
    std::string text;
    try {
        text = json.dump();
    } catch (const Json::exception& error) {
        return Error{ErrorCode::InvalidArgument,
                     "Names and metadata of tensors must be valid UTF-8 text.", error.what()};
    }
    text.resize((text.size() + 7) / 8 * 8, ' ');
    if (text.size() > kMaxSafetensorsHeaderBytes)
        return Error{ErrorCode::TooLarge, "There are too many tensors for one file.", {}};
    const std::uint64_t length = text.size();
    std::string bytes(sizeof length, '\0');
    std::memcpy(bytes.data(), &length, sizeof length);
    return bytes + text;
}

}  // namespace pentimento
