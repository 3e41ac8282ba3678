// Where and with how many threads tensors are computed. The header itself is free of torch types.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pentimento::tensor {

/// Processors that this process may really use: its affinity mask, cut by the CPU quotas of its
/// cgroups (containers). At least 1. LibTorch itself starts with half of the machine's processors.
int usable_processors();

/// Processors granted by the text of a cgroup-v2 `cpu.max` file ("150000 100000" → 2, rounded up),
/// or `available` when it sets no limit or cannot be read. Never more than `available`, at least 1.
int processors_from_cpu_max(std::string_view text, int available);

/// Threads of one operation, for every thread of the process. 0 means all usable processors.
void set_threads(int count);
int threads();

bool cuda_available();

/// "auto" → "cuda" when there is one, else "cpu"; "cuda" without such a device is Unsupported.
Result<std::string> resolve_device(std::string_view choice);

/// Bytes that a graphics card has to give; 0 for the CPU, which nobody asks.
std::int64_t free_device_memory(const std::string& device);
/// Lets a graphics card round products to 19 bits (TF32). It does not let cuDNN search for the
/// fastest convolutions: with version 9.19, that crashed at 8 channels and took all of 80 GB at
/// 128 px.
void prepare_device(const std::string& device);

/// "cpu" or "cuda (2 devices)", for logs.
std::string describe_device(std::string_view device);

}  // namespace pentimento::tensor
