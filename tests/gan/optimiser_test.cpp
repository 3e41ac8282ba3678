// Our optimisers against LibTorch's, and their state on disk and back.
#include "core/nn/optimiser.h"

#include "toy.h"

namespace pentimento::nn {
namespace {

using torch::Tensor;

struct Case {
    const char* name;
    OptimiserSettings settings;
};
void PrintTo(const Case& c, std::ostream* out) {
    *out << c.name;
}

std::unique_ptr<torch::optim::Optimizer> reference(const std::vector<Tensor>& parameters,
                                                   const OptimiserSettings& s) {
    switch (s.kind) {
        case OptimiserKind::Adam:
            return std::make_unique<torch::optim::Adam>(parameters,
                                                        torch::optim::AdamOptions(s.lr)
                                                            .betas({s.beta1, s.beta2})
                                                            .weight_decay(s.weight_decay));
        case OptimiserKind::AdamW:
            return std::make_unique<torch::optim::AdamW>(parameters,
                                                         torch::optim::AdamWOptions(s.lr)
                                                             .betas({s.beta1, s.beta2})
                                                             .weight_decay(s.weight_decay));
        case OptimiserKind::RmsProp:
            return std::make_unique<torch::optim::RMSprop>(
                parameters,
                torch::optim::RMSpropOptions(s.lr).alpha(s.beta2).momentum(s.beta1).weight_decay(
                    s.weight_decay));
        case OptimiserKind::Sgd:
            return std::make_unique<torch::optim::SGD>(
                parameters,
                torch::optim::SGDOptions(s.lr).momentum(s.beta1).weight_decay(s.weight_decay));
    }
    return nullptr;
}

class Optimisers : public testing::TestWithParam<Case> {
  protected:
    /// (‖W x − y‖² over fixed data) has gradients that change from step to step.
    static Tensor loss(torch::nn::Linear& layer) {
        const Tensor x = torch::linspace(-1, 1, 15).view({5, 3});
        return (layer->forward(x) - x.sum(1, true)).square().mean();
    }
    static torch::nn::Linear layer() {
        torch::nn::Linear made(3, 2);
        torch::NoGradGuard no_grad;
        made->weight.copy_(torch::linspace(-.5, .7, 6).view({2, 3}));
        made->bias.copy_(torch::linspace(.1, .2, 2));
        return made;
    }
};

TEST_P(Optimisers, TakeTheSameStepsAsLibTorchs) {
    torch::nn::Linear ours = layer(), theirs = layer();
    OptimiserSettings settings = GetParam().settings;
    Optimiser optimiser(*ours, settings);
    const auto other = reference(theirs->parameters(), settings);
    for (int i = 0; i < 6; ++i) {
        optimiser.zero_grad();
        loss(ours).backward();
        optimiser.step();
        other->zero_grad();
        loss(theirs).backward();
        other->step();
    }
    EXPECT_TRUE(torch::allclose(ours->weight, theirs->weight, 1e-5, 1e-7))
        << ours->weight << theirs->weight;
    EXPECT_TRUE(torch::allclose(ours->bias, theirs->bias, 1e-5, 1e-7));
}

/// A network that is nothing but `count` weights.
class Weights : public torch::nn::Module {
  public:
    Weights(std::int64_t count, torch::ScalarType type)
        : all(register_parameter("all", torch::linspace(-1, 1, count, torch::kFloat64).to(type))) {}
    Tensor all;
};

TEST_P(Optimisers, TakeTheSameStepsInFloatsAsInDoubles) {
    // Float weights on the CPU are gone over in one pass, many of them by several threads.
    for (const std::int64_t count : {1, 7, 1000, 100'003}) {
        Weights floats(count, torch::kFloat32), doubles(count, torch::kFloat64);
        Optimiser one(floats, GetParam().settings), other(doubles, GetParam().settings);
        for (int i = 0; i < 5; ++i) {
            const Tensor gradient =
                (torch::arange(count, torch::kFloat64) * (i + 1)).sin() * std::pow(.1, i);
            floats.all.mutable_grad() = gradient.to(torch::kFloat32);
            doubles.all.mutable_grad() = gradient;
            one.step();
            other.step();
        }
        EXPECT_TRUE(torch::allclose(floats.all.to(torch::kFloat64), doubles.all, 1e-4, 1e-5))
            << count << " weights differ by "
            << (floats.all.to(torch::kFloat64) - doubles.all).abs().max().item<double>();
    }
}

TEST_P(Optimisers, TellGraphsThatWeightsHaveChanged) {
    torch::nn::Linear changed = layer();
    Optimiser optimiser(*changed, GetParam().settings);
    const Tensor x = torch::ones({1, 3}).requires_grad_();
    const Tensor y = changed->forward(x).square().sum();
    loss(changed).backward();
    optimiser.step();
    EXPECT_THROW(y.backward(), c10::Error) << "the graph needs the weights of before";
}

TEST_P(Optimisers, GoOnFromASavedStateBitForBit) {
    torch::nn::Linear whole = layer(), split = layer();
    Optimiser a(*whole, GetParam().settings), b(*split, GetParam().settings);
    const auto advance = [](torch::nn::Linear& net, Optimiser& optimiser, int count) {
        for (int i = 0; i < count; ++i) {
            optimiser.zero_grad();
            loss(net).backward();
            optimiser.step();
        }
    };
    advance(whole, a, 6);
    advance(split, b, 3);
    TensorMap saved;
    for (const auto& [name, tensor] : b.state()) saved.emplace(name, tensor.clone());
    Optimiser again(*split, GetParam().settings);
    const Status loaded = again.load(saved, "the state");
    ASSERT_TRUE(loaded.ok()) << loaded.error().message;
    advance(split, again, 3);
    EXPECT_TRUE(torch::equal(whole->weight, split->weight));
    EXPECT_TRUE(torch::equal(whole->bias, split->bias));
}

INSTANTIATE_TEST_SUITE_P(
    All, Optimisers,
    testing::Values(
        Case{"adam", {.kind = OptimiserKind::Adam, .lr = 1e-2, .weight_decay = 1e-2}},
        Case{"adamw", {.kind = OptimiserKind::AdamW, .lr = 1e-2, .weight_decay = 1e-1}},
        Case{"rmsprop", {.kind = OptimiserKind::RmsProp, .lr = 1e-2, .beta1 = 0, .beta2 = .9}},
        Case{"rmsprop_momentum",
             {.kind = OptimiserKind::RmsProp, .lr = 1e-2, .beta1 = .5, .beta2 = .9}},
        Case{"sgd", {.kind = OptimiserKind::Sgd, .lr = 1e-2, .beta1 = 0}},
        Case{"sgd_momentum",
             {.kind = OptimiserKind::Sgd, .lr = 1e-2, .beta1 = .9, .weight_decay = 1e-2}}),
    [](const auto& info) { return info.param.name; });

TEST(OptimiserState, OfAnotherNetworkIsRefusedAndChangesNothing) {
    torch::nn::Linear layer(3, 2);
    Optimiser optimiser(*layer, {});
    layer->forward(torch::ones({1, 3})).sum().backward();
    optimiser.step();
    TensorMap saved;
    for (const auto& [name, tensor] : optimiser.state()) saved.emplace(name, tensor.clone());
    saved["bias.exp_avg"] = torch::zeros({7});
    EXPECT_EQ(optimiser.load(saved, "x").error().code, ErrorCode::Corrupt);
    saved["bias.exp_avg"] = torch::zeros({2});
    saved["stranger.step"] = torch::ones({1}, torch::kInt64);
    EXPECT_EQ(optimiser.load(saved, "x").error().code, ErrorCode::Corrupt);
    EXPECT_EQ(optimiser.state().size(), 6u);
    optimiser.reset();
    EXPECT_TRUE(optimiser.state().empty());
}

}  // namespace
}  // namespace pentimento::nn
