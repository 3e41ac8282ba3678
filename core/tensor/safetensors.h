// Tensors on disk in the safetensors format: nothing in such a file can run code.
#pragma once

#include <torch/torch.h>

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/tensor/safetensors_header.h"

namespace pentimento {

struct TensorFile {
    std::map<std::string, torch::Tensor> tensors;  ///< contiguous, on the CPU, owning their memory
    std::map<std::string, std::string> metadata;
};

/// Reads every tensor of a file that parse_safetensors_header accepts and compares checksums where
/// the file has them. Errors: Io, NotFound, Corrupt, TooLarge, OutOfMemory.
Result<TensorFile> read_safetensors(const std::filesystem::path& path);

/// The same for a file in memory, called `name` in messages.
Result<TensorFile> parse_safetensors(std::span<const std::byte> file, const std::string& name);

/// Writes atomically: on any error the old file is intact. Tensors may live on any device, need not
/// be contiguous, and are stored in the order given with a checksum each. Names must be unique and
/// metadata keys must not begin with "pentimento.". Errors: InvalidArgument, Unsupported (dtype),
/// Io.
Status write_safetensors(const std::filesystem::path& path,
                         const std::vector<std::pair<std::string, torch::Tensor>>& tensors,
                         const std::map<std::string, std::string>& metadata = {});

}  // namespace pentimento
