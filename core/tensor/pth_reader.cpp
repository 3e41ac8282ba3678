// Joins what a pickle program describes with the numbers that stand beside it.
#include "core/tensor/pth_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <optional>

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

/// A file's program and where its storages lie.
struct Contents {
    Pickle pickle;
    std::map<std::string, Bytes> storages;  ///< whole, as long as the program says
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
        if (!contents.storages.emplace(storage.key, entry->second.bytes).second) continue;
        if (crc32(entry->second.bytes) != entry->second.crc32)
            return refusal(path, "the numbers of a tensor do not match their checksum");
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
        contents.storages.emplace(storage->first, file.first(bytes));
        file = file.subspan(bytes);
    }
    if (!file.empty()) return refusal(path, "something follows its last tensor");
    if (contents.storages.size() != known.size())
        return refusal(path, "the numbers of a tensor are missing");
    return contents;
}

// ---- to tensors ----

class Flattener {
  public:
    Flattener(const Contents& contents, const fs::path& path, std::uint64_t file_bytes)
        : contents_(contents), path_(path), budget_(4 * file_bytes + (1u << 20)) {}

    Result<TensorFile> run() {
        const Pickle& pickle = contents_.pickle;
        const PickleNode* root = &pickle.top();
        if (const auto* inner = pickle.find(*root, "state_dict");
            inner != nullptr && inner->kind == Kind::Dict)
            root = inner;
        if (auto status = add(*root, "", 0); !status) return status.error();
        return std::move(out_);
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
                auto tensor = read(pickle.tensors[static_cast<std::size_t>(node.integer)], name);
                if (!tensor) return tensor.error();
                if (!out_.tensors.emplace(name, std::move(*tensor)).second)
                    return refusal(path_, "two tensors are called '" + name + "'");
                return {};
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
        if (out_.metadata.size() < kMaxMetadata && text.size() <= 4096)
            out_.metadata.emplace(to_valid_utf8(name), to_valid_utf8(text));
        return {};
    }

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
        const Bytes bytes =
            contents_.storages.at(info.storage.key).subspan(info.offset * size, info.extent * size);
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

    static constexpr std::size_t kMaxNameBytes = 64u << 20;
    const Contents& contents_;
    const fs::path& path_;
    std::uint64_t budget_;  ///< bytes of tensors that may still be made
    std::size_t visited_ = 0, name_bytes_ = 0;
    TensorFile out_;
};

bool is_zip(Bytes file) {
    return file.size() >= 4 && std::memcmp(file.data(), "PK\x03\x04", 4) == 0;
}

Result<TensorFile> read_mapped(const MappedFile& file, const fs::path& path) {
    return tensor::guarded(
        "Reading '" + to_valid_utf8(path.string()) + "'", [&]() -> Result<TensorFile> {
            const Bytes bytes = file.bytes();
            auto contents = is_zip(bytes) ? open_archive(bytes, path) : open_sequence(bytes, path);
            if (!contents) return contents.error();
            return Flattener(*contents, path, bytes.size()).run();
        });
}

}  // namespace

Result<TensorFile> read_pth(const fs::path& path) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    return read_mapped(*file, path);
}

Result<TensorFile> read_tensor_file(const fs::path& path) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    const Bytes bytes = file->bytes();
    // A pickle program of protocol 2 begins with 0x80, a ZIP archive with "PK"; the eight bytes
    // before safetensors' brace are a length.
    const bool pickled = !bytes.empty() && bytes[0] == std::byte{0x80} &&
                         !(bytes.size() > 8 && bytes[8] == std::byte{'{'});
    if (is_zip(bytes) || pickled) return read_mapped(*file, path);
    return read_safetensors(path);
}

}  // namespace pentimento
