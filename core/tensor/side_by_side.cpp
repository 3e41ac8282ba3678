// One stream a lane; events make them wait for each other.
#include "core/tensor/side_by_side.h"

#ifdef PENTIMENTO_CUDA
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <algorithm>
#include <vector>
#endif

namespace pentimento::tensor {

#ifdef PENTIMENTO_CUDA

struct SideBySide::Impl {
    std::vector<c10::cuda::CUDAStream> lanes;
};

SideBySide::SideBySide(const torch::Device& device, std::size_t lanes)
    : impl_(std::make_unique<Impl>()) {
    if (device.is_cuda())
        for (std::size_t i = 0; i < lanes; ++i)
            impl_->lanes.push_back(
                c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index()));
}

void SideBySide::each(std::size_t count, const std::function<void(std::size_t)>& work) const {
    const auto& lanes = impl_->lanes;
    if (lanes.size() < 2 || count < 2) {
        for (std::size_t i = 0; i < count; ++i) work(i);
        return;
    }
    const auto outer = c10::cuda::getCurrentCUDAStream(lanes[0].device_index());
    const auto used = std::min(lanes.size(), count);
    at::cuda::CUDAEvent ready;
    ready.record(outer);
    for (std::size_t lane = 0; lane < used; ++lane) ready.block(lanes[lane]);
    for (std::size_t i = 0; i < count; ++i) {
        const c10::cuda::CUDAStreamGuard guard(lanes[i % used]);
        work(i);
    }
    for (std::size_t lane = 0; lane < used; ++lane) {
        at::cuda::CUDAEvent done;
        done.record(lanes[lane]);
        done.block(outer);
    }
}

#else

struct SideBySide::Impl {};

SideBySide::SideBySide(const torch::Device&, std::size_t) {
}
void SideBySide::each(std::size_t count, const std::function<void(std::size_t)>& work) const {
    for (std::size_t i = 0; i < count; ++i) work(i);
}

#endif

SideBySide::~SideBySide() = default;
SideBySide::SideBySide(SideBySide&&) noexcept = default;
SideBySide& SideBySide::operator=(SideBySide&&) noexcept = default;

}  // namespace pentimento::tensor
