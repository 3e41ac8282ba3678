// Pictures for a graphics card.
#include "core/gan/device_feed.h"

#include <cstring>

#include "core/tensor/device.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

/// Memory from which the card copies while the processor goes on; LibTorch keeps it until that is
/// over.
template <class T>
Tensor pinned(const std::vector<T>& values, torch::ScalarType type) {
    Tensor there = torch::empty({static_cast<std::int64_t>(values.size())},
                                torch::TensorOptions(type).pinned_memory(true));
    std::memcpy(there.data_ptr(), values.data(), values.size() * sizeof(T));
    return there;
}

}  // namespace

DeviceFeed::DeviceFeed(const PackedDataset& data, const NetworkShape& shape,
                       const torch::Device& device, bool flips)
    : data_(data),
      shape_(shape),
      device_(device),
      flips_(flips),
      random_(tensor::device_generator(device)) {
    const auto count = static_cast<std::int64_t>(data.count());
    const PackInfo& info = data.info();
    const auto bytes = static_cast<std::int64_t>(info.height) * info.width * info.channels;
    if (count * bytes > tensor::free_device_memory(device.str()) / 4) return;
    all_ = torch::empty({count, bytes}, torch::TensorOptions(device).dtype(torch::kUInt8));
    for (std::int64_t i = 0; i < count; ++i) {
        const auto picture = data.picture(i);
        // The mapped file's own bytes; never written to.
        all_[i].copy_(
            torch::from_blob(const_cast<std::uint8_t*>(picture.data()), {bytes}, torch::kUInt8));
    }
}

void DeviceFeed::prepare(Sampler& sampler, std::int64_t batch, std::int64_t batches,
                         std::uint64_t seed) {
    std::vector<Draw> draws;
    for (std::int64_t i = 0; i < batches; ++i) {
        const auto drawn = sampler.draw(batch);
        draws.insert(draws.end(), drawn.begin(), drawn.end());
    }
    gather(draws);
    random_.set_current_seed(seed);
}

void DeviceFeed::gather(const std::vector<Draw>& draws) {
    const auto count = static_cast<std::int64_t>(draws.size());
    const PackInfo& info = data_.info();
    const torch::TensorOptions there(device_);
    if (!pictures_.defined() || pictures_.size(0) != count) {
        pictures_ = torch::empty({count, info.height, info.width, info.channels},
                                 there.dtype(torch::kUInt8));
        mirrored_ = torch::zeros({count, 1, 1, 1}, there.dtype(torch::kBool));
        if (shape_.classes > 0) labels_ = torch::zeros({count}, there.dtype(torch::kInt64));
    }
    std::vector<std::int64_t> rows, classes;
    std::vector<std::uint8_t> mirrored;
    for (const Draw& draw : draws) {
        rows.push_back(static_cast<std::int64_t>(draw.index));
        mirrored.push_back(draw.flip);
        if (shape_.classes > 0) classes.push_back(data_.label(draw.index));
    }
    constexpr bool kWithoutWaiting = true;
    if (all_.defined()) {
        Tensor out = pictures_.view({count, -1});
        at::index_select_out(out, all_, 0,
                             pinned(rows, torch::kInt64).to(device_, kWithoutWaiting));
    } else {
        Tensor bytes = torch::empty(pictures_.sizes(),
                                    torch::TensorOptions(torch::kUInt8).pinned_memory(true));
        auto* out = bytes.data_ptr<std::uint8_t>();
        for (const Draw& draw : draws) {
            const auto picture = data_.picture(draw.index);
            std::memcpy(out, picture.data(), picture.size());
            out += picture.size();
        }
        pictures_.copy_(bytes, kWithoutWaiting);
    }
    if (flips_) mirrored_.view({-1}).copy_(pinned(mirrored, torch::kUInt8), kWithoutWaiting);
    if (labels_.defined()) labels_.copy_(pinned(classes, torch::kInt64), kWithoutWaiting);
}

RealBatch DeviceFeed::reals(std::int64_t first, std::int64_t count) const {
    RealBatch real;
    // As channels-last as the bytes are.
    Tensor pictures = pictures_.narrow(0, first, count).permute({0, 3, 1, 2}).to(torch::kFloat32);
    if (flips_)
        pictures = torch::where(mirrored_.narrow(0, first, count), pictures.flip({3}), pictures);
    real.pictures = pictures.div(127.5).sub(1.0);
    if (labels_.defined()) real.labels = labels_.narrow(0, first, count);
    return real;
}

Batches DeviceFeed::batches() {
    const auto next = std::make_shared<std::int64_t>(0);
    const auto reals = [this, next](std::int64_t count) {
        RealBatch real = this->reals(*next, count);
        *next += count;
        return real;
    };
    const auto noise = [this](std::int64_t count) {
        const auto options = tensor::drawn_by(random_);
        NoiseBatch batch;
        batch.latents = torch::randn({count, shape_.latent}, random_, options);
        if (shape_.classes > 0)
            batch.labels =
                torch::randint(shape_.classes, {count}, random_, options.dtype(torch::kInt64));
        return batch;
    };
    return {reals, noise, [this] { return random_; }};
}

}  // namespace pentimento::gan
