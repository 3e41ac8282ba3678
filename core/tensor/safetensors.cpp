// Moves bytes between checked headers and tensors.
#include "core/tensor/safetensors.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/tensor/dtypes.h"

namespace pentimento {
namespace {

std::span<const std::byte> bytes_of(const torch::Tensor& contiguous) {
    return {static_cast<const std::byte*>(contiguous.data_ptr()),
            static_cast<std::size_t>(contiguous.nbytes())};
}

Error damaged(const std::string& name, const std::string& tensor, const std::string& problem) {
    return {ErrorCode::Corrupt,
            "'" + to_valid_utf8(name) + "' is damaged: tensor '" + tensor + "' " + problem +
                ". Use another copy of the file.",
            {}};
}

Result<TensorFile> read_tensors(std::span<const std::byte> file, const std::string& where) {
    auto header = parse_safetensors_header(file, where);
    if (!header) return header.error();
    const auto data = file.subspan(header->data_offset);

    TensorFile result;
    result.metadata = std::move(header->metadata);
    for (const auto& [name, info] : header->tensors) {
        const auto bytes = data.subspan(info.begin, info.end - info.begin);
        const auto sum = header->checksums.find(name);
        if (sum != header->checksums.end() && sum->second != to_hex(hash64(bytes)))
            return damaged(where, name, "does not match its checksum");
        // Any other byte in a bool is undefined behaviour wherever the tensor is read.
        if (info.dtype == "BOOL" &&
            std::any_of(bytes.begin(), bytes.end(), [](std::byte b) { return b > std::byte{1}; }))
            return damaged(where, name, "holds bytes that are neither true nor false");
        // Copied, because data in a file need not be aligned and the file may change later.
        auto tensor = torch::empty(info.shape, torch::dtype(*tensor::scalar_type(info.dtype)));
        if (!bytes.empty()) std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
        result.tensors.emplace(name, std::move(tensor));
    }
    return result;
}

}  // namespace

Result<TensorFile> parse_safetensors(std::span<const std::byte> file, const std::string& name) {
    const auto no_memory = [&](const std::exception& error) {
        return Error{ErrorCode::OutOfMemory,
                     "There is not enough memory to read '" + to_valid_utf8(name) + "'.",
                     error.what()};
    };
    try {
        return read_tensors(file, name);
    } catch (const c10::Error& error) {
        return no_memory(error);
    } catch (const std::bad_alloc& error) {
        return no_memory(error);
    }
}

Result<TensorFile> read_safetensors(const fs::path& path) {
    auto file = MappedFile::open(path);
    if (!file) return file.error();
    return parse_safetensors(file->bytes(), path.string());
}

Status write_safetensors(const fs::path& path,
                         const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                         const std::map<std::string, std::string>& metadata) {
    SafetensorsHeader header;
    header.metadata = metadata;
    std::vector<std::string> order;
    std::vector<torch::Tensor> stored;
    std::uint64_t offset = 0;
    for (const auto& [name, tensor] : tensors) {
        if (!tensor.defined() || name == "__metadata__" || header.tensors.count(name))
            return Error{
                ErrorCode::InvalidArgument,
                "Tensor '" + name + "' cannot be stored: it is undefined or its name is taken.",
                {}};
        const auto dtype = tensor::dtype_name(tensor.scalar_type());
        if (dtype.empty())
            return Error{ErrorCode::Unsupported,
                         "Tensor '" + name + "' cannot be stored: safetensors has no type for " +
                             std::string(torch::toString(tensor.scalar_type())) + ".",
                         {}};
        stored.push_back(tensor.detach().to(torch::kCPU).contiguous());
        const auto bytes = bytes_of(stored.back());
        header.tensors[name] = {std::string(dtype), tensor.sizes().vec(), offset,
                                offset + bytes.size()};
        header.checksums[name] = to_hex(hash64(bytes));
        order.push_back(name);
        offset += bytes.size();
    }
    const auto head = make_safetensors_header(header, order);
    if (!head) return head.error();

    auto file = AtomicFile::create(path);
    if (!file) return file.error();
    if (auto status = file->write(std::as_bytes(std::span(*head))); !status) return status;
    for (const auto& tensor : stored)
        if (auto status = file->write(bytes_of(tensor)); !status) return status;
    return file->commit();
}

}  // namespace pentimento
