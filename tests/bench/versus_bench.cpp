// Our side of the comparison with PyTorch that tests/bench/versus.py makes: does on request, on the
// inputs that the baseline has written, what the baseline does.
//   bench_versus CASE INPUTS [ARGUMENT…]      then on standard input
// On a graphics card with VERSUS_DEVICE=cuda; there, with VERSUS_CHECK=1, in full float32 and with
// the baseline's random numbers, else as people use it: in mixed precision, recorded.
//   steps N        → seconds that N steps took
//   results FILE   → writes what the last step computed, and "done"
//   profile N      → what N steps consist of by its own time, and "done": LibTorch's operations, or
//                    the kernels of a graphics card
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/record_function.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <memory>
#include <string>

#include "core/base/allocator.h"
#include "core/gan/gan_run.h"
#include "core/gan/gan_training.h"
#include "core/gan/params.h"
#include "core/gan/recorded_step.h"
#include "core/gan/schedule.h"
#include "core/gan/step_rules.h"
#include "core/nn/ema.h"
#include "core/nn/layers.h"
#include "core/nn/module_state.h"
#include "core/style/instant/instant.h"
#include "core/style/objective.h"
#include "core/style/params.h"
#include "core/style/pixel_optimiser.h"
#include "core/style/style_run.h"
#include "core/tensor/device.h"
#include "core/tensor/frame.h"
#include "core/tensor/random.h"
#include "core/tensor/safetensors.h"
#include "tests/bench/card_profile.h"
#include "tests/bench/must.h"

using namespace pentimento;
using torch::Tensor;

namespace {

using Tensors = std::map<std::string, Tensor>;
Tensors read(const std::string& path) {
    Tensors tensors;
    for (auto& [name, tensor] : must(read_safetensors(path)).tensors)
        tensors.emplace(name, tensor.clone());
    return tensors;
}

torch::Device device() {
    static const char* const name = std::getenv("VERSUS_DEVICE");
    return torch::Device(name ? name : "cpu");
}
bool checks() {
    static const bool checks = std::getenv("VERSUS_CHECK") != nullptr;
    return checks;
}
void wait() {
    if (device().is_cuda()) torch::cuda::synchronize();
}

class Case {
  public:
    virtual ~Case() = default;
    virtual void step() = 0;
    virtual nn::NamedTensors results() = 0;
};

/// A training step, optimisers and moving average included; parameters come in the order in which
/// networks list them.
class GanStep : public Case {
  public:
    GanStep(const Tensors& inputs, int count, char** settings)
        : params_(settings_from(count, settings)),
          players_(gan::make_players(params_, device())),
          average_(gan::build_generator(params_)),
          recorded_(checks() ? torch::Device(torch::kCPU) : device()) {
        nn::settle(*average_, device());
        take(inputs, "g.", *players_.generator);
        take(inputs, "d.", *players_.discriminator);
        take(inputs, "g.", *average_);
        for (const Tensor& parameter : average_->parameters())
            begin_.push_back(parameter.detach().clone());
        batches_.reals = [real = inputs.at("real").to(device())](std::int64_t) {
            return gan::RealBatch{real, {}};
        };
        batches_.noise = [z = inputs.at("z").to(device())](std::int64_t) {
            return gan::NoiseBatch{z, {}};
        };
        // The baseline's seed, so that both draw the same numbers.
        batches_.random = [] { return at::detail::createCPUGenerator(1); };
        if (device().is_cuda())
            batches_.random = [] {
                auto random = tensor::device_generator(device());
                if (!checks()) return random;
                random = random.clone();
                random.set_current_seed(1);
                return random;
            };
    }
    void step() override {
        gan::follow_settings(players_, params_, step_);
        auto rules = gan::rules_at(params_, step_, 0, 1, device(), false);
        if (checks()) rules.bfloat16 = false;
        if (params_.get(gan::kEmaDecay) > 0) {
            values_ = recorded_.take(players_, *average_, gan::ema_decay_for(params_, step_), rules,
                                     [this] { return batches_; });
        } else if (device().is_cpu()) {
            values_ = gan::train_step(players_, rules, batches_);
        } else {  // an average that is the network itself costs next to nothing there
            values_ = recorded_.take(players_, *average_, 0, rules, [this] { return batches_; });
        }
        ++step_;
    }
    nn::NamedTensors results() override {
        nn::NamedTensors all{{"loss_d", values_.loss_d}, {"loss_g", values_.loss_g}};
        for (const auto& [regulariser, value] : values_.penalties)
            all.emplace_back(regulariser->entry.id, value);
        const auto add = [&all](const char* kind, const std::vector<Tensor>& tensors) {
            for (std::size_t i = 0; i < tensors.size(); ++i)
                if (tensors[i].defined()) all.emplace_back(numbered(kind, i), tensors[i]);
        };
        add("g.grad.", gradients(*players_.generator));
        add("d.grad.", gradients(*players_.discriminator));
        std::vector<Tensor> moved;
        for (const Tensor& parameter : average_->parameters())
            moved.push_back(parameter.detach() - begin_[moved.size()]);
        add("average.moved.", moved);
        return all;
    }

  private:
    /// "preset ID" first, if at all, then settings and their values.
    static ParamSet settings_from(int count, char** settings) {
        ParamSet params(gan::schema());
        for (int i = 0; i + 1 < count; i += 2) {
            const std::string id = settings[i], value = settings[i + 1];
            if (id != "preset") {
                must(params.set_text(id, value));
                continue;
            }
            const auto& known = gan::presets();
            const auto preset = std::find_if(known.begin(), known.end(),
                                             [&](const Preset& p) { return p.id == value; });
            if (preset == known.end()) give_up("no such preset: " + value);
            must(preset->apply_to(params));
        }
        return params;
    }
    static std::string numbered(const std::string& prefix, std::size_t number) {
        char digits[8];
        std::snprintf(digits, sizeof digits, "%03d", static_cast<int>(number));
        return prefix + digits;
    }
    static std::vector<Tensor> gradients(const torch::nn::Module& network) {
        std::vector<Tensor> all;
        for (const Tensor& parameter : network.parameters()) all.push_back(parameter.grad());
        return all;
    }
    static void take(const Tensors& inputs, const std::string& prefix, torch::nn::Module& network) {
        torch::NoGradGuard no_grad;
        std::size_t i = 0;
        for (Tensor& parameter : network.parameters())
            parameter.copy_(inputs.at(numbered(prefix, i++)).view_as(parameter));
    }
    ParamSet params_;
    gan::Players players_;
    std::shared_ptr<gan::Generator> average_;
    gan::RecordedStep recorded_;
    std::vector<Tensor> begin_;  ///< the average's first weights
    gan::Batches batches_;
    gan::StepValues values_;
    std::int64_t step_ = 0;
};

/// An iteration of a refinement with VGG-19: the objective, its gradient, an optimiser.
class Refinement : public Case {
  public:
    Refinement(const Tensors& inputs, const char* weights, const std::string& optimiser)
        : rate_(style::automatic_rate(optimiser)) {
        ParamSet params(style::schema());
        for (const auto& [id, value] : {std::pair{"features", "vgg19"},
                                        {"content_weight", "1"},
                                        {"style_weight", "10"},
                                        {"tv_weight", "0"},
                                        {"style_loss", "gram"},
                                        {"layer_weights", "equal"},
                                        {"style_layers", "all"},
                                        {"pooling", "average"}})
            must(params.set_text(id, value));
        const auto& definition = nn::feature_registry().at("vgg19");
        objective_ = std::make_unique<style::Objective>(
            must(nn::load_features(definition, weights, "auto", nn::Pooling::Average, device(),
                                   checks() ? torch::kFloat32 : nn::fast_feature_type(device()))),
            definition, params,
            style::Pictures{inputs.at("content").to(device()),
                            {inputs.at("style").to(device())},
                            {},
                            {},
                            {},
                            0});
        picture_ = inputs.at("picture").to(device());
        optimiser_ = style::make_pixel_optimiser(optimiser, {.beta1 = .9, .epsilon = 1e-8});
    }
    void step() override {
        must(optimiser_->step(picture_, rate_, [&](const Tensor& x) {
            const auto evaluation = objective_->evaluate(x);
            gradient_ = evaluation.gradient;
            return evaluation;
        }));
    }
    nn::NamedTensors results() override {
        // Ours is of the loss times the number of pixels.
        return {{"loss", torch::tensor({objective_->terms().total}, torch::kFloat32).reshape({})},
                {"gradient", gradient_ / static_cast<double>(gradient_.numel())}};
    }

  private:
    std::unique_ptr<style::Objective> objective_;
    std::unique_ptr<style::PixelOptimiser> optimiser_;
    double rate_;
    Tensor picture_, gradient_;
};

/// A whole pass of instant style, or a slider's move, with pictures as bytes on both ends.
class Instant : public Case {
  public:
    Instant(const Tensors& inputs, bool move) : params_(style::schema()), move_(move) {
        content_ = tensor_to_frame(inputs.at("content")[0]);
        must(params_.set("size", std::int64_t{content_.width}));
        must(params_.set("device", std::string(device().is_cuda() ? "cuda" : "cpu")));
        blender_ = must(style::InstantBlender::make(params_));
        blender_->set_content(content_);
        blender_->set_style(0, tensor_to_frame(inputs.at("style")[0]));
    }
    void step() override {
        if (move_)
            must(params_.set("strength", ++moves_ % 2 ? 1.0 : 0.8));
        else
            blender_->set_content(content_);
        picture_ = must(blender_->blend(params_));
    }
    nn::NamedTensors results() override { return {{"picture", frame_to_tensor(picture_)}}; }

  private:
    ParamSet params_;
    bool move_;
    int moves_ = 0;
    std::unique_ptr<style::InstantBlender> blender_;
    Frame content_, picture_;
};

/// Seconds and calls by operation, without those that it calls itself. Our own uses of oneDNN are
/// no operations of LibTorch's and count for whoever calls them.
class Profile {
  public:
    Profile()
        : handle_(at::addThreadLocalCallback(
              at::RecordFunctionCallback(start, end).scopes({at::RecordScope::FUNCTION}))) {}
    ~Profile() { at::removeCallback(handle_); }
    void print() const {
        std::vector<std::pair<double, std::string>> sorted;
        for (const auto& [name, entry] : times()) sorted.emplace_back(entry.first, name);
        std::sort(sorted.rbegin(), sorted.rend());
        for (const auto& [seconds, name] : sorted)
            std::printf("%9.2f ms %6d  %s\n", 1e3 * seconds, times()[name].second, name.c_str());
    }

  private:
    using Clock = std::chrono::steady_clock;
    struct Call : at::ObserverContext {
        Clock::time_point begin = Clock::now();
        double inner = 0;
        Call* outer = nullptr;
    };
    static std::map<std::string, std::pair<double, int>>& times() {
        static std::map<std::string, std::pair<double, int>> all;
        return all;
    }
    static inline Call* current_ = nullptr;
    static std::unique_ptr<at::ObserverContext> start(const at::RecordFunction&) {
        auto call = std::make_unique<Call>();
        call->outer = current_;
        current_ = call.get();
        return call;
    }
    static void end(const at::RecordFunction& function, at::ObserverContext* context) {
        auto* call = static_cast<Call*>(context);
        const double took = std::chrono::duration<double>(Clock::now() - call->begin).count();
        auto& entry = times()[function.name()];
        entry.first += took - call->inner;
        ++entry.second;
        if (call->outer) call->outer->inner += took;
        current_ = call->outer;
    }
    at::CallbackHandle handle_;
};

}  // namespace

int main(int count, char** arguments) {
    keep_freed_memory();
    if (count < 3) give_up("bench_versus CASE INPUTS [ARGUMENT…]");
    const std::string name = arguments[1];
    tensor::set_threads(0);
    if (const char* threads = std::getenv("VERSUS_THREADS"))
        tensor::set_threads(std::atoi(threads));
    tensor::prepare_device(device().str());
    if (checks()) {
        at::globalContext().setAllowTF32CuBLAS(false);
        at::globalContext().setAllowTF32CuDNN(false);
    }
    const Tensors inputs = read(arguments[2]);
    std::unique_ptr<Case> work;
    if (name == "gan")
        work = std::make_unique<GanStep>(inputs, count - 3, arguments + 3);
    else if (name == "refine")
        work =
            std::make_unique<Refinement>(inputs, arguments[3], count > 4 ? arguments[4] : "adam");
    else if (name == "instant" || name == "move")
        work = std::make_unique<Instant>(inputs, name == "move");
    else
        give_up("no such case: " + name);
    std::puts("ready");
    std::fflush(stdout);
    for (std::string word; std::cin >> word;) {
        if (word == "steps") {
            int steps = 0;
            std::cin >> steps;
            const auto begin = std::chrono::steady_clock::now();
            for (int i = 0; i < steps; ++i) work->step();
            wait();
            const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
            std::printf("%.6f\n", took.count());
        } else if (word == "results") {
            std::string path;
            std::cin >> path;
            must(write_safetensors(path, work->results(), {}));
            std::puts("done");
        } else if (word == "profile") {
            int steps = 0;
            std::cin >> steps;
            const auto some = [&] {
                for (int i = 0; i < steps; ++i) work->step();
            };
#ifdef PENTIMENTO_CUDA
            if (device().is_cuda()) {
                profile_card(some);
                std::puts("done");
                std::fflush(stdout);
                continue;
            }
#endif
            const Profile profile;
            some();
            profile.print();
            std::puts("done");
        }
        std::fflush(stdout);
    }
    return 0;
}
