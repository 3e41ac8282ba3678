// The objective in tiles against the whole, and under masks.
#include "core/style/objective.h"

#include "core/style/params.h"
#include "tests/style/tiny_network.h"

namespace pentimento::style {
namespace {

using torch::Tensor;

std::shared_ptr<const nn::FeatureNetwork> random_network(const std::string& id,
                                                         nn::Pooling pooling) {
    std::map<std::string, Tensor> weights;
    for (const auto& [name, tensor] : random_weights(id)) weights.emplace(name, tensor);
    return std::make_shared<nn::FeatureNetwork>(
        nn::torchvision_preprocessing(), nn::feature_registry().at(id).build(weights, pooling),
        torch::kCPU);
}

/// VGG-16 with an eighth of its channels: the same geometry, and fast.
std::shared_ptr<const nn::FeatureNetwork> thin_vgg16(nn::Pooling pooling) {
    std::map<std::string, Tensor> weights;
    for (const auto& [name, tensor] : random_weights("vgg16")) {
        auto thin = tensor.narrow(0, 0, tensor.size(0) / 8);
        if (tensor.dim() == 4 && tensor.size(1) > 3) {
            // Fewer inputs, each heard more, so that activations keep their size.
            thin = thin.narrow(1, 0, tensor.size(1) / 8) * std::sqrt(8.0);
        }
        weights.emplace(name, thin.contiguous());
    }
    return std::make_shared<nn::FeatureNetwork>(
        nn::torchvision_preprocessing(), nn::feature_registry().at("vgg16").build(weights, pooling),
        torch::kCPU);
}

Tensor smooth_picture(std::int64_t height, std::int64_t width, std::uint64_t seed) {
    torch::manual_seed(seed);
    return at::upsample_bicubic2d(torch::rand({1, 3, height / 4 + 2, width / 4 + 2}),
                                  {height, width}, false)
        .clamp(0, 1);
}

ParamSet params_for(const std::string& features, const Patch& changes) {
    ParamSet params(schema());
    EXPECT_TRUE(params.apply({{"features", features}}));
    const auto status = params.apply(changes);
    EXPECT_TRUE(status) << status.error().message;
    return params;
}

/// How far the gradient in tiles is from that of the whole, relative to its length.
double tiling_error(const std::string& id, const std::shared_ptr<const nn::FeatureNetwork>& network,
                    const Pictures& pictures, const Tensor& at, const Patch& changes,
                    std::int64_t tile) {
    const auto params = params_for(id, changes);
    const auto& definition = nn::feature_registry().at(id);
    Objective whole(network, definition, params, pictures);
    Objective tiled(network, definition, params, pictures, tile);
    const auto a = whole.evaluate(at), b = tiled.evaluate(at);
    EXPECT_NEAR(whole.terms().style, tiled.terms().style, 1e-3 * whole.terms().style) << id;
    EXPECT_NEAR(whole.terms().content, tiled.terms().content, 1e-3 * whole.terms().content) << id;
    EXPECT_NEAR(a.loss, b.loss, 1e-3 * std::abs(a.loss)) << id;
    return ((a.gradient - b.gradient).norm() / a.gradient.norm()).item<double>();
}

TEST(Tiles, CoverThePictureOnceAndBeginOnTheGrid) {
    for (const std::int64_t height : {64, 100, 333, 512})
        for (const std::int64_t edge : {16, 48, 128, 600}) {
            auto covered = torch::zeros({1, 1, height, 200});
            for (const auto& tile : plan_tiles(height, 200, edge, 80)) {
                EXPECT_EQ(tile.core_y.begin % kTileGrid, 0);
                EXPECT_EQ(tile.outer_x.begin % kTileGrid, 0);
                auto outer = tile.crop(covered);
                tile.core(outer, 1).add_(1);
            }
            EXPECT_EQ(covered.min().item<float>(), 1) << height << " " << edge;
            EXPECT_EQ(covered.max().item<float>(), 1) << height << " " << edge;
        }
    EXPECT_EQ(plan_tiles(300, 200, 0, 80).size(), 1u);
}

TEST(Likeness, PullsTowardsThePictureUnderItsMaskAndNowhereElse) {
    const auto network = random_network("squeezenet", nn::Pooling::Average);
    const auto& definition = nn::feature_registry().at("squeezenet");
    Pictures plain;
    plain.content = smooth_picture(48, 64, 1);
    plain.styles = {smooth_picture(48, 48, 2)};
    auto held = plain;
    held.likeness = smooth_picture(48, 64, 3);
    held.likeness_mask =
        (torch::arange(64).view({1, 1, 1, 64}) < 20).to(torch::kFloat32).expand({1, 1, 48, 64});
    held.likeness_weight = 0.5;
    const auto x = smooth_picture(48, 64, 4);
    const auto off = (x - held.likeness) * held.likeness_mask;
    for (const std::string scale : {"relative", "sum"}) {
        const auto params = params_for("squeezenet", {{"loss_scale", scale}});
        Objective without(network, definition, params, plain),
            with(network, definition, params, held);
        const auto a = without.evaluate(x), b = with.evaluate(x);
        const double unit = scale == "sum" ? 1 : 100;
        EXPECT_TRUE(torch::allclose(b.gradient - a.gradient, off * (2 * 0.5 * unit), 1e-3,
                                    scale == "sum" ? 1e-2 : 1e-4))
            << scale;
        EXPECT_NEAR(with.terms().likeness, off.square().sum().item<double>(), 1e-3);
        EXPECT_EQ(without.terms().likeness, 0);
        EXPECT_GT(b.loss, a.loss);
    }
}

TEST(Tiles, GeometryOfTheNetworks) {
    const auto vgg = layer_geometry(*random_network("vgg19", nn::Pooling::Average),
                                    {"relu1_1", "relu3_1", "relu5_1"}, 32, torch::kCPU);
    EXPECT_EQ(vgg[0].cell, 1);
    EXPECT_EQ(vgg[0].reach, 1);
    EXPECT_EQ(vgg[1].cell, 4);
    EXPECT_GE(vgg[1].reach, 2 + 4 + 4);  // two convolutions of 1 px, two of 2, one of 4
    EXPECT_EQ(vgg[2].cell, 16);
    // 2 + 4 + 16 + 32 + 16 px: what the deepest layer sees, and why the halo is 80.
    EXPECT_GE(vgg[2].reach, 70);
    EXPECT_EQ(halo_of(vgg), 80);
    const auto squeeze = layer_geometry(*random_network("squeezenet", nn::Pooling::Max),
                                        {"relu1", "fire4", "fire7", "fire9"}, 32, torch::kCPU);
    const std::vector<std::int64_t> cells{2, 4, 8, 16};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(squeeze[i].cell, cells[i]);
}

TEST(Tiles, GiveTheGradientOfTheWhole) {
    // Not multiples of 16, so that pooling drops or adds cells at the far edges.
    const std::int64_t height = 205, width = 250;
    const Pictures pictures{smooth_picture(height, width, 1),
                            {smooth_picture(150, 170, 2), smooth_picture(60, 90, 3)},
                            {}};
    const auto at = smooth_picture(height, width, 4);
    const auto error = [&](const char* id, nn::Pooling pooling, const char* loss, const char* more,
                           std::int64_t tile) {
        const bool thin = id == std::string("vgg16");
        return tiling_error(
            id, thin ? thin_vgg16(pooling) : random_network(id, pooling), pictures, at,
            {{"style_loss", std::string(loss)}, {"more_content_layers", std::string(more)}}, tile);
    };
    // SqueezeNet's pooling windows overlap and round up, VGG's lie side by side and round down.
    for (const char* loss : {"gram", "mean_cov"})
        EXPECT_LT(error("squeezenet", nn::Pooling::Max, loss, "fire7, relu1", 64), 1e-3) << loss;
    EXPECT_LT(error("squeezenet", nn::Pooling::Average, "mean_std", "", 80), 1e-3);
    for (const char* loss : {"gram", "mean_std", "mean_cov"})
        EXPECT_LT(error("vgg16", nn::Pooling::Average, loss, "relu2_2", 96), 1e-3) << loss;
    EXPECT_LT(error("vgg16", nn::Pooling::Max, "mean_cov", "", 96), 1e-3);
    EXPECT_LT(error("vgg16", nn::Pooling::Overlapping, "gram", "", 96), 1e-3);
}

TEST(Tiles, GiveTheGradientOfTheWholeAt512) {
    const Pictures pictures{smooth_picture(512, 512, 1), {smooth_picture(256, 256, 2)}, {}};
    const auto at = smooth_picture(512, 512, 4);
    for (const char* loss : {"gram", "mean_std", "mean_cov"})
        EXPECT_LT(tiling_error("vgg16", thin_vgg16(nn::Pooling::Average), pictures, at,
                               {{"style_loss", std::string(loss)}}, 192),
                  1e-3)
            << loss;
}

TEST(Tiles, WorkUnderMasks) {
    const std::int64_t height = 150, width = 140;
    auto mask = torch::zeros({height, width});
    mask.narrow(1, 0, 61).fill_(1);
    mask.narrow(1, 61, 10).fill_(0.4);
    const Pictures pictures{smooth_picture(height, width, 1),
                            {smooth_picture(100, 100, 2), smooth_picture(100, 100, 3)},
                            {mask, 1 - mask}};
    const auto network = random_network("squeezenet", nn::Pooling::Max);
    for (const char* loss : {"gram", "mean_cov"})
        EXPECT_LT(tiling_error("squeezenet", network, pictures, smooth_picture(height, width, 4),
                               {{"style_loss", std::string(loss)}}, 48),
                  1e-3)
            << loss;
}

// bench_style_tiles does the same at 512 px.
TEST(Tiles, Vgg19WhereItsWeightsAre) {
    const std::filesystem::path weights =
        PENTIMENTO_SOURCE_DIR "/../shared/assets/weights/vgg19_conv_caffe.safetensors";
    if (!std::filesystem::exists(weights)) GTEST_SKIP() << weights << " is not on this machine";
    const auto& definition = nn::feature_registry().at("vgg19");
    const auto network =
        nn::load_features(definition, weights, "auto", nn::Pooling::Average, torch::kCPU);
    ASSERT_TRUE(network) << network.error().message;
    const Pictures pictures{smooth_picture(160, 224, 1), {smooth_picture(96, 96, 2)}, {}};
    EXPECT_LT(tiling_error("vgg19", *network, pictures, smooth_picture(160, 224, 4),
                           {{"style_loss", std::string("mean_cov")}}, 112),
              1e-3);
}

TEST(Objective, GradientIsThatOfTheLoss) {
    const auto network = random_network("squeezenet", nn::Pooling::Average);
    const auto& definition = nn::feature_registry().at("squeezenet");
    const Pictures pictures{smooth_picture(64, 72, 1), {smooth_picture(70, 64, 2)}, {}};
    const auto at = smooth_picture(64, 72, 4) * 0.8 + 0.1;
    torch::manual_seed(5);
    const auto direction = smooth_picture(64, 72, 6) - 0.5;
    for (const std::string loss : {"gram", "mean_std", "mean_cov"})
        for (const char* scale : {"relative", "sum"}) {
            Objective objective(network, definition,
                                params_for("squeezenet", {{"style_loss", loss},
                                                          {"layer_weights", std::string("equal")},
                                                          {"loss_scale", std::string(scale)}}),
                                pictures);
            const auto here = objective.evaluate(at);
            const double unit = scale == std::string("sum") ? 1 : static_cast<double>(at.numel());
            constexpr double step = 2e-3;
            const double slope = (objective.evaluate(at + step * direction).loss -
                                  objective.evaluate(at - step * direction).loss) /
                                 (2 * step) * unit;
            const double closed = (here.gradient * direction).sum().item<double>();
            const double room = loss == "mean_cov" ? 0.08 : 0.03;  // it is damped
            EXPECT_NEAR(closed, slope, room * std::abs(slope)) << loss << " " << scale;
        }
}

TEST(Masks, AreMadeFromGreyFramesOfAnySize) {
    std::vector<std::uint8_t> rgba;
    for (int i = 0; i < 40 * 20; ++i) {
        const std::uint8_t v = i % 40 < 20 ? 255 : 0;
        rgba.insert(rgba.end(), {v, v, v, 255});
    }
    const auto left = Frame::from_rgba(40, 20, std::move(rgba));
    const auto masks = make_masks({left, std::nullopt}, 2, 10, 10);
    ASSERT_EQ(masks.size(), 2u);
    EXPECT_EQ(masks[0].sizes(), (std::vector<std::int64_t>{10, 10}));
    EXPECT_NEAR(masks[0].mean().item<double>(), 0.5, 1e-6);
    EXPECT_TRUE(torch::allclose(masks[0] + masks[1], torch::ones({10, 10})))
        << "a style without a mask gets what the others leave";
    EXPECT_TRUE(make_masks({std::nullopt}, 2, 10, 10).empty());
    EXPECT_TRUE(make_masks({}, 2, 10, 10).empty());
    const LayerMasks layers(masks[0], {1, 4});
    EXPECT_EQ(layers.at(4).sizes(), (std::vector<std::int64_t>{3, 3}));
    EXPECT_NEAR(layers.at(4)[0][1].item<double>(), 0.25, 1e-6) << "one of its four columns";
    EXPECT_FALSE(LayerMasks().at(4).defined());
}

/// The distance of `picture` from each style, over [left, left + width) px of it.
std::vector<double> distances(const std::shared_ptr<const nn::FeatureNetwork>& network,
                              const Tensor& picture, const std::vector<Tensor>& styles,
                              std::int64_t left, std::int64_t width) {
    std::vector<double> found;
    const auto part = picture.narrow(3, left, width);
    for (const auto& style : styles) {
        double sum = 0;
        const std::vector<std::string> layers{"relu1", "fire4", "fire6"};
        const auto a = network->extract(part, layers), b = network->extract(style, layers);
        for (std::size_t i = 0; i < layers.size(); ++i) {
            Moments mine, its;
            mine.add(StyleLoss::Gram, a[i].flatten(1).view({a[i].size(1), -1}), {});
            its.add(StyleLoss::Gram, b[i].flatten(1).view({b[i].size(1), -1}), {});
            sum += compare(StyleLoss::Gram, LossScale::Relative, mine,
                           make_target(StyleLoss::Gram, its))
                       .value.item<double>();
        }
        found.push_back(sum);
    }
    return found;
}

Tensor refine(Objective& objective, Tensor picture, int steps) {
    auto optimiser = make_pixel_optimiser("adam");
    for (int i = 0; i < steps; ++i)
        EXPECT_TRUE(
            optimiser->step(picture, 0.03, [&](const Tensor& x) { return objective.evaluate(x); }));
    return picture;
}

std::vector<Tensor> two_styles() {
    // A red one with broad waves and a blue one with narrow ones.
    const auto wave = [](double frequency) {
        return (torch::arange(96) * frequency).sin().mul(0.3).add(0.5).expand({1, 1, 96, 96});
    };
    const auto full = torch::full({1, 1, 96, 96}, 0.9), none = torch::full({1, 1, 96, 96}, 0.1);
    return {torch::cat({full, wave(0.2), none}, 1), torch::cat({none, wave(1.2), full}, 1)};
}

TEST(Masks, EachHalfComesClosestToItsOwnStyle) {
    const auto network = random_network("squeezenet", nn::Pooling::Average);
    const auto styles = two_styles();
    auto mask = torch::zeros({96, 128});
    mask.narrow(1, 0, 64).fill_(1);
    const auto start = torch::full({1, 3, 96, 128}, 0.5f);
    for (const char* loss : {"gram", "mean_cov"}) {
        Objective objective(network, nn::feature_registry().at("squeezenet"),
                            params_for("squeezenet", {{"style_loss", std::string(loss)},
                                                      {"content_weight", 0.0},
                                                      {"tv_weight", 0.0}}),
                            Pictures{start, styles, {mask, 1 - mask}});
        const auto result = refine(objective, start.clone(), 25);
        // Away from the seam, where both are seen.
        const auto left = distances(network, result, styles, 0, 48);
        const auto right = distances(network, result, styles, 80, 48);
        EXPECT_LT(left[0], 0.5 * left[1]) << loss;
        EXPECT_LT(right[1], 0.5 * right[0]) << loss;
    }
}

TEST(Masks, ARegionOfTwoPercentStillGetsItsStyle) {
    const auto network = random_network("squeezenet", nn::Pooling::Average);
    const auto styles = two_styles();
    auto mask = torch::zeros({112, 128});
    mask.narrow(0, 48, 17).narrow(1, 48, 17).fill_(1);  // 2.0 %
    const auto start = torch::full({1, 3, 112, 128}, 0.5f);
    Objective objective(network, nn::feature_registry().at("squeezenet"),
                        params_for("squeezenet", {{"content_weight", 0.0}, {"tv_weight", 0.0}}),
                        Pictures{start, styles, {mask, 1 - mask}});
    const auto result = refine(objective, start.clone(), 40);
    const auto mean = [&](std::int64_t channel, std::int64_t top, std::int64_t left) {
        return result[0][channel].narrow(0, top, 13).narrow(1, left, 13).mean().item<double>();
    };
    // Red inside, blue outside.
    EXPECT_GT(mean(0, 50, 50), mean(2, 50, 50) + 0.2);
    EXPECT_GT(mean(2, 90, 10), mean(0, 90, 10) + 0.2);
}

}  // namespace
}  // namespace pentimento::style
