// Recordings: LibTorch's CUDA graphs.
#include "core/tensor/recorder.h"

#ifdef PENTIMENTO_CUDA
#include <ATen/cuda/CUDAEvent.h>
#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include <map>
#endif

namespace pentimento::tensor {

#ifdef PENTIMENTO_CUDA

struct Recorder::Impl {
    explicit Impl(const torch::Device& device)
        : stream(c10::cuda::getStreamFromPool(/*isHighPriority=*/false, device.index())) {}

    struct Recording {
        int runs = 0;
        bool impossible = false;
        std::unique_ptr<at::cuda::CUDAGraph> graph;
    };

    /// On the recorder's stream, after all that the caller's has to do, and before what comes next.
    template <class Work>
    void in_turn(Work&& work) {
        const auto outer = c10::cuda::getCurrentCUDAStream(stream.device_index());
        if (outer == stream) return work();
        at::cuda::CUDAEvent ready, done;
        ready.record(outer);
        ready.block(stream);
        {
            const c10::cuda::CUDAStreamGuard guard(stream);
            work();
        }
        done.record(stream);
        done.block(outer);
    }

    void record(Recording& recording, const std::function<void()>& work) {
        // Recordings share memory: each one's results are only good until the next one runs.
        if (!pool) pool = at::cuda::graph_pool_handle();
        auto graph = std::make_unique<at::cuda::CUDAGraph>();
        try {
            graph->capture_begin(*pool, cudaStreamCaptureModeThreadLocal);
            work();
            graph->capture_end();
        } catch (const std::exception& problem) {
            TORCH_WARN("work cannot be recorded and is done as it is: ", problem.what());
            try {
                graph->capture_end();
            } catch (const std::exception&) {  // it has been told already
            }
            recording.impossible = true;
            return;
        }
        recording.graph = std::move(graph);
    }

    c10::cuda::CUDAStream stream;
    std::optional<at::cuda::MempoolId_t> pool;
    std::map<std::string, Recording> recordings;
};

Recorder::Recorder(const torch::Device& device)
    : impl_(device.is_cuda() ? std::make_unique<Impl>(device) : nullptr) {
}

void Recorder::run(const std::string& key, const std::function<void()>& work) {
    if (!impl_) return work();
    constexpr int kPlainRuns = 2;
    constexpr std::size_t kMost = 64;
    if (impl_->recordings.size() > kMost) forget();
    auto& recording = impl_->recordings[key];
    impl_->in_turn([&] {
        if (!recording.graph && !recording.impossible && recording.runs >= kPlainRuns)
            impl_->record(recording, work);
        ++recording.runs;
        if (recording.graph)
            recording.graph->replay();
        else
            work();
    });
}

void Recorder::run_plainly(const std::function<void()>& work) {
    if (impl_)
        impl_->in_turn(work);
    else
        work();
}

void Recorder::forget() {
    if (!impl_) return;
    // What has been launched must be over before its memory goes.
    impl_->stream.synchronize();
    impl_->recordings.clear();
    impl_->pool.reset();
}

std::size_t Recorder::count() const {
    std::size_t count = 0;
    if (impl_)
        for (const auto& [key, recording] : impl_->recordings) count += recording.graph != nullptr;
    return count;
}

#else

struct Recorder::Impl {};

Recorder::Recorder(const torch::Device&) {
}
void Recorder::run(const std::string&, const std::function<void()>& work) {
    work();
}
void Recorder::run_plainly(const std::function<void()>& work) {
    work();
}
void Recorder::forget() {
}
std::size_t Recorder::count() const {
    return 0;
}

#endif

Recorder::~Recorder() = default;
Recorder::Recorder(Recorder&&) noexcept = default;
Recorder& Recorder::operator=(Recorder&&) noexcept = default;

}  // namespace pentimento::tensor
