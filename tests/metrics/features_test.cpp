// Features: shapes, repeatability, and that they notice what a person would notice.
#include "core/metrics/features.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/metrics/distances.h"
#include "core/metrics/inception.h"
#include "core/nn/module_state.h"
#include "core/tensor/device.h"
#include "core/tensor/random.h"
#include "core/tensor/safetensors.h"
#include "tests/metrics/shapes.h"
#include "tests/temp_dir.h"

namespace pentimento::metrics {
namespace {

// Small pictures gain nothing from threads, which wait for each other at length on a busy machine.
[[maybe_unused]] const bool kOneThread = (tensor::set_threads(1), true);

TEST(FilterBank, GivesTheSameNumbersForOneAndForMany) {
    const auto features = make_filter_bank(), again = make_filter_bank();
    const auto pictures = shapes(70, 32, 1);
    const auto all = features->extract(pictures);
    EXPECT_EQ(all.sizes(), (std::vector<std::int64_t>{70, features->dimensions()}));
    EXPECT_TRUE(torch::isfinite(all).all().item<bool>());
    EXPECT_TRUE(torch::equal(all, again->extract(pictures)));
    EXPECT_TRUE(torch::allclose(all.slice(0, 65, 66), features->extract(pictures.slice(0, 65, 66)),
                                1e-4, 1e-4));
    EXPECT_FALSE(features->is_official_inception());
    EXPECT_GT(all.std(0).min().item<double>(), 0) << "a number that says nothing";
}

TEST(FilterBank, TakesGreyAndAnySize) {
    const auto features = make_filter_bank();
    const auto grey = shapes(4, 32, 1).mean(1, true);
    EXPECT_TRUE(
        torch::equal(features->extract(grey), features->extract(grey.expand({-1, 3, -1, -1}))));
    for (const std::int64_t size : {1, 8, 28, 64, 100, 128})
        EXPECT_TRUE(torch::isfinite(features->extract(torch::zeros({2, 3, size, size})))
                        .all()
                        .item<bool>());
    EXPECT_TRUE(torch::isfinite(features->extract(torch::rand({2, 3, 40, 90}))).all().item<bool>());
    EXPECT_EQ(features->extract(torch::zeros({0, 3, 16, 16})).size(0), 0);
    EXPECT_THROW(features->extract(torch::zeros({2, 2, 16, 16})), std::invalid_argument);
    EXPECT_THROW(features->extract(torch::zeros({3, 16, 16})), std::invalid_argument);
}

TEST(FilterBank, ShrinkingIsTheMeanOfAreas) {
    const auto pictures = shapes(3, 64, 1);
    const auto grown = pictures.repeat_interleave(2, 2).repeat_interleave(2, 3);
    EXPECT_TRUE(torch::allclose(resize_pictures(grown, 64), pictures, 1e-5, 1e-5));
    EXPECT_TRUE(torch::equal(resize_pictures(pictures, 64), pictures));
    EXPECT_EQ(resize_pictures(pictures, 80).size(3), 80);
}

/// Every kind of damage is farther away the worse it is, and each is told from nothing.
TEST(FilterBank, DistancesGrowWithTheDamage) {
    const auto features = make_filter_bank();
    const auto real = features->extract(shapes(150, 32, 1));
    const auto fit = fit_normal(real);
    const auto other = shapes(150, 32, 2);
    const auto untouched = kernel_distance(real, features->extract(other), 0);
    EXPECT_LT(std::abs(untouched.value), 4 * untouched.error);
    for (const auto& [name, damage] : damages()) {
        Estimate last = untouched;
        double last_fid = frechet_distance(fit, fit_normal(features->extract(other)));
        for (const double strength : {0.25, 0.5, 1.0}) {
            const auto damaged = features->extract(damage(other, strength));
            const auto found = kernel_distance(real, damaged, 0);
            const double fid = frechet_distance(fit, fit_normal(damaged));
            EXPECT_GT(found.value, last.value) << name << " " << strength;
            EXPECT_GT(fid, last_fid) << name << " " << strength;
            last = found;
            last_fid = fid;
        }
        EXPECT_GT(last.value, 5 * last.error) << name;
    }
}

TEST(Inception, HasThePublishedTensors) {
    Inception network;
    std::map<std::string, std::vector<std::int64_t>> shapes;
    std::int64_t parameters = 0, convolutions = 0;
    for (const auto& entry : network->named_parameters()) {
        shapes[entry.key()] = entry.value().sizes().vec();
        parameters += entry.value().numel();
        convolutions += entry.value().dim() == 4;
    }
    // Keras publishes 23,851,784 for 1,000 classes without gains (17,216 of them) but with running
    // means and variances (34,432): 23,834,568 by our count, and 8·2,049 for eight more classes.
    EXPECT_EQ(parameters, 23'834'568 + 8 * 2049);
    EXPECT_EQ(convolutions, 94);
    const std::vector<std::pair<std::string, std::vector<std::int64_t>>> expected{
        {"Conv2d_1a_3x3.conv.weight", {32, 3, 3, 3}},
        {"Conv2d_4a_3x3.bn.weight", {192}},
        {"Mixed_5b.branch5x5_2.conv.weight", {64, 48, 5, 5}},
        {"Mixed_5b.branch_pool.conv.weight", {32, 192, 1, 1}},
        {"Mixed_5d.branch3x3dbl_3.conv.weight", {96, 96, 3, 3}},
        {"Mixed_6a.branch3x3.conv.weight", {384, 288, 3, 3}},
        {"Mixed_6b.branch7x7_2.conv.weight", {128, 128, 1, 7}},
        {"Mixed_6c.branch7x7dbl_4.conv.weight", {160, 160, 7, 1}},
        {"Mixed_7a.branch7x7x3_4.conv.weight", {192, 192, 3, 3}},
        {"Mixed_7b.branch3x3_2a.conv.weight", {384, 384, 1, 3}},
        {"Mixed_7c.branch3x3dbl_3b.conv.weight", {384, 384, 3, 1}},
        {"Mixed_7c.branch_pool.conv.weight", {192, 2048, 1, 1}},
        {"fc.weight", {1008, 2048}},
    };
    for (const auto& [name, shape] : expected) EXPECT_EQ(shapes[name], shape) << name;
    EXPECT_EQ(network->named_buffers().size(), 3u * 94);
}

TEST(Inception, LoadsItsWeightsAndOnlyThose) {
    Inception network;
    network->eval();
    nn::NamedTensors state;
    std::uint64_t index = 0;
    torch::NoGradGuard no_grad;
    for (auto& [name, tensor] : nn::module_state(*network)) {
        if (name.ends_with("num_batches_tracked")) continue;
        const auto fan = tensor.dim() > 1 ? tensor[0].numel() : 1;
        auto random = tensor::make_generator(3, tensor::Stream::Noise, index++);
        if (tensor.dim() > 1) tensor.normal_(0, std::sqrt(2.0 / fan), random);
        if (name.ends_with("running_mean")) tensor.normal_(0, 0.1, random);
        state.emplace_back(name, tensor);
    }
    TempDir dir;
    ASSERT_TRUE(write_safetensors(dir / "inception.safetensors", state));
    const auto features = load_inception_features(dir / "inception.safetensors");
    ASSERT_TRUE(features) << features.error().message;
    EXPECT_FALSE((*features)->is_official_inception()) << "other bytes than the published ones";
    const auto pictures = shapes(2, 64, 1);
    const auto found = (*features)->extract(pictures);
    EXPECT_EQ(found.sizes(), (std::vector<std::int64_t>{2, 2048}));
    const auto large = torch::upsample_bilinear2d(pictures, {299, 299}, false);
    EXPECT_TRUE(torch::allclose(found, network->features(large), 1e-4, 1e-4));
    EXPECT_EQ(network->forward(large).sizes(), (std::vector<std::int64_t>{2, 1008}));

    state.pop_back();
    ASSERT_TRUE(write_safetensors(dir / "less.safetensors", state));
    const auto less = load_inception_features(dir / "less.safetensors");
    ASSERT_FALSE(less);
    EXPECT_NE(less.error().message.find("Inception"), std::string::npos);
    EXPECT_FALSE(load_inception_features(dir / "missing"));
}

TEST(NetworkFeatures, OfTheStyleNetworksSeeContent) {
    const std::filesystem::path folder = "/work/shared/assets/weights";
    for (const char* file :
         {"vgg19_conv_caffe.safetensors", "squeezenet1_1_caffe_f16.safetensors"}) {
        if (!std::filesystem::exists(folder / file))
            GTEST_SKIP() << (folder / file)
                         << " is missing: features of trained networks not tested";
        const auto features = load_network_features(folder / file, 64);
        ASSERT_TRUE(features) << features.error().message;
        const auto real = (*features)->extract(shapes(40, 32, 1));
        EXPECT_EQ(real.size(1), (*features)->dimensions());
        EXPECT_TRUE(torch::isfinite(real).all().item<bool>());
        const auto same = kernel_distance(real, (*features)->extract(shapes(40, 32, 2)), 0);
        const auto blurred = kernel_distance(
            real, (*features)->extract(damages().at("blur")(shapes(40, 32, 2), 1)), 0);
        EXPECT_LT(std::abs(same.value), 4 * same.error) << file;
        EXPECT_GT(blurred.value, 5 * blurred.error) << file;
        EXPECT_FALSE(load_network_features(folder / file, 16));
    }
}

}  // namespace
}  // namespace pentimento::metrics
