// Device choice and thread count.
#include "core/tensor/device.h"

#include <dlfcn.h>
#include <sched.h>
#include <torch/torch.h>
#ifdef PENTIMENTO_CUDA
#include <cuda_runtime_api.h>
#endif

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace pentimento::tensor {
namespace {

int affinity_processors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1u, std::thread::hardware_concurrency());
}

std::string read_small(const std::filesystem::path& path) {
    std::ifstream in(path);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// cgroup v1 keeps quota and period in two files; the quota is -1 without a limit.
int processors_from_v1(int available) {
    const std::filesystem::path root = "/sys/fs/cgroup/cpu";
    return processors_from_cpu_max(
        read_small(root / "cpu.cfs_quota_us") + " " + read_small(root / "cpu.cfs_period_us"),
        available);
}

/// The quota of our own cgroup and of each of its parents; the smallest counts.
int processors_from_v2(int available) {
    const std::filesystem::path root = "/sys/fs/cgroup";
    std::istringstream lines(read_small("/proc/self/cgroup"));
    std::filesystem::path group = "/";
    for (std::string line; std::getline(lines, line);)
        if (line.rfind("0::", 0) == 0) group = line.substr(3);
    for (;; group = group.parent_path()) {
        available = processors_from_cpu_max(read_small(root / group.relative_path() / "cpu.max"),
                                            available);
        if (!group.has_relative_path()) return available;
    }
}

/// The function of that name if some library of the process has it, else null.
template <class Function>
Function loaded(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_DEFAULT, name));
}

}  // namespace

int processors_from_cpu_max(std::string_view text, int available) {
    std::istringstream in{std::string(text)};
    double quota = 0, period = 0;
    if (!(in >> quota >> period) || quota <= 0 || period <= 0) return std::max(1, available);
    const int granted = static_cast<int>(std::min(1e6, (quota + period - 1) / period));
    return std::clamp(granted, 1, std::max(1, available));
}

int usable_processors() {
    return processors_from_v1(processors_from_v2(affinity_processors()));
}

void set_threads(int count) {
    if (count <= 0) count = usable_processors();
    torch::set_num_threads(count);
    // OpenBLAS, which Debian's LibTorch uses for products of matrices, knows nothing of LibTorch's
    // number. Where it has threads of its own (1) instead of OpenMP's (2), they wait for processors
    // on which OpenMP's threads spin, and one thread is faster than several.
    using SetThreads = void (*)(int);
    using GetParallel = int (*)();
    const auto set = loaded<SetThreads>("openblas_set_num_threads");
    const auto parallel = loaded<GetParallel>("openblas_get_parallel");
    if (set) set(parallel && parallel() == 1 ? 1 : count);
}

int threads() {
    return torch::get_num_threads();
}

bool cuda_available() {
    return torch::cuda::is_available();
}

Result<std::string> resolve_device(std::string_view choice) {
    if (choice == "auto") return std::string(cuda_available() ? "cuda" : "cpu");
    if (choice == "cpu") return std::string("cpu");
    if (choice == "cuda") {
        if (cuda_available()) return std::string("cuda");
        return Error{
            ErrorCode::Unsupported,
            "There is no usable CUDA device: either this computer has none, its driver is "
            "missing, or this LibTorch was built for the CPU only. Set device to auto or cpu.",
            {}};
    }
    return Error{ErrorCode::InvalidArgument,
                 "Unknown device '" + std::string(choice) + "'. Choose auto, cpu or cuda.",
                 {}};
}

std::int64_t free_device_memory(const std::string& device) {
#ifdef PENTIMENTO_CUDA
    if (torch::Device(device).is_cuda()) {
        std::size_t free = 0, total = 0;
        if (cudaMemGetInfo(&free, &total) == cudaSuccess) return static_cast<std::int64_t>(free);
    }
#else
    (void)device;
#endif
    return 0;
}

void prepare_device(const std::string& device) {
    if (device == "cpu") return;
    at::globalContext().setAllowTF32CuBLAS(true);
    at::globalContext().setAllowTF32CuDNN(true);
}

std::string describe_device(std::string_view device) {
    if (device != "cuda") return std::string(device);
    const auto count = torch::cuda::device_count();
    return "cuda (" + std::to_string(count) + (count == 1 ? " device)" : " devices)");
}

}  // namespace pentimento::tensor
