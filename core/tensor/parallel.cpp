#include "core/tensor/parallel.h"

#include <ATen/TensorIterator.h>
#include <torch/torch.h>

namespace pentimento::tensor {
namespace {

/// 0 … count − 1. Made once a thread, as far as was ever asked for; nobody writes to it, so that
/// calls may be nested.
at::Tensor numbers_to(std::int64_t count) {
    static thread_local at::Tensor numbers;
    if (!numbers.defined() || numbers.numel() < count) numbers = at::arange(count, torch::kInt64);
    return numbers.narrow(0, 0, count);
}

}  // namespace

// at::parallel_for is a template that works in parallel only where OpenMP is switched on, which it
// is not in our own files; a tensor iterator does so inside of LibTorch, with its threads.
void parallel_for(std::int64_t count, std::int64_t grain,
                  const std::function<void(std::int64_t, std::int64_t)>& work) {
    if (count <= 0) return;
    if (count <= grain || at::get_num_threads() == 1 || at::in_parallel_region())
        return work(0, count);
    const at::Tensor numbers = numbers_to(count);
    auto iterator = at::TensorIteratorConfig()
                        .check_all_same_dtype(false)
                        .add_output(numbers)
                        .resize_outputs(false)
                        .build();
    iterator.for_each(
        [&](char** data, const std::int64_t*, std::int64_t length) {
            const auto begin = *reinterpret_cast<const std::int64_t*>(data[0]);
            work(begin, begin + length);
        },
        grain);
}

}  // namespace pentimento::tensor
