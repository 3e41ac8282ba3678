// Networks are described by watching a forward pass: LibTorch tells of each operation with its
// operands, so that no architecture needs a second description of itself.
#include "core/gan/describe.h"

#include <ATen/record_function.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "core/gan/gan_training.h"
#include "core/gan/params.h"
#include "core/gan/step_rules.h"
#include "core/nn/layers.h"
#include "core/tensor/convolution.h"
#include "core/tensor/guard.h"
#include "core/tensor/machine.h"
#include "core/tensor/random.h"

namespace pentimento::gan {
namespace {

using torch::Tensor;

constexpr std::int64_t kWatchedBatch = 2;  // one would be squeezed away here and there

/// What is collected while a network is watched; one a thread.
struct Watch {
    std::set<const void*> parameters;  ///< storages of the network's own
    std::set<const void*> counted;     ///< … that some layer has been credited with
    std::set<const void*> seen;        ///< storages of results
    std::int64_t result_bytes = 0;
    std::vector<LayerInfo> layers;
};
thread_local Watch* watch = nullptr;

std::vector<std::int64_t> shape_of(const Tensor& tensor) {
    return tensor.dim() > 0 ? tensor.sizes().slice(1).vec() : std::vector<std::int64_t>();
}

std::string times(std::int64_t a, std::int64_t b) {
    return std::to_string(a) + "×" + std::to_string(b);
}

/// Parameters that `tensor` brings, if it is one that no layer has been credited with yet. Weights
/// that are scaled before use are computed from the parameter; they are credited by their size.
std::int64_t credit(const c10::IValue& value, Watch& w) {
    if (!value.isTensor() || !value.toTensor().defined()) return 0;
    const Tensor& tensor = value.toTensor();
    if (!tensor.has_storage()) return 0;
    return w.counted.insert(tensor.storage().data()).second ? tensor.numel() : 0;
}

void convolution(LayerInfo& layer, const Tensor& weight, std::int64_t stride, std::int64_t groups) {
    layer.detail = times(weight.size(2), weight.size(3));
    if (stride > 1) layer.detail += ", stride " + std::to_string(stride);
    if (groups > 1) layer.detail += ", " + std::to_string(groups) + " groups";
}

/// The layer that this operation is, if it is one worth showing.
std::optional<LayerInfo> layer_from(const std::string& name, const std::vector<c10::IValue>& inputs,
                                    const Tensor& out, Watch& w) {
    LayerInfo layer;
    layer.output = shape_of(out);
    const auto tensor = [&](std::size_t i) { return inputs[i].toTensor(); };
    const auto plain = [&](const char* kind) {
        layer.kind = kind;
        layer.input = shape_of(tensor(0));
        return layer;
    };
    if (name == "aten::convolution" && out.dim() == 4) {
        plain("Convolution");
        const Tensor weight = tensor(1);
        convolution(layer, weight, inputs[3].toIntVector()[0], inputs[8].toInt());
        layer.parameters = credit(inputs[1], w) + credit(inputs[2], w);
        layer.multiply_adds = out.size(2) * out.size(3) * weight.numel();
        return layer;
    }
    if (name == "aten::convolution_backward" && tensor(0).dim() == 4) {
        // Our transposed convolutions are gradients of ordinary ones: core/tensor/conv_transpose.
        plain("Transposed convolution");
        const Tensor weight = tensor(2);
        convolution(layer, weight, inputs[4].toIntVector()[0], inputs[9].toInt());
        layer.parameters = credit(inputs[2], w);
        layer.multiply_adds = tensor(0).size(2) * tensor(0).size(3) * weight.numel();
        return layer;
    }
    if (name == "aten::addmm" || name == "aten::mm") {
        const bool bias = name == "aten::addmm";
        const std::size_t first = bias ? 1 : 0;
        layer.kind = "Linear";
        layer.input = shape_of(tensor(first));
        layer.parameters = credit(inputs[first + 1], w) + (bias ? credit(inputs[0], w) : 0);
        layer.multiply_adds = tensor(first + 1).numel();
        return layer;
    }
    if (name == "aten::batch_norm") {
        plain("Batch norm");
        layer.parameters = credit(inputs[1], w) + credit(inputs[2], w);
        return layer;
    }
    if (name == "aten::layer_norm" || name == "aten::group_norm") return plain("Normalisation");
    if (name == "aten::embedding") {
        layer.kind = "Embedding";
        layer.parameters = credit(inputs[0], w);
        return layer;
    }
    if (name == "aten::upsample_nearest2d" || name == "aten::upsample_bilinear2d")
        return plain("Up");
    if (name == "aten::avg_pool2d" || name == "aten::max_pool2d" ||
        name == "aten::adaptive_avg_pool2d")
        return plain("Pooling");
    if (name == "aten::tanh") return plain("Tanh");
    return std::nullopt;
}

struct Inputs : at::ObserverContext {
    std::vector<c10::IValue> values;
};

std::unique_ptr<at::ObserverContext> on_start(const at::RecordFunction& function) {
    auto context = std::make_unique<Inputs>();
    const auto inputs = function.inputs();
    context->values.assign(inputs.begin(), inputs.end());
    return context;
}

void on_end(const at::RecordFunction& function, at::ObserverContext* context) {
    if (watch == nullptr || nn::Aside::active()) return;
    const auto outputs = function.outputs();
    if (outputs.empty() || !outputs[0].isTensor()) return;
    const Tensor& out = outputs[0].toTensor();
    if (!out.defined() || !out.has_storage()) return;
    if (watch->parameters.count(out.storage().data()) == 0 &&
        watch->seen.insert(out.storage().data()).second)
        watch->result_bytes += static_cast<std::int64_t>(out.storage().nbytes());
    const auto& inputs = static_cast<Inputs*>(context)->values;
    if (auto layer = layer_from(function.name(), inputs, out, *watch))
        watch->layers.push_back(*std::move(layer));
}

/// Watches what `work` computes on this thread.
template <class Work>
Watch watched(const torch::nn::Module& network, Work&& work) {
    Watch w;
    for (const auto& parameter : network.parameters())
        w.parameters.insert(parameter.storage().data());
    const tensor::PlainOperations plain;  // others are not told of
    const auto handle = at::addThreadLocalCallback(at::RecordFunctionCallback(on_start, on_end)
                                                       .needsInputs(true)
                                                       .needsOutputs(true)
                                                       .scopes({at::RecordScope::FUNCTION}));
    watch = &w;
    const auto done = [&] {
        watch = nullptr;
        at::removeCallback(handle);
    };
    try {
        work();
    } catch (...) {
        done();
        throw;
    }
    done();
    return w;
}

NetworkInfo info_from(const Watch& w, const torch::nn::Module& network) {
    NetworkInfo info;
    info.layers = w.layers;
    info.parameters = nn::parameter_count(network);
    for (const LayerInfo& layer : info.layers) info.multiply_adds += layer.multiply_adds;
    return info;
}

/// Made-up batches, in place of a dataset's.
Batches noise_batches(const NetworkShape& shape, const torch::Device& device) {
    const auto random = std::make_shared<torch::Generator>(
        tensor::make_generator(1, tensor::Stream::StepChance, 0));
    const auto labels = [shape, device](std::int64_t count) {
        const Tensor labels = labels_in_turn(count, shape.classes);
        return labels.defined() ? labels.to(device) : labels;
    };
    return {[=](std::int64_t count) {
                return RealBatch{
                    torch::rand({count, shape.channels, shape.size, shape.size}, *random)
                        .mul_(2)
                        .sub_(1)
                        .to(device),
                    labels(count)};
            },
            [=](std::int64_t count) {
                return NoiseBatch{torch::randn({count, shape.latent}, *random).to(device),
                                  labels(count)};
            },
            [=] { return tensor::make_generator(1, tensor::Stream::StepChance, 1); }};
}

struct Watched {
    Watch generator, discriminator;
};

/// One pass through both networks, as they are when fully grown.
Watched watch_both(Players& players, const NetworkShape& shape, const torch::Device& device) {
    const Batches batches = noise_batches(shape, device);
    const NoiseBatch noise = batches.noise(kWatchedBatch);
    torch::NoGradGuard no_grad;
    players.generator->eval();
    players.discriminator->eval();
    Pyramid pictures;
    Watched both;
    both.generator = watched(*players.generator, [&] {
        pictures = players.generator->forward(noise.latents, noise.labels);
    });
    both.discriminator = watched(*players.discriminator,
                                 [&] { players.discriminator->forward(pictures, noise.labels); });
    players.generator->train();
    players.discriminator->train();
    return both;
}

std::int64_t bytes_of(const torch::nn::Module& network) {
    std::int64_t bytes = 0;
    for (const auto& [name, tensor] : nn::module_state(network))
        bytes += static_cast<std::int64_t>(tensor.nbytes());
    return bytes;
}

}  // namespace

Result<Description> describe(const ParamSet& params) {
    if (Status s = check_params(params); !s) return s.error();
    return tensor::guarded("Describing the networks", [&]() -> Result<Description> {
        Players players = make_players(params, torch::kCPU);
        const Watched both = watch_both(players, shape_from(params), torch::kCPU);
        return Description{info_from(both.generator, *players.generator),
                           info_from(both.discriminator, *players.discriminator)};
    });
}

Result<Estimate> estimate(const ParamSet& params) {
    if (Status s = check_params(params); !s) return s.error();
    const auto device_name = tensor::set_up_machine(params);
    if (!device_name) return device_name.error();
    return tensor::guarded("Trying a step", [&]() -> Result<Estimate> {
        const torch::Device device(*device_name);
        Players players = make_players(params, device);
        const NetworkShape shape = shape_from(params);
        const Batches batches = noise_batches(shape, device);

        const auto seconds_at = [&](std::int64_t step) {
            const auto begin = std::chrono::steady_clock::now();
            const StepValues values = train_step(
                players, rules_at(params, step, params.get(kAugmentStrength), 1, device, true),
                batches);
            values.loss_g.item<double>();  // waits for the device
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
        };
        // The first step warms up; all penalties are due at step 0, the lazy ones not at step 1.
        double everything = seconds_at(0), plain = everything;
        if (everything < 2) everything = seconds_at(0);
        std::int64_t laziest = 1;
        for (const auto& [id, regulariser] : regulariser_registry().items())
            if (params.get(regulariser.weight) > 0)
                laziest = std::max(laziest, params.get(regulariser.every));
        if (laziest > 1 || everything < 1) plain = std::min(seconds_at(1), seconds_at(1));
        Estimate estimate;
        estimate.device = *device_name;
        estimate.seconds_per_step =
            laziest > 1 ? plain + std::max(0.0, everything - plain) / static_cast<double>(laziest)
                        : std::min(plain, everything);
        const auto pictures = static_cast<double>(params.get(kBatch) * params.get(kDSteps));
        estimate.pictures_per_second = pictures / estimate.seconds_per_step;
        estimate.total_seconds =
            estimate.seconds_per_step * static_cast<double>(params.get(kSteps));

        const Watched both = watch_both(players, shape, device);
        const std::int64_t g = bytes_of(*players.generator), d = bytes_of(*players.discriminator);
        // Weights, their average, two moments each.
        estimate.checkpoint_bytes = 4 * g + 3 * d;
        // Results that a backward pass needs: the generator's once, the discriminator's for real
        // and made pictures; gradients about as much again at the widest place.
        const std::int64_t batch = params.get(kMicroBatch) > 0
                                       ? std::min(params.get(kMicroBatch), params.get(kBatch))
                                       : params.get(kBatch);
        const double activations =
            static_cast<double>(both.generator.result_bytes + 2 * both.discriminator.result_bytes) /
            kWatchedBatch * static_cast<double>(batch);
        estimate.memory_bytes =
            estimate.checkpoint_bytes + g + d + static_cast<std::int64_t>(1.3 * activations);
        return estimate;
    });
}

}  // namespace pentimento::gan
