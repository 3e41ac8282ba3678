// Loops of our own on LibTorch's threads. Torch inside: not for ui.
#pragma once

#include <cstdint>
#include <functional>

namespace pentimento::tensor {

/// Calls work(begin, end) for stretches that together are 0 … count, on as many threads as LibTorch
/// may use; a stretch of fewer than `grain` stays with one.
void parallel_for(std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t begin, std::int64_t end)>& work);

}  // namespace pentimento::tensor
