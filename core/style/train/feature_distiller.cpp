// A closed-form beginning, then gradient descent on what the student's features do not explain.
#include "core/style/train/feature_distiller.h"

#include <algorithm>
#include <optional>

#include "core/nn/features/builtin.h"
#include "core/nn/features/feature_network.h"
#include "core/style/train/judge.h"
#include "core/style/train/network_run.h"
#include "core/style/train/params.h"
#include "core/tensor/compat.h"
#include "core/tensor/guard.h"
#include "core/tensor/machine.h"
#include "core/tensor/pth_reader.h"
#include "core/tensor/random.h"

namespace pentimento::style::train {
namespace {

using torch::Tensor;
namespace tnn = torch::nn;

// Where the student is compared with the teacher: what style transfer looks at.
const std::vector<std::string> kCompared = {"relu1_1", "relu2_1", "relu3_1",
                                            "relu4_1", "relu4_2", "relu5_1"};
constexpr std::int64_t kPicturesToSolve = 96;
constexpr std::int64_t kPlacesToSolve = 24'000;  ///< patches in a least-squares problem
constexpr double kRidge = 1e-4;                  ///< of the mean square of the inputs
constexpr double kSilent = 1e-3;                 ///< mean of a channel that is left as it is
constexpr double kWidestSpread = 4;  ///< root mean square of a channel whose mean is 1, at most

const std::vector<std::string>& all_layers() {
    return nn::feature_registry().at(nn::kBuiltinFeatures).layers;
}

bool is_compared(const std::string& layer) {
    return std::find(kCompared.begin(), kCompared.end(), layer) != kCompared.end();
}

/// As the first layer sees a picture: with its edge pixels repeated.
Tensor edged(const Tensor& x) {
    return torch::replication_pad2d(x, {1, 1, 1, 1});
}

/// The student's weights as parameters, and a 1×1 map to the teacher's channels at each layer that
/// is compared.
class StudentImpl : public tnn::Module {
  public:
    explicit StudentImpl(const std::map<std::string, std::int64_t>& teacher_channels) {
        for (const auto& c : nn::kBuiltinConvolutions) {
            weights_[nn::vgg_tensor_name(c, "weight")] = torch::zeros({c.out, c.in, 3, 3});
            weights_[nn::vgg_tensor_name(c, "bias")] = torch::zeros({c.out});
            if (const auto teacher = teacher_channels.find(c.layer);
                teacher != teacher_channels.end())
                maps_[c.layer] = torch::zeros({teacher->second, c.out, 1, 1});
        }
        // A module's parameter must not have a dot in its name: submodules make the dots.
        for (auto& [name, tensor] : weights_) tensor = place(name, tensor);
        for (auto& [name, tensor] : maps_) tensor = place("maps." + name, tensor);
    }

    /// The layers asked for, of pictures [N, 3, H, W] in [0, 1].
    std::vector<Tensor> forward(const Tensor& pictures, const std::vector<std::string>& layers) {
        return network().extract(pictures, layers);
    }
    /// Of the weights as they are and will be. From the first call on the device is fixed.
    const nn::FeatureNetwork& network() {
        if (!network_)
            network_.emplace(
                nn::torchvision_preprocessing(),
                nn::feature_registry().at(nn::kBuiltinFeatures).build(weights_, nn::Pooling::Max),
                weights_.begin()->second.device());
        return *network_;
    }
    Tensor& weight(const std::string& name) { return weights_.at(name); }
    Tensor& map(const std::string& layer) { return maps_.at(layer); }

  private:
    Tensor place(const std::string& dotted, const Tensor& tensor) {
        tnn::Module* at = this;
        std::size_t from = 0;
        for (std::size_t dot; (dot = dotted.find('.', from)) != std::string::npos; from = dot + 1) {
            const auto part = dotted.substr(from, dot - from);
            const auto children = at->named_children();
            at = children.contains(part)
                     ? children[part].get()
                     : at->register_module(part, std::make_shared<tnn::Module>(part)).get();
        }
        return at->register_parameter(dotted.substr(from), tensor);
    }

    std::map<std::string, Tensor> weights_;
    std::map<std::string, Tensor> maps_;
    std::optional<nn::FeatureNetwork> network_;
};

/// The `count` channels from which the others can best be told: pivoted Cholesky decomposition of
/// their second moments [C, C].
std::vector<std::int64_t> telling_channels(const Tensor& moments, std::int64_t count) {
    // On a scale where all channels count alike.
    const auto scale = moments.diagonal().clamp_min(1e-12).sqrt();
    auto left = (moments / (scale.unsqueeze(0) * scale.unsqueeze(1))).to(torch::kDouble).clone();
    std::vector<std::int64_t> chosen;
    for (std::int64_t i = 0; i < count; ++i) {
        // What each channel would explain of all.
        const auto gain = left.square().sum(0) / left.diagonal().clamp_min(1e-9);
        auto candidates = torch::where(left.diagonal() > 1e-6, gain, torch::full_like(gain, -1));
        for (const auto taken : chosen) candidates[taken] = -2;
        const auto best = candidates.argmax().item<std::int64_t>();
        chosen.push_back(best);
        const auto column = left.select(1, best).clone();
        left -= torch::outer(column, column) / column[best].clamp_min(1e-9);
    }
    return chosen;
}

/// X with A·X ≈ B in the least-squares sense, A [n, k], B [n, m].
Tensor least_squares(const Tensor& a, const Tensor& b) {
    const auto a64 = a.to(torch::kDouble), b64 = b.to(torch::kDouble);
    auto normal = a64.t().mm(a64);
    normal.diagonal() += kRidge * normal.diagonal().mean();
    return torch::linalg_solve(normal, a64.t().mm(b64)).to(a.scalar_type());
}

/// Some of the places of [N, C, H, W] as rows [n, C]: the same for every tensor of that size.
Tensor rows_at(const Tensor& features, const Tensor& places) {
    return features.permute({0, 2, 3, 1}).reshape({-1, features.size(1)}).index_select(0, places);
}

class FeatureDistiller : public NetworkRun {
  public:
    FeatureDistiller(ParamSet params, PackedDataset pictures,
                     std::shared_ptr<const nn::FeatureNetwork> teacher, TensorFile teacher_weights,
                     std::shared_ptr<StudentImpl> student, const torch::Device& device)
        : NetworkRun(std::move(params), std::move(pictures), student, device),
          student_(std::move(student)),
          teacher_(std::move(teacher)),
          teacher_weights_(std::move(teacher_weights)) {}

    Status adopt(const std::filesystem::path& checkpoint_dir) override {
        solved_ = true;
        return NetworkRun::adopt(checkpoint_dir);
    }
    Result<StepReport> step() override {
        if (steps_done() == 0 && !solved_) {
            if (auto solved = tensor::guarded("Solving the layers", [&] { return solve(); });
                !solved)
                return solved.error();
        }
        auto report = NetworkRun::step();
        if (report && report->finished)
            if (auto done = tensor::guarded("Scaling the features", [&] { return normalise(); });
                !done)
                return done.error();
        return report;
    }

  protected:
    Terms terms(const Tensor& pictures, torch::Generator&) override {
        const auto errors = unexplained(pictures);
        Terms terms;
        auto total = torch::zeros({}, pictures.options());
        for (std::size_t i = 0; i < kCompared.size(); ++i) {
            terms.emplace_back("unexplained_" + kCompared[i], errors[i]);
            total = total + errors[i];
        }
        terms.emplace_back("total", total / static_cast<double>(kCompared.size()));
        return terms;
    }
    std::vector<Metric> held_out(const Tensor& pictures) override {
        const auto errors = unexplained(pictures);
        std::vector<Metric> metrics;
        for (std::size_t i = 0; i < kCompared.size(); ++i)
            metrics.push_back({"held_out_" + kCompared[i], errors[i].item<double>()});
        return metrics;
    }
    Tensor show(const Tensor&, int&) override { return {}; }

  private:
    /// For each layer, the share of the teacher's variance that a linear map of the student's
    /// features does not explain.
    std::vector<Tensor> unexplained(const Tensor& pictures) {
        std::vector<Tensor> wanted;
        {
            torch::NoGradGuard no_grad;
            wanted = features_of(*teacher_, pictures, kCompared);
        }
        const auto guesses = guessed(pictures);
        std::vector<Tensor> errors;
        for (std::size_t i = 0; i < kCompared.size(); ++i) {
            const auto target = wanted[i] / scale(kCompared[i]);
            const auto& guess = guesses[i];
            const auto spread = (target - target.mean({0, 2, 3}, true)).square().sum();
            errors.push_back((guess - target).square().sum() / spread.clamp_min(1e-9));
        }
        return errors;
    }

    /// What the student makes of the teacher's features.
    std::vector<Tensor> guessed(const Tensor& pictures) {
        const tensor::Autocast fast(device().is_cuda(), device());
        auto guesses = student_->forward(pictures, kCompared);
        for (std::size_t i = 0; i < kCompared.size(); ++i)
            guesses[i] = torch::conv2d(guesses[i], student_->map(kCompared[i])).to(torch::kFloat32);
        return guesses;
    }

    /// The teacher's channel means.
    Tensor scale(const std::string& layer) {
        if (scales_.empty()) measure_scales();
        return scales_.at(layer);
    }
    void measure_scales() {
        torch::NoGradGuard no_grad;
        const auto& names = all_layers();
        const auto features = features_of(*teacher_, pictures_to_solve(), names);
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto means = features[i].mean({0, 2, 3}, true);
            // Channels that hardly ever answer would be blown up.
            scales_[names[i]] = torch::max(means, 0.05 * means.mean());
        }
    }
    Tensor pictures_to_solve() const { return learned_pictures(kPicturesToSolve); }

    Status solve() {
        torch::NoGradGuard no_grad;
        const at::NoTF32Guard in_full;
        const auto pictures = pictures_to_solve();
        const auto& names = all_layers();
        const auto taught = features_of(*teacher_, pictures, names);
        measure_scales();
        std::vector<std::int64_t> before;  // the student's channels of the layer before
        for (std::size_t i = 0; i < names.size(); ++i) {
            const auto& c = nn::kBuiltinConvolutions[i];
            const auto wanted = taught[i] / scales_.at(names[i]);
            const auto flat = wanted.permute({1, 0, 2, 3}).reshape({wanted.size(1), -1});
            const auto chosen = telling_channels(flat.mm(flat.t()), c.out);
            const auto picked = torch::tensor(chosen, torch::kLong).to(device());
            // What the teacher has before its ReLU: its own convolution of its own layer before.
            const auto target =
                before_relu(i, i == 0 ? pictures : taught[i - 1]).index_select(1, picked) /
                scales_.at(names[i]).index_select(1, picked);
            // What the student has there: patches of its own layer before.
            auto input = i == 0 ? edged(student_->network().prepared(pictures))
                                : student_->forward(pictures, {names[i - 1]})[0];
            if (c.pool_before) input = torch::max_pool2d(input, 2);
            solve_layer(c, input, target);
            if (is_compared(names[i])) {
                const auto seen = student_->forward(pictures, {names[i]})[0];
                const auto places = some_places(seen);
                student_->map(names[i]).copy_(
                    least_squares(rows_at(seen, places), rows_at(wanted, places))
                        .t()
                        .unsqueeze(2)
                        .unsqueeze(3));
            }
        }
        return {};
    }

    /// Scales every channel to a mean of 1 on pictures, or to less where that would make it swing
    /// widely: one that hardly ever answers would rule every loss at the few places where it does,
    /// and refinements filled corners with coloured noise. A ReLU lets positive factors through, so
    /// the layer after takes them back and nothing else changes.
    Status normalise() {
        torch::NoGradGuard no_grad;
        const auto pictures = pictures_to_solve();
        for (std::size_t i = 0; i < nn::kBuiltinConvolutions.size(); ++i) {
            const auto& c = nn::kBuiltinConvolutions[i];
            const auto features = student_->forward(pictures, {c.layer})[0];
            const auto spread = features.square().mean({0, 2, 3}).sqrt() / kWidestSpread;
            const auto size = torch::max(features.mean({0, 2, 3}), spread);
            const auto factor = torch::where(size > kSilent, size, torch::ones_like(size));
            student_->weight(nn::vgg_tensor_name(c, "weight")).div_(factor.view({-1, 1, 1, 1}));
            student_->weight(nn::vgg_tensor_name(c, "bias")).div_(factor);
            if (i + 1 < nn::kBuiltinConvolutions.size())
                student_->weight(nn::vgg_tensor_name(nn::kBuiltinConvolutions[i + 1], "weight"))
                    .mul_(factor.view({1, -1, 1, 1}));
            if (is_compared(c.layer)) student_->map(c.layer).mul_(factor.view({1, -1, 1, 1}));
        }
        return {};
    }

    Tensor before_relu(std::size_t layer, const Tensor& input) const {
        const auto& c = nn::kBuiltinConvolutions[layer];
        const auto name = [&](const char* part) { return nn::vgg_tensor_name(c, part); };
        const auto weight = teacher_weights_.tensors.at(name("weight")).to(device(), torch::kFloat);
        const auto bias = teacher_weights_.tensors.at(name("bias")).to(device(), torch::kFloat);
        if (layer > 0)
            return torch::conv2d(c.pool_before ? torch::max_pool2d(input, 2) : input, weight, bias,
                                 1, 1);
        return torch::conv2d(edged(teacher_->prepared(input)), weight, bias);
    }

    Tensor some_places(const Tensor& features) const {
        const auto all = features.size(0) * features.size(2) * features.size(3);
        auto random =
            tensor::make_generator(static_cast<std::uint64_t>(params_.get(kSeed)),
                                   tensor::Stream::InitGenerator, static_cast<std::uint64_t>(all));
        return torch::randint(0, all, {std::min(all, kPlacesToSolve)}, random, torch::kLong)
            .to(device());
    }

    /// `input` [N, in, h, w], padded already for the first layer; `target` [N, out, h, w].
    void solve_layer(const nn::VggConvolution& c, const Tensor& input, const Tensor& target) {
        const auto places = some_places(target);
        const auto padded = c.index == 0 ? input : torch::constant_pad_nd(input, {1, 1, 1, 1});
        // Patches of the chosen places only: [n, in·9 + 1].
        const auto h = target.size(2), w = target.size(3);
        const auto n = torch::div(places, h * w, "floor"), y = torch::div(places, w, "floor") % h,
                   x = places % w;
        std::vector<Tensor> columns;
        for (std::int64_t dy = 0; dy < 3; ++dy)
            for (std::int64_t dx = 0; dx < 3; ++dx)
                columns.push_back(padded.index({n, torch::indexing::Slice(), y + dy, x + dx}));
        auto patches = torch::stack(columns, 2).flatten(1);  // [n, in, 9] → [n, in·9]
        patches = torch::cat({patches, torch::ones({patches.size(0), 1}, patches.options())}, 1);
        const auto solution = least_squares(patches, rows_at(target, places)).t();
        student_->weight(nn::vgg_tensor_name(c, "weight"))
            .copy_(solution.narrow(1, 0, 9 * c.in).reshape({c.out, c.in, 3, 3}));
        student_->weight(nn::vgg_tensor_name(c, "bias")).copy_(solution.select(1, 9 * c.in));
    }

    std::shared_ptr<StudentImpl> student_;
    std::shared_ptr<const nn::FeatureNetwork> teacher_;
    TensorFile teacher_weights_;
    bool solved_ = false;                   ///< the weights came from elsewhere
    std::map<std::string, Tensor> scales_;  ///< by layer: [1, C, 1, 1]
};

}  // namespace

Result<std::unique_ptr<Run>> make_feature_distiller(const ParamSet& params, Inputs inputs) {
    const auto device_name = tensor::set_up_machine(params);
    if (!device_name) return device_name.error();
    const torch::Device device(*device_name);
    const auto& vgg = nn::feature_registry().at("vgg19");
    auto teacher = nn::load_features(vgg, inputs.weights, "auto", nn::Pooling::Max, device,
                                     nn::fast_feature_type(device));
    if (!teacher) return teacher.error();
    auto weights = read_tensor_file(
        inputs.weights, [&](const std::string& name) { return vgg.tensors.count(name) > 0; });
    if (!weights) return weights.error();
    std::map<std::string, std::int64_t> channels;
    for (const auto& c : nn::kBuiltinConvolutions)
        if (is_compared(c.layer))
            channels[c.layer] = vgg.tensors.at(nn::vgg_tensor_name(c, "weight"))[0];
    auto student = std::make_shared<StudentImpl>(channels);
    student->to(device);
    return std::unique_ptr<Run>(
        std::make_unique<FeatureDistiller>(params, std::move(inputs.pictures), *teacher,
                                           *std::move(weights), std::move(student), device));
}

}  // namespace pentimento::style::train
