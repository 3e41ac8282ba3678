// A feature network as one chain in oneDNN's layout against the same one operation at a time.
#include "core/nn/features/frozen_chain.h"

#include <gtest/gtest.h>

#include "core/nn/features/builtin.h"
#include "core/nn/features/feature_network.h"
#include "core/tensor/convolution.h"

namespace pentimento::nn {
namespace {

using torch::Tensor;

const std::vector<std::string> kLayers = {"relu1_1", "relu2_1", "relu2_2",
                                          "relu3_3", "relu4_2", "relu5_1"};

std::shared_ptr<const FeatureNetwork> network(Pooling pooling) {
    const auto loaded =
        load_features(feature_registry().at(kBuiltinFeatures), {}, "auto", pooling, torch::kCPU);
    EXPECT_TRUE(loaded.ok());
    return *loaded;
}

double off(const Tensor& a, const Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

struct Case {
    std::int64_t batch, height, width;
    Pooling pooling;
};

class Chain : public testing::TestWithParam<Case> {
  protected:
    /// Features of every layer and the gradient of their squares, some layers left out of it.
    std::pair<std::vector<Tensor>, Tensor> looked(const Tensor& picture) const {
        const Tensor x = picture.detach().requires_grad_();
        auto features = network(GetParam().pooling)->extract(x, kLayers);
        const Tensor gradient = torch::autograd::grad(
            {features[1].square().mean() + features[4].square().mean() +
             (features[5] * 3).sum() / static_cast<double>(features[5].numel())},
            {x})[0];
        return {features, gradient};
    }
};

TEST_P(Chain, EqualsItsOperationsOneByOne) {
    torch::manual_seed(2);
    const Case& c = GetParam();
    const Tensor picture = torch::rand({c.batch, 3, c.height, c.width});
    const auto [found, gradient] = looked(picture);
    const tensor::PlainOperations plain;
    const auto [wanted, wanted_gradient] = looked(picture);
    for (std::size_t i = 0; i < kLayers.size(); ++i) {
        ASSERT_EQ(found[i].sizes(), wanted[i].sizes()) << kLayers[i];
        EXPECT_LT(off(found[i], wanted[i]), 2e-4) << kLayers[i];
    }
    ASSERT_EQ(gradient.sizes(), wanted_gradient.sizes());
    // A feature near 0 may lie on the other side of the ReLU.
    EXPECT_LT(off(gradient, wanted_gradient), 5e-3);
    EXPECT_GT(wanted_gradient.abs().max().item<double>(), 0);
}

INSTANTIATE_TEST_SUITE_P(
    Sizes, Chain,
    testing::Values(Case{1, 64, 64, Pooling::Max}, Case{1, 67, 93, Pooling::Average},
                    Case{3, 48, 80, Pooling::Max}, Case{2, 33, 47, Pooling::Max},
                    Case{1, 85, 128, Pooling::Average}, Case{1, 120, 181, Pooling::Average},
                    Case{1, 170, 256, Pooling::Average}, Case{1, 181, 181, Pooling::Average},
                    Case{1, 256, 256, Pooling::Average}, Case{1, 64, 64, Pooling::Overlapping},
                    Case{1, 67, 93, Pooling::Overlapping}, Case{2, 33, 47, Pooling::Overlapping}));

TEST(ChainChoice, LayersInAnyOrderAndTheSameAgain) {
    const auto picture = torch::rand({1, 3, 48, 48});
    const auto features =
        network(Pooling::Max)->extract(picture, {"relu3_1", "relu1_1", "relu3_1"});
    EXPECT_EQ(features[0].size(1), 64);
    EXPECT_EQ(features[1].size(1), 16);
    EXPECT_TRUE(torch::equal(features[0], features[2]));
    EXPECT_THROW(network(Pooling::Max)->extract(picture, {"relu9_1"}), std::invalid_argument);
}

TEST(ChainChoice, WeightsThatLearnKeepTheirGradient) {
    const Tensor weight = torch::rand({16, 3, 3, 3}).requires_grad_();
    EXPECT_EQ(FrozenChain::make({ChainLink{weight, torch::zeros({16})}}), nullptr);
}

}  // namespace
}  // namespace pentimento::nn
