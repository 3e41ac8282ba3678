// Foreign weights in PyTorch's own formats (.pth, .pt), read without running anything in them.
#pragma once

#include <filesystem>

#include "core/tensor/safetensors.h"

namespace pentimento {

/// Reads the tensors of a file that torch.save wrote, in the form since 1.6 (a ZIP archive) or the
/// one before. Dicts and lists in it become names with dots ("model.conv.weight"); if there is an
/// entry "state_dict", only that is read. Texts and numbers become metadata. Checksums are compared
/// where the form has them. Errors: Io, NotFound, Corrupt, TooLarge, OutOfMemory; Unsupported when
/// the file asks for anything but tensors and plain data, with the name of what it wanted to call.
Result<TensorFile> read_pth(const std::filesystem::path& path);

/// read_safetensors or read_pth, by the file's first bytes.
Result<TensorFile> read_tensor_file(const std::filesystem::path& path);

}  // namespace pentimento
