// One step: crops, loss, gradient, Adam.
#include "core/style/train/network_run.h"

#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "core/style/instant/networks.h"
#include "core/style/progress.h"
#include "core/style/train/params.h"
#include "core/style/train/style_training.h"
#include "core/tensor/batch.h"
#include "core/tensor/device.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/random.h"
#include "core/tensor/safetensors.h"

namespace pentimento::style::train {
namespace {

constexpr std::int64_t kMetricsEvery = 10;
constexpr std::int64_t kMeasureEvery = 100;
constexpr std::int64_t kHeldOut = 32;  ///< pictures to measure by
constexpr const char* kNetworkPrefix = "network.";
constexpr const char* kOptimiserPrefix = "optimiser.";

nn::OptimiserSettings adam(double rate) {
    return {.kind = nn::OptimiserKind::Adam, .lr = rate, .beta1 = 0.9, .beta2 = 0.99};
}

}  // namespace

Batches::Batches(PackedDataset data, bool without_held_out, std::uint64_t seed,
                 const torch::Device& device)
    : data_(std::move(data)), without_held_out_(without_held_out), seed_(seed), device_(device) {
}

torch::Tensor Batches::load(std::int64_t step, std::int64_t count) const {
    const auto all = data_.count();
    Sampler sampler(without_held_out_ ? all - all / kHeldOutEvery : all, seed_, /*flips=*/true);
    sampler.seek(step * count);
    auto draws = sampler.draw(count);
    if (without_held_out_)
        for (Draw& draw : draws) draw.index += draw.index / (kHeldOutEvery - 1);
    return (tensor::load_batch(data_, draws, device_) + 1) / 2;
}

torch::Tensor Batches::at(std::int64_t step, std::int64_t count) {
    if (device_.is_cpu()) return load(step, count);
    const bool loaded = next_.valid() && awaited_ == std::pair(step, count);
    auto pictures = loaded ? next_.get() : load(step, count);
    awaited_ = {step + 1, count};
    next_ = std::async(std::launch::async, [this, step, count] { return load(step + 1, count); });
    return pictures;
}

torch::Tensor random_crops(const torch::Tensor& batch, std::int64_t crop,
                           torch::Generator& random) {
    const auto count = batch.size(0);
    const auto height = batch.size(2), width = batch.size(3);
    if (height <= crop && width <= crop) return batch;
    // A window of random size between the crop and the whole, then resampled to the crop: forms of
    // every size are seen.
    std::vector<torch::Tensor> cut;
    const auto chance = torch::rand({count, 3}, random, torch::kFloat32);
    const auto least = std::min({crop, height, width}), most = std::min(height, width);
    for (std::int64_t i = 0; i < count; ++i) {
        const auto* u = chance[i].data_ptr<float>();
        const auto side =
            least + static_cast<std::int64_t>(u[0] * static_cast<float>(most - least));
        const auto y = static_cast<std::int64_t>(u[1] * static_cast<float>(height - side));
        const auto x = static_cast<std::int64_t>(u[2] * static_cast<float>(width - side));
        const auto window = batch.narrow(0, i, 1).narrow(2, y, side).narrow(3, x, side);
        cut.push_back(side == crop ? window
                                   : at::_upsample_bilinear2d_aa(window, {crop, crop}, false));
    }
    return torch::cat(cut);
}

NetworkRun::NetworkRun(ParamSet params, PackedDataset pictures,
                       std::shared_ptr<torch::nn::Module> network, const torch::Device& device)
    : params_(std::move(params)),
      pictures_(std::move(pictures)),
      holds_out_(pictures_.count() >= kHeldOutEvery * kHeldOut / 2),
      batches_(pictures_, holds_out_, static_cast<std::uint64_t>(params_.get(kSeed)), device),
      network_(std::move(network)),
      device_(device),
      optimiser_(*network_, adam(params_.get(kLearningRate))) {
}

double NetworkRun::rate() const {
    const double progress =
        std::min(1.0, static_cast<double>(steps_done_) / static_cast<double>(params_.get(kSteps)));
    return params_.get(kLearningRate) * cosine_decay(progress);
}

torch::Tensor NetworkRun::spread_pictures(std::int64_t from, std::int64_t every,
                                          std::int64_t count) const {
    // Of from, from + every, …: `count`, spread over all of them.
    const auto there = (pictures_.count() - 1 - from) / every + 1, wanted = std::min(count, there);
    std::vector<Draw> draws;
    for (std::int64_t i = 0; i < wanted; ++i)
        draws.push_back({from + every * (i * there / wanted), false});
    return (tensor::load_batch(pictures_, draws, device_) + 1) / 2;
}

torch::Tensor NetworkRun::held_out_pictures(std::int64_t count) const {
    return holds_out_ ? spread_pictures(kHeldOutEvery - 1, kHeldOutEvery, count)
                      : spread_pictures(0, 1, count);
}

torch::Tensor NetworkRun::learned_pictures(std::int64_t count) const {
    return spread_pictures(0, holds_out_ ? kHeldOutEvery : 1, count);
}

Result<StepReport> NetworkRun::step() {
    const std::string what = "Step " + std::to_string(steps_done_ + 1);
    return tensor::guarded(what, [&]() -> Result<StepReport> {
        const auto seed = static_cast<std::uint64_t>(params_.get(kSeed));
        auto random = tensor::make_generator(seed, tensor::Stream::StepChance,
                                             static_cast<std::uint64_t>(steps_done_));
        const auto pictures =
            random_crops(batches_.at(steps_done_, params_.get(kBatch)), params_.get(kCrop), random);
        optimiser_.set(adam(rate()));
        optimiser_.zero_grad();
        const Terms parts = terms(pictures, random);
        const auto total = std::find_if(parts.begin(), parts.end(),
                                        [](const auto& part) { return part.first == "total"; });
        const Error broken{ErrorCode::Numeric,
                           what +
                               " came to a loss that is not a number. Lower the learning rate and "
                               "resume from the last checkpoint.",
                           {}};
        if (device_.is_cpu() && !std::isfinite(total->second.item<double>())) return broken;
        total->second.backward();
        {
            // Relative losses have rare, steep gradients (a channel that is nearly constant); with
            // all of the same length none of them spoils Adam's memory of what is usual.
            torch::NoGradGuard no_grad;
            const auto length = nn::gradient_norm(*network_).clamp_min(1e-12);
            for (auto& parameter : network_->parameters())
                if (parameter.grad().defined()) {
                    parameter.mutable_grad().div_(length);
                    // A graphics card is not waited for: its loss is looked at with the metrics.
                    // Until then what is no number must not get into the weights.
                    if (!device_.is_cpu()) parameter.mutable_grad().nan_to_num_(0., 0., 0.);
                }
            if (!device_.is_cpu())
                losses_ =
                    losses_.defined() ? losses_ + total->second.detach() : total->second.detach();
        }
        optimiser_.step();
        ++steps_done_;
        StepReport report;
        report.step = steps_done_;
        report.total_steps = params_.get(kSteps);
        report.items = pictures.size(0);
        report.finished = steps_done_ >= report.total_steps;
        if (steps_done_ % kMetricsEvery == 0 || report.finished || steps_done_ == 1)
            if (!read_metrics(parts, report)) return broken;
        if (steps_done_ % kMeasureEvery == 0 || report.finished || steps_done_ == 1) {
            torch::NoGradGuard no_grad;
            for (Metric& metric : held_out(held_out_pictures(kHeldOut)))
                report.metrics.push_back(std::move(metric));
        }
        return report;
    });
}

bool NetworkRun::read_metrics(const Terms& parts, StepReport& report) {
    torch::NoGradGuard no_grad;
    std::vector<torch::Tensor> values;
    for (const auto& part : parts) values.push_back(part.second);
    if (losses_.defined()) values.push_back(losses_);
    const auto numbers = torch::stack(values).to(torch::kCPU, torch::kFloat64);
    const auto* number = numbers.data_ptr<double>();
    if (losses_.defined() && !std::isfinite(number[parts.size()])) return false;
    losses_ = torch::Tensor();
    for (std::size_t i = 0; i < parts.size(); ++i)
        report.metrics.push_back({parts[i].first, number[i]});
    return true;
}

std::vector<Metric> NetworkRun::unseen(const Terms& terms) {
    std::vector<Metric> metrics;
    for (const auto& [id, value] : terms) {
        if (id == "content_loss") metrics.push_back({"held_out_content", value.item<double>()});
        if (id == "style_loss") metrics.push_back({"held_out_style", value.item<double>()});
    }
    return metrics;
}

Result<Preview> NetworkRun::preview() {
    return tensor::guarded("The preview", [&]() -> Result<Preview> {
        torch::NoGradGuard no_grad;
        int columns = 1;
        const auto pictures = show(held_out_pictures(4), columns);
        if (!pictures.defined())
            return Error{ErrorCode::Unsupported, "This network makes no pictures.", {}};
        const auto rows = static_cast<int>(pictures.size(0)) / columns;
        return Preview{tensor_to_grid(pictures.clamp(0, 1), columns), steps_done_, columns, rows};
    });
}

Status NetworkRun::save(const std::filesystem::path& dir) {
    return tensor::guarded("Saving the network", [&]() -> Status {
        nn::NamedTensors tensors;
        for (const auto& [name, tensor] : nn::module_state(*network_))
            tensors.emplace_back(kNetworkPrefix + name, tensor);
        for (const auto& [name, tensor] : optimiser_.state())
            tensors.emplace_back(kOptimiserPrefix + name, tensor);
        return write_safetensors(dir / kNetworkFile, tensors,
                                 {{"kind", kind()},
                                  {"network", params_.get(kNetwork)},
                                  {"step", std::to_string(steps_done_)}});
    });
}

Status NetworkRun::restore(const std::filesystem::path& dir) {
    return tensor::guarded("Restoring the network", [&]() -> Status {
        const auto path = dir / kNetworkFile;
        const auto what = to_valid_utf8(path.string());
        auto file = read_safetensors(path);
        if (!file) return file.error();
        const auto step = parse_count(file->metadata["step"]);
        if (file->metadata["kind"] != kind() ||
            file->metadata["network"] != params_.get(kNetwork) || step < 0)
            return Error{ErrorCode::Corrupt,
                         "'" + what + "' is not a checkpoint of this kind of network.",
                         {}};
        nn::TensorMap network, moments;
        for (const auto& [name, tensor] : file->tensors) {
            if (name.starts_with(kNetworkPrefix))
                network.emplace(name.substr(std::string_view(kNetworkPrefix).size()), tensor);
            else if (name.starts_with(kOptimiserPrefix))
                moments.emplace(name.substr(std::string_view(kOptimiserPrefix).size()), tensor);
        }
        if (auto loaded = nn::load_module_state(*network_, network, what); !loaded) return loaded;
        if (auto loaded = optimiser_.load(moments, what); !loaded) return loaded;
        steps_done_ = step;
        return {};
    });
}

Status NetworkRun::adopt(const std::filesystem::path& checkpoint_dir) {
    return tensor::guarded("Taking over the weights", [&]() -> Status {
        const auto path = checkpoint_dir / kNetworkFile;
        auto file = read_safetensors(path);
        if (!file) return file.error();
        torch::NoGradGuard no_grad;
        int taken = 0;
        for (const auto& [name, tensor] : nn::module_state(*network_)) {
            const auto saved = file->tensors.find(kNetworkPrefix + name);
            if (saved == file->tensors.end() || saved->second.sizes() != tensor.sizes()) continue;
            auto own = tensor;
            own.copy_(saved->second);
            ++taken;
        }
        if (taken == 0)
            return Error{ErrorCode::Unsupported,
                         "'" + to_valid_utf8(path.string()) +
                             "' holds no weights that fit this network. Start without them, or "
                             "choose the training of a network of the same kind.",
                         {}};
        return {};
    });
}

std::vector<MetricSpec> NetworkRun::metric_specs() const {
    return train::metric_specs();
}

Status export_network(const std::filesystem::path& checkpoint, const ParamSet& params,
                      const std::filesystem::path& out, const std::string& name) {
    return tensor::guarded("Exporting the network", [&]() -> Status {
        auto file = read_safetensors(checkpoint / NetworkRun::kNetworkFile);
        if (!file) return file.error();
        nn::NamedTensors tensors;
        for (const auto& [name, tensor] : file->tensors)
            // "maps." only serve the lesson of the feature network.
            if (name.starts_with(kNetworkPrefix) && !name.starts_with("network.maps."))
                tensors.emplace_back(name.substr(std::string_view(kNetworkPrefix).size()),
                                     tensor.to(torch::kHalf));
        std::map<std::string, std::string> metadata = {
            {"format", kNetworkFormat},        {"name", name},
            {"network", params.get(kNetwork)}, {"preprocessing", "torchvision"},
            {"step", file->metadata["step"]},  {"settings", params.to_json().dump()}};
        return write_safetensors(out, tensors, metadata);
    });
}

}  // namespace pentimento::style::train
