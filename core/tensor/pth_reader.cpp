// Joins what a pickle program describes with the numbers that stand beside it.
#include "core/tensor/pth_reader.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/tensor/dtypes.h"
#include "core/tensor/guard.h"
#include "core/tensor/pickle.h"
#include "core/tensor/zip_stored.h"

namespace pentimento {
namespace {

using Bytes = std::span<const std::byte>;
using Kind = PickleNode::Kind;

constexpr int kMaxDepth = 32;
constexpr std::size_t kMaxMetadata = 1000;

Error refusal(const fs::path& path, const std::string& problem,
              ErrorCode code = ErrorCode::Corrupt) {
    return {code,
            "'" + to_valid_utf8(path.string()) + "' was not read: " + problem +
                ". Use another copy of the file.",
            {}};
}

/// The numbers of a storage, as long as the program says.
struct Numbers {
    Bytes bytes;
    std::optional<std::uint32_t> crc32;  ///< as the file says; compared when they are first read
};

/// A file's program and where its storages lie.
struct Contents {
    Pickle pickle;
    std::map<std::string, Numbers> storages;
};

std::uint64_t storage_bytes(const PickledStorage& storage) {
    std::uint64_t bytes = 0;
    return __builtin_mul_overflow(storage.count, safetensors_element_size(storage.dtype), &bytes)
               ? ~std::uint64_t{0}
               : bytes;
}

// ---- since 1.6: name/data.pkl, name/data/<key>, name/byteorder ----

Result<Contents> open_archive(Bytes file, const fs::path& path) {
    auto entries = read_stored_zip(file, path.string());
    if (!entries) return entries.error();
    std::string prefix;
    const ZipEntry* program = nullptr;
    for (const auto& [name, entry] : *entries)
        if (name.ends_with("/data.pkl")) {
            if (program != nullptr) return refusal(path, "it holds two programs");
            program = &entry;
            prefix = name.substr(0, name.size() - std::string_view("data.pkl").size());
        }
    if (program == nullptr)
        return refusal(path, "it is an archive, but not one of PyTorch", ErrorCode::Unsupported);
    if (entries->count(prefix + "constants.pkl"))
        return refusal(path, "it is a TorchScript program and not a file of tensors",
                       ErrorCode::Unsupported);
    if (const auto order = entries->find(prefix + "byteorder"); order != entries->end())
        if (!std::ranges::equal(order->second.bytes, std::as_bytes(std::span("little", 6))))
            return refusal(path, "it was written on a big-endian machine", ErrorCode::Unsupported);
    if (crc32(program->bytes) != program->crc32)
        return refusal(path, "its table of tensors does not match its checksum");

    auto pickle = read_pickle(program->bytes, path.string());
    if (!pickle) return pickle.error();
    Contents contents{std::move(*pickle), {}};
    for (const auto& storage : contents.pickle.storages) {
        const auto entry = entries->find(prefix + "data/" + storage.key);
        if (entry == entries->end() || entry->second.bytes.size() != storage_bytes(storage))
            return refusal(path, "the numbers of a tensor are missing or of another length");
        contents.storages.emplace(storage.key, Numbers{entry->second.bytes, entry->second.crc32});
    }
    return contents;
}

// ---- before 1.6: four programs, then the storages one after the other ----

constexpr std::string_view kMagic("\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19", 10);

Result<Contents> open_sequence(Bytes file, const fs::path& path) {
    const auto next = [&]() -> Result<Pickle> {
        auto pickle = read_pickle(file, path.string());
        if (pickle) file = file.subspan(pickle->bytes);
        return pickle;
    };
    const auto magic = next();
    if (!magic) return magic.error();
    if (magic->top().kind != Kind::BigInt || magic->top().text != kMagic)
        return refusal(path, "it is no file of PyTorch", ErrorCode::Unsupported);
    const auto protocol = next();
    if (!protocol) return protocol.error();
    if (protocol->top().kind != Kind::Int || protocol->top().integer != 1001)
        return refusal(path, "its form is not known", ErrorCode::Unsupported);
    const auto system = next();
    if (!system) return system.error();
    if (const auto* little = system->find(system->top(), "little_endian");
        little == nullptr || little->kind != Kind::Bool || little->integer != 1)
        return refusal(path, "it was written on a big-endian machine", ErrorCode::Unsupported);
    auto program = next();
    if (!program) return program.error();
    const auto keys = next();
    if (!keys) return keys.error();

    Contents contents{std::move(*program), {}};
    std::map<std::string, const PickledStorage*> known;
    for (const auto& storage : contents.pickle.storages) {
        const auto [other, added] = known.emplace(storage.key, &storage);
        if (!added &&
            (other->second->count != storage.count || other->second->dtype != storage.dtype))
            return refusal(path, "it describes the same numbers in two ways");
    }
    if (keys->top().kind != Kind::List) return refusal(path, "its list of storages is damaged");
    for (const auto index : keys->top().items) {
        const auto& key = keys->at(index);
        const auto storage =
            known.find(key.kind == Kind::Int ? std::to_string(key.integer) : key.text);
        std::uint64_t count = 0;
        if (storage == known.end() || file.size() < sizeof(count))
            return refusal(path, "its list of storages is damaged");
        std::memcpy(&count, file.data(), sizeof(count));
        file = file.subspan(sizeof(count));
        const std::uint64_t bytes = storage_bytes(*storage->second);
        if (count != storage->second->count || bytes > file.size())
            return refusal(path, "the numbers of a tensor are missing or of another length");
        contents.storages.emplace(storage->first, Numbers{file.first(bytes), {}});
        file = file.subspan(bytes);
    }
    if (!file.empty()) return refusal(path, "something follows its last tensor");
    if (contents.storages.size() != known.size())
        return refusal(path, "the numbers of a tensor are missing");
    return contents;
}

// ---- to tensors ----

/// Walks over what the program built; `Sink` takes the tensors.
class Flattener {
  public:
    using Sink = std::function<Status(const std::string& name, const PickledTensor& tensor)>;

    Flattener(const Contents& contents, const fs::path& path, Sink sink)
        : contents_(contents), path_(path), sink_(std::move(sink)) {}

    /// The texts and numbers beside the tensors.
    Result<std::map<std::string, std::string>> run() {
        const Pickle& pickle = contents_.pickle;
        const PickleNode* root = &pickle.top();
        if (const auto* inner = pickle.find(*root, "state_dict");
            inner != nullptr && inner->kind == Kind::Dict)
            root = inner;
        if (auto status = add(*root, "", 0); !status) return status.error();
        return std::move(metadata_);
    }

  private:
    Status add(const PickleNode& node, const std::string& name, int depth) {
        // A list may hold itself, and lists of lists of the same list grow without bound.
        if (depth > kMaxDepth || ++visited_ > kMaxPickleValues ||
            (name_bytes_ += name.size()) > kMaxNameBytes)
            return refusal(path_, "its lists are nested too deeply or without end",
                           ErrorCode::TooLarge);
        const Pickle& pickle = contents_.pickle;
        const auto join = [&](const std::string& part) {
            return name.empty() ? part : name + "." + part;
        };
        switch (node.kind) {
            case Kind::Dict:
                for (std::size_t i = 0; i + 1 < node.items.size(); i += 2) {
                    const PickleNode& key = pickle.at(node.items[i]);
                    if (key.kind != Kind::Text && key.kind != Kind::Int)
                        return refusal(path_, "a tensor's name is no text");
                    const std::string part =
                        key.kind == Kind::Text ? key.text : std::to_string(key.integer);
                    if (auto status = add(pickle.at(node.items[i + 1]), join(part), depth + 1);
                        !status)
                        return status;
                }
                return {};
            case Kind::List:
            case Kind::Tuple:
                for (std::size_t i = 0; i < node.items.size(); ++i)
                    if (auto status =
                            add(pickle.at(node.items[i]), join(std::to_string(i)), depth + 1);
                        !status)
                        return status;
                return {};
            case Kind::Tensor: {
                if (to_valid_utf8(name) != name)
                    return refusal(path_, "a tensor's name is no text");
                if (!names_.insert(name).second)
                    return refusal(path_, "two tensors are called '" + name + "'");
                return sink_(name, pickle.tensors[static_cast<std::size_t>(node.integer)]);
            }
            case Kind::Text:
                return note(name, node.text);
            case Kind::Int:
                return note(name, std::to_string(node.integer));
            case Kind::Bool:
                return note(name, node.integer ? "true" : "false");
            case Kind::Float:
                return note(name, std::to_string(node.real));
            default:
                return {};
        }
    }

    Status note(const std::string& name, const std::string& text) {
        if (metadata_.size() < kMaxMetadata && text.size() <= 4096)
            metadata_.emplace(to_valid_utf8(name), to_valid_utf8(text));
        return {};
    }

    static constexpr std::size_t kMaxNameBytes = 64u << 20;
    const Contents& contents_;
    const fs::path& path_;
    Sink sink_;
    std::size_t visited_ = 0, name_bytes_ = 0;
    std::set<std::string> names_;
    std::map<std::string, std::string> metadata_;
};

/// Brings numbers into memory.
class Reader {
  public:
    Reader(const Contents& contents, const fs::path& path, std::uint64_t file_bytes)
        : contents_(contents), path_(path), budget_(4 * file_bytes + (1u << 20)) {}

    Result<torch::Tensor> read(const PickledTensor& info, const std::string& name) {
        const auto type = tensor::scalar_type(info.storage.dtype);
        const std::uint64_t size = safetensors_element_size(info.storage.dtype);
        // Strides of 0 make much of little, and tensors may share numbers: a little of that is
        // usual.
        if (info.elements > budget_ / size || info.extent > budget_ / size)
            return refusal(path_, "tensor '" + name + "' is larger than the file could hold",
                           ErrorCode::TooLarge);
        budget_ -= std::max(info.elements, info.extent) * size;
        if (info.elements == 0) return torch::empty(info.shape, torch::dtype(*type));
        const Numbers& numbers = contents_.storages.at(info.storage.key);
        if (numbers.crc32 && checked_.insert(info.storage.key).second &&
            crc32(numbers.bytes) != *numbers.crc32)
            return refusal(path_, "the numbers of a tensor do not match their checksum");
        const Bytes bytes = numbers.bytes.subspan(info.offset * size, info.extent * size);
        // Any other byte in a bool is undefined behaviour wherever the tensor is read.
        if (info.storage.dtype == "BOOL" &&
            std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b > std::byte{1}; }))
            return refusal(path_,
                           "tensor '" + name + "' holds bytes that are neither true nor false");
        // Copied, because data in a file need not be aligned and the file may change later.
        auto run = torch::empty({static_cast<std::int64_t>(info.extent)}, torch::dtype(*type));
        std::memcpy(run.data_ptr(), bytes.data(), bytes.size());
        return run.as_strided(info.shape, info.stride).contiguous();
    }

  private:
    const Contents& contents_;
    const fs::path& path_;
    std::uint64_t budget_;  ///< bytes of tensors that may still be made
    std::set<std::string> checked_;
};

bool is_zip(Bytes file) {
    return file.size() >= 4 && std::memcmp(file.data(), "PK\x03\x04", 4) == 0;
}

bool is_pth(Bytes file) {
    // A pickle program of protocol 2 begins with 0x80, a ZIP archive with "PK"; the eight bytes
    // before safetensors' brace are a length.
    const bool pickled = !file.empty() && file[0] == std::byte{0x80} &&
                         !(file.size() > 8 && file[8] == std::byte{'{'});
    return is_zip(file) || pickled;
}

Result<Contents> open_contents(Bytes file, const fs::path& path) {
    return is_zip(file) ? open_archive(file, path) : open_sequence(file, path);
}

Result<TensorFile> read_tensors(Bytes file, const fs::path& path, const TensorFilter& wanted) {
    auto contents = open_contents(file, path);
    if (!contents) return contents.error();
    Reader reader(*contents, path, file.size());
    TensorFile out;
    auto metadata = Flattener(*contents, path,
                              [&](const std::string& name, const PickledTensor& info) -> Status {
                                  if (wanted && !wanted(name)) return {};
                                  auto tensor = reader.read(info, name);
                                  if (!tensor) return tensor.error();
                                  out.tensors.emplace(name, std::move(*tensor));
                                  return {};
                              })
                        .run();
    if (!metadata) return metadata.error();
    out.metadata = std::move(*metadata);
    return out;
}

Result<SafetensorsHeader> read_header(Bytes file, const fs::path& path) {
    auto contents = open_contents(file, path);
    if (!contents) return contents.error();
    SafetensorsHeader header;
    auto metadata = Flattener(*contents, path,
                              [&](const std::string& name, const PickledTensor& info) -> Status {
                                  header.tensors[name] = {info.storage.dtype, info.shape, 0, 0};
                                  return {};
                              })
                        .run();
    if (!metadata) return metadata.error();
    header.metadata = std::move(*metadata);
    return header;
}

std::string reading(const fs::path& path) {
    return "Reading '" + to_valid_utf8(path.string()) + "'";
}

}  // namespace

Result<TensorFile> read_pth(const fs::path& path, const TensorFilter& wanted) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    return tensor::guarded(reading(path),
                           [&] { return read_tensors(file->bytes(), path, wanted); });
}

Result<TensorFile> read_tensor_file(const fs::path& path, const TensorFilter& wanted) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    if (!is_pth(file->bytes())) return read_safetensors(path);
    return tensor::guarded(reading(path),
                           [&] { return read_tensors(file->bytes(), path, wanted); });
}

Result<SafetensorsHeader> read_tensor_header(const fs::path& path) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    if (!is_pth(file->bytes())) return parse_safetensors_header(file->bytes(), path.string());
    return tensor::guarded(reading(path), [&] { return read_header(file->bytes(), path); });
}

}  // namespace pentimento
