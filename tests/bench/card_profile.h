// Where a graphics card's time goes: its kernels by their total time, as LibTorch's profiler sees
// them, also in recordings.
#pragma once

#ifdef PENTIMENTO_CUDA
#include <c10/cuda/CUDACachingAllocator.h>
#include <torch/csrc/autograd/profiler_kineto.h>
#include <torch/torch.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace pentimento {

inline void profile_card(const std::function<void()>& work, std::size_t most = 45) {
    namespace profiler = torch::autograd::profiler;
    namespace kinds_of = torch::profiler::impl;
    const std::set<kinds_of::ActivityType> kinds{kinds_of::ActivityType::CUDA};
    const kinds_of::ProfilerConfig config(kinds_of::ProfilerState::KINETO);
    profiler::prepareProfiler(config, kinds);
    profiler::enableProfiler(config, kinds);
    work();
    torch::cuda::synchronize();
    const auto result = profiler::disableProfiler();
    std::map<std::string, std::pair<double, int>> kernels;
    double all = 0;
    for (const auto& event : result->events()) {
        if (event.deviceType() != c10::DeviceType::CUDA) continue;
        const double ms = 1e-6 * static_cast<double>(event.durationNs());
        auto& [sum, count] = kernels[event.name()];
        sum += ms;
        ++count;
        all += ms;
    }
    std::vector<std::pair<double, std::string>> sorted;
    for (const auto& [name, entry] : kernels) sorted.emplace_back(entry.first, name);
    std::sort(sorted.rbegin(), sorted.rend());
    std::printf("%9.3f ms in all\n", all);
    for (std::size_t i = 0; i < std::min(most, sorted.size()); ++i)
        std::printf("%9.3f ms %5d  %.110s\n", sorted[i].first, kernels[sorted[i].second].second,
                    sorted[i].second.c_str());
}

/// Most memory that tensors have taken on the card, GB.
inline double card_peak() {
    namespace allocator = c10::cuda::CUDACachingAllocator;
    return 1e-9 * static_cast<double>(allocator::getDeviceStats(0).allocated_bytes[0].peak);
}

/// When the card's memory is used up: what lies there, by size.
inline void tell_when_card_is_full() {
    namespace allocator = c10::cuda::CUDACachingAllocator;
    allocator::attachOutOfMemoryObserver([](std::int64_t, std::size_t, std::size_t, std::size_t) {
        std::map<std::size_t, int> blocks;
        for (const auto& segment : allocator::snapshot({0, 0}, /*include_traces=*/false).segments)
            for (const auto& block : segment.blocks)
                if (block.allocated || block.active) ++blocks[block.requested_size];
        std::vector<std::pair<double, std::size_t>> sorted;
        for (const auto& [size, count] : blocks)
            sorted.emplace_back(1e-6 * static_cast<double>(size) * count, size);
        std::sort(sorted.rbegin(), sorted.rend());
        for (std::size_t i = 0; i < std::min<std::size_t>(12, sorted.size()); ++i)
            std::printf("# full: %9.0f MB in %4d blocks of %zu bytes\n", sorted[i].first,
                        blocks[sorted[i].second], sorted[i].second);
    });
}

}  // namespace pentimento
#endif
