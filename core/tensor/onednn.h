// What our uses of oneDNN share. Only where CMake has found it (PENTIMENTO_ONEDNN). Torch inside.
#pragma once

#include <torch/torch.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <oneapi/dnnl/dnnl.hpp>
#include <unordered_map>

namespace pentimento::tensor::onednn {

using Desc = dnnl::memory::desc;
using Tag = dnnl::memory::format_tag;
using Arguments = std::unordered_map<int, dnnl::memory>;

inline const dnnl::engine& engine() {
    static const dnnl::engine cpu(dnnl::engine::kind::cpu, 0);
    return cpu;
}

inline Desc described(const dnnl::memory::dims& dims, Tag tag) {
    return {dims, dnnl::memory::data_type::f32, tag};
}
inline Desc described(const torch::Tensor& like, Tag tag) {
    return described(like.sizes().vec(), tag);
}

/// Memory of LibTorch's for what is not in its layouts.
inline torch::Tensor bytes(std::size_t count) {
    return torch::empty({static_cast<std::int64_t>(std::max<std::size_t>(count, 1))},
                        torch::kUInt8);
}
inline dnnl::memory over(const Desc& desc, const torch::Tensor& tensor) {
    return {desc, engine(), tensor.data_ptr()};
}

/// What a primitive works in then exists during a call only.
inline dnnl::primitive_attr own_scratch() {
    dnnl::primitive_attr attributes;
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return attributes;
}

struct Step {
    dnnl::primitive primitive;
    Desc scratch;

    Step() = default;
    template <class PrimitiveDesc>
    Step(dnnl::primitive made, const PrimitiveDesc& of)
        : primitive(std::move(made)), scratch(of.scratchpad_desc()) {}

    void run(Arguments arguments) const {
        dnnl::stream stream(engine());
        const torch::Tensor room = bytes(scratch.get_size());
        arguments.emplace(DNNL_ARG_SCRATCHPAD, over(scratch, room));
        primitive.execute(stream, arguments);
        stream.wait();
    }
};

/// `add`: to what is there.
inline void reorder(dnnl::memory from, dnnl::memory to, bool add = false) {
    dnnl::primitive_attr attributes;
    if (add) {
        dnnl::post_ops sum;
        sum.append_sum(1);
        attributes.set_post_ops(sum);
    }
    dnnl::stream stream(engine());
    dnnl::reorder(from, to, attributes).execute(stream, from, to);
    stream.wait();
}

/// What has been planned for a size of picture, so that the next one of that size need not be.
/// Begins anew when there are too many: tiles of one picture come in up to nine sizes. Calls may
/// come from several threads.
template <class Key, class Plan>
class Plans {
  public:
    /// `make` returns the Plan of `key`.
    template <class Make>
    std::shared_ptr<const Plan> get(const Key& key, const Make& make) {
        const std::lock_guard lock(mutex_);
        if (const auto found = known_.find(key); found != known_.end()) return found->second;
        if (known_.size() >= kMost) known_.clear();
        return known_[key] = std::make_shared<const Plan>(make());
    }

  private:
    static constexpr std::size_t kMost = 64;
    std::mutex mutex_;
    std::map<Key, std::shared_ptr<const Plan>> known_;
};

/// Activations and weights come in blocks of so many channels.
inline constexpr std::int64_t kBlock = 16;
/// Below this many channels Winograd's transformations cost more than the products they save.
inline constexpr std::int64_t kWinogradChannels = 32;

/// Whether this processor has kernels for Winograd's algorithm (Lavin and Gray 2015,
/// arXiv:1509.09308): 2.25 products for what takes 9 in plain form.
bool has_winograd();

/// `make` takes an algorithm and returns a primitive descriptor: with Winograd's where it is there
/// and its memory is bearable, else with the direct one.
template <class Make>
auto best(bool winograd, const Make& make) {
    constexpr std::size_t kMostScratch = std::size_t{768} << 20;
    if (winograd) try {
            auto made = make(dnnl::algorithm::convolution_winograd);
            if (made.scratchpad_desc().get_size() <= kMostScratch) return made;
        } catch (const dnnl::error&) {
        }
    return make(dnnl::algorithm::convolution_direct);
}

}  // namespace pentimento::tensor::onednn
