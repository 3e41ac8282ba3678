// Foreign weights in PyTorch's own formats (.pth, .pt), read without running anything in them.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "core/tensor/safetensors.h"

namespace pentimento {

/// Which tensors of a file are wanted, by name; none: all of them. What is not wanted is not even
/// brought into memory, so that the useful seventh of VGG-19's file is there in a moment.
using TensorFilter = std::function<bool(const std::string& name)>;

/// Reads the tensors of a file that torch.save wrote, in the form since 1.6 (a ZIP archive) or the
/// one before. Dicts and lists in it become names with dots ("model.conv.weight"); if there is an
/// entry "state_dict", only that is read. Texts and numbers become metadata. Checksums are compared
/// where the form has them, for what is read. Errors: Io, NotFound, Corrupt, TooLarge, OutOfMemory;
/// Unsupported when the file asks for anything but tensors and plain data, with the name of what it
/// wanted to call.
Result<TensorFile> read_pth(const std::filesystem::path& path, const TensorFilter& wanted = {});

/// read_safetensors or read_pth, by the file's first bytes; safetensors are read whole.
Result<TensorFile> read_tensor_file(const std::filesystem::path& path,
                                    const TensorFilter& wanted = {});

/// Names, types and shapes of either kind of file, without its numbers. Offsets and checksums are
/// filled in for safetensors only. Errors as above.
Result<SafetensorsHeader> read_tensor_header(const std::filesystem::path& path);

}  // namespace pentimento
