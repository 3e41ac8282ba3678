// Colour keeping, starts, the schedule of sizes, and the forecast.
#include "core/style/colour.h"

#include <numeric>

#include "core/style/forecast.h"
#include "core/style/params.h"
#include "core/style/scales.h"
#include "core/style/start.h"
#include "tests/style/tiny_network.h"

namespace pentimento::style {
namespace {

using torch::Tensor;

Tensor picture(std::uint64_t seed, double low, double high) {
    torch::manual_seed(seed);
    return torch::rand({1, 3, 20, 30}) * (high - low) + low;
}

Tensor luma_of(const Tensor& p) {
    return p[0][0] * 0.299 + p[0][1] * 0.587 + p[0][2] * 0.114;
}

TEST(Colour, LumaIsThatOfTheResult) {
    const auto result = picture(1, 0, 1), content = picture(2, 0, 1);
    const auto kept = keep_colour("luma", result, content);
    EXPECT_LT((luma_of(kept) - luma_of(result)).abs().max().item<float>(), 1e-5);
    EXPECT_GE(kept.min().item<float>(), -1e-6);
    EXPECT_LE(kept.max().item<float>(), 1 + 1e-6);
    // Of moderate colours the whole chroma is the content's.
    const auto soft = keep_colour("luma", picture(1, 0.45, 0.55), picture(2, 0.4, 0.6));
    const auto chroma = [](const Tensor& p) { return p[0] - luma_of(p); };
    EXPECT_TRUE(torch::allclose(chroma(soft), chroma(picture(2, 0.4, 0.6)), 0, 1e-5));
    EXPECT_TRUE(torch::allclose(keep_colour("luma", content, content), content, 0, 1e-5));
}

TEST(Colour, OkLabByItsAuthorsValuesAndBack) {
    // Ottosson's page: white is (1, 0, 0); red is (0.628, 0.225, 0.126).
    const auto at = [](float r, float g, float b) {
        return to_oklab(torch::tensor({r, g, b}).view({1, 3, 1, 1})).view({3});
    };
    EXPECT_TRUE(torch::allclose(at(1, 1, 1), torch::tensor({1.f, 0.f, 0.f}), 0, 1e-3));
    EXPECT_TRUE(torch::allclose(at(1, 0, 0), torch::tensor({0.628f, 0.225f, 0.126f}), 0, 1e-3));
    const auto p = picture(3, 0, 1);
    EXPECT_TRUE(torch::allclose(from_oklab(to_oklab(p)), p, 0, 2e-3));
}

TEST(Colour, OkLabKeepsLightnessAndHue) {
    const auto result = picture(1, 0.3, 0.7), content = picture(2, 0.4, 0.6);
    const auto kept = to_oklab(keep_colour("oklab", result, content));
    EXPECT_LT((kept - to_oklab(result)).narrow(1, 0, 1).abs().max().item<float>(), 0.02);
    EXPECT_LT((kept - to_oklab(content)).narrow(1, 1, 2).abs().mean().item<float>(), 0.01);
    // Colours that do not exist at that lightness stay within the range.
    const auto hard = keep_colour("oklab", picture(1, 0, 1), picture(2, 0, 1));
    EXPECT_TRUE(torch::isfinite(hard).all().item<bool>());
    EXPECT_GE(hard.min().item<float>(), 0);
    EXPECT_LE(hard.max().item<float>(), 1);
}

TEST(Colour, MeanAndCovarianceBecomeTheContents) {
    const auto result = picture(1, 0.4, 0.6);
    auto content = picture(2, 0.35, 0.65);
    content.select(1, 2) = content.select(1, 0) * 0.5 + content.select(1, 2) * 0.2 + 0.1;
    const auto [mean, covariance] = colour_statistics(keep_colour("mean_cov", result, content));
    const auto [wanted_mean, wanted] = colour_statistics(content);
    EXPECT_TRUE(torch::allclose(mean, wanted_mean, 0, 1e-4));
    EXPECT_TRUE(torch::allclose(covariance, wanted, 1e-2, 1e-5));
    // One colour only: nothing to stretch, nothing infinite.
    const auto flat = keep_colour("mean_cov", torch::full({1, 3, 4, 4}, 0.3f), content);
    EXPECT_TRUE(torch::isfinite(flat).all().item<bool>());
    EXPECT_TRUE(torch::equal(keep_colour("none", result, content), result));
    EXPECT_THROW(keep_colour("nonsense", result, content), std::invalid_argument);
}

TEST(Start, StatisticsAreThoseOfTheStyles) {
    ParamSet params(schema());
    ASSERT_TRUE(params.apply({{"init", std::string("statistics")}}));
    const auto content = torch::rand({1, 3, 60, 70});
    const auto style = picture(4, 0.3, 0.5);
    const auto made = first_picture(params, {}, content, {style});
    ASSERT_TRUE(made);
    const auto [mean, covariance] = colour_statistics(*made);
    const auto [wanted_mean, wanted] = colour_statistics(style);
    EXPECT_TRUE(torch::allclose(mean, wanted_mean, 0, 0.01));
    EXPECT_TRUE(torch::allclose(covariance, wanted, 0.2, 3e-4));
    ASSERT_TRUE(params.apply({{"init", std::string("content_noise")}}));
    const auto loose = first_picture(params, {}, content, {style});
    ASSERT_TRUE(loose);
    const auto off = (*loose - content).abs().mean().item<double>();
    EXPECT_GT(off, 0.03);
    EXPECT_LT(off, 0.12);
}

TEST(Scales, GrowByTheRootOfTwo) {
    ParamSet params(schema());
    ASSERT_TRUE(params.apply({{"size", std::int64_t{512}}}));
    EXPECT_EQ(scale_edges(params, 32), (std::vector<int>{128, 181, 256, 362, 512}));
    EXPECT_EQ(scale_edges(params, 150), (std::vector<int>{181, 256, 362, 512}));
    ASSERT_TRUE(params.apply({{"size", std::int64_t{130}}}));
    EXPECT_EQ(scale_edges(params, 32), std::vector<int>{130});
    ASSERT_TRUE(params.apply({{"size", std::int64_t{512}}, {"scales", std::string("one")}}));
    EXPECT_EQ(scale_edges(params, 32), std::vector<int>{512});
}

TEST(Scales, ShareTheSteps) {
    ParamSet params(schema());
    ASSERT_TRUE(params.apply({{"steps", std::int64_t{600}}}));
    using Ends = std::vector<std::int64_t>;
    EXPECT_EQ(scale_ends(params, 5), (Ends{200, 300, 400, 500, 600}));
    EXPECT_EQ(scale_ends(params, 1), Ends{600});
    ASSERT_TRUE(params.apply({{"steps_per_scale", std::int64_t{50}}}));
    EXPECT_EQ(scale_ends(params, 5), (Ends{50, 100, 150, 200, 600}));
    ASSERT_TRUE(params.apply({{"steps_per_scale", std::int64_t{500}}}));
    EXPECT_EQ(scale_ends(params, 3), (Ends{500, 599, 600}));
    ASSERT_TRUE(params.apply({{"steps", std::int64_t{2}}}));
    EXPECT_EQ(scale_ends(params, 4), (Ends{0, 0, 1, 2}));
}

TEST(ForecastTest, GrowsWithThePictureAndTilesBoundIt) {
    ParamSet params(schema());
    ASSERT_TRUE(params.apply({{"features", std::string("squeezenet")},
                              {"size", std::int64_t{256}},
                              {"threads", std::int64_t{1}}}));
    const auto small = forecast(params, 300, 200);
    ASSERT_TRUE(small) << small.error().message;
    EXPECT_EQ(small->width, 256);
    EXPECT_EQ(small->height, 171);
    EXPECT_EQ(small->tile, 0);
    EXPECT_GT(small->seconds, 0);
    EXPECT_GT(small->available_bytes, 0);
    ASSERT_TRUE(params.apply({{"size", std::int64_t{2048}}}));
    const auto large = forecast(params, 300, 200);
    EXPECT_GT(large->memory_bytes, 3 * small->memory_bytes);
    EXPECT_GT(large->seconds, 20 * small->seconds);
    ASSERT_TRUE(params.apply({{"tile", std::int64_t{256}}, {"scales", std::string("growing")}}));
    const auto tiled = forecast(params, 300, 200);
    EXPECT_LT(tiled->memory_bytes, large->memory_bytes / 2);
    EXPECT_EQ(tiled->edges.size(), 9u);
    const auto text = describe(*tiled);
    for (const char* part : {"2048 × 1365 px", "9 sizes from 128 px", "tiles of 256 px", "memory"})
        EXPECT_NE(text.find(part), std::string::npos) << text;
    EXPECT_FALSE(forecast(params, 0, 200));
}

TEST(ForecastTest, ChoosesTilesOnlyWhenThePictureDoesNotFit) {
    ParamSet params(schema());
    ASSERT_TRUE(params.apply({{"features", std::string("squeezenet")}}));
    const auto& definition = nn::feature_registry().at("squeezenet");
    std::map<std::string, Tensor> weights;
    for (const auto& [name, tensor] : random_weights("squeezenet")) weights.emplace(name, tensor);
    const nn::FeatureNetwork network(nn::torchvision_preprocessing(),
                                     definition.build(weights, nn::Pooling::Max), torch::kCPU);
    const auto choose = [&](std::int64_t available) {
        return choose_tile(network, definition, params, 4096, 4096, available);
    };
    EXPECT_EQ(choose(std::int64_t{100} << 30), 0);
    const auto tile = choose(std::int64_t{4} << 30);
    EXPECT_GT(tile, 0);
    EXPECT_EQ(tile % 16, 0);
    EXPECT_LE(choose(std::int64_t{1} << 30), tile);
    ASSERT_TRUE(params.apply({{"tile", std::int64_t{512}}}));
    EXPECT_EQ(choose(std::int64_t{100} << 30), 512) << "what was asked for";
}

}  // namespace
}  // namespace pentimento::style
