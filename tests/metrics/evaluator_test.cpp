// The whole evaluation, as training uses it: real, copied, collapsed and spoiled pictures.
#include "core/metrics/evaluator.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/tensor/batch.h"
#include "tests/metrics/shapes.h"
#include "tests/temp_dir.h"

namespace pentimento::metrics {
namespace {

torch::Tensor quantised(const torch::Tensor& pictures) {
    return ((pictures.clamp(-1, 1) + 1) * 127.5).round().to(torch::kUInt8);
}

class EvaluatorTest : public testing::Test {
  protected:
    static constexpr std::int64_t kCount = 150, kSize = 16;

    void SetUp() override { data_ = pack(shapes(kCount, kSize, 1)); }

    PackedDataset pack(const torch::Tensor& pictures) {
        const auto path = dir_ / (std::to_string(packs_++) + ".pack");
        const auto bytes = quantised(pictures).permute({0, 2, 3, 1}).contiguous();
        auto writer = PackWriter::create(path, static_cast<int>(pictures.size(3)),
                                         static_cast<int>(pictures.size(2)),
                                         static_cast<int>(pictures.size(1)));
        EXPECT_TRUE(writer);
        const auto size = static_cast<std::size_t>(bytes[0].numel());
        for (std::int64_t i = 0; i < bytes.size(0); ++i)
            EXPECT_TRUE(writer->add({bytes[i].data_ptr<std::uint8_t>(), size}, -1, "shape"));
        EXPECT_TRUE(writer->finish({.name = "shapes"}));
        return *PackedDataset::open(path);
    }
    Evaluator evaluator(EvaluatorSettings settings = {.real_count = 120}) {
        auto made = Evaluator::create(*data_, make_filter_bank(), settings);
        EXPECT_TRUE(made) << made.error().message;
        return std::move(*made);
    }
    torch::Tensor real(std::int64_t first, std::int64_t count) const {
        std::vector<Draw> draws;
        for (std::int64_t i = 0; i < count; ++i) draws.push_back({first + i, false});
        return tensor::load_batch(*data_, draws, torch::kCPU);
    }

    TempDir dir_;
    int packs_ = 0;
    std::optional<PackedDataset> data_;
};

TEST_F(EvaluatorTest, OfUnseenRealPicturesIsSound) {
    const auto found = evaluator().evaluate(shapes(120, kSize, 2));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_LT(std::abs(found->kid), 4 * found->kid_error);
    EXPECT_GT(found->precision, 0.8);
    EXPECT_GT(found->recall, 0.8);
    EXPECT_NEAR(found->diversity, 1, 0.05);
    EXPECT_NEAR(found->nearest_ratio, 1, 0.15);
    EXPECT_EQ(found->real_count, 120);
    EXPECT_EQ(found->generated_count, 120);
    EXPECT_EQ(found->searched_count, kCount);
    EXPECT_EQ(found->features, make_filter_bank()->name());
    EXPECT_FALSE(found->fid_comparable);
    EXPECT_NE(found->fid_note.find("Not comparable"), std::string::npos);
    EXPECT_GT(found->seconds, 0);
}

TEST_F(EvaluatorTest, OfCopiesShowsThemBehindGoodFigures) {
    const auto found = evaluator().evaluate(real(0, 120));
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_LT(found->nearest_ratio, 0.01);
    EXPECT_GT(found->precision, 0.9);
    // Copies that no comparison set holds are found too, since more is searched than compared with.
    const auto few = evaluator({.real_count = 20}).evaluate(real(0, 120));
    ASSERT_TRUE(few);
    EXPECT_LT(few->nearest_ratio, 0.01);
    // Mirror images are copies only where training mirrors.
    const auto mirrored = real(0, 100).flip({3});
    EXPECT_GT(evaluator().evaluate(mirrored)->nearest_ratio, 0.3);
    EXPECT_LT(evaluator({.real_count = 120, .mirrored = true}).evaluate(mirrored)->nearest_ratio,
              0.01);
}

TEST_F(EvaluatorTest, OfACollapseLosesDiversityAndRecallButNotPrecision) {
    const auto few = shapes(4, kSize, 3).repeat({30, 1, 1, 1}) +
                     torch::linspace(-0.02, 0.02, 120).view({120, 1, 1, 1});
    const auto found = evaluator().evaluate(few);
    ASSERT_TRUE(found) << found.error().message;
    const auto sound = evaluator().evaluate(shapes(120, kSize, 2));
    EXPECT_LT(found->diversity, 0.9 * sound->diversity);
    EXPECT_LT(found->recall, 0.2);
    EXPECT_GT(found->kid, 5 * found->kid_error);
    EXPECT_EQ(evaluator().evaluate(shapes(1, kSize, 3).expand({50, -1, -1, -1}))->diversity, 0);
}

TEST_F(EvaluatorTest, GetsWorseWithTheDamage) {
    const auto judge = evaluator();
    const auto pictures = shapes(120, kSize, 2);
    for (const char* name : {"blur", "noise", "colour"}) {
        double kid = -1, fid = 0;
        for (const double strength : {0.0, 0.3, 0.6, 1.0}) {
            const auto found = judge.evaluate(damages().at(name)(pictures, strength));
            ASSERT_TRUE(found) << found.error().message;
            EXPECT_GT(found->kid, kid) << name << strength;
            EXPECT_GT(found->fid, fid) << name << strength;
            kid = found->kid;
            fid = found->fid;
        }
    }
    EXPECT_LT(judge.evaluate(torch::zeros_like(pictures))->precision, 0.05);
}

TEST_F(EvaluatorTest, RepeatsItselfAndWorksInPortions) {
    const auto judge = evaluator();
    const auto pictures = shapes(100, kSize, 4);
    const auto state = at::globalContext().defaultGenerator(torch::kCPU).current_seed();
    const auto first = judge.evaluate(pictures), second = judge.evaluate(pictures);
    ASSERT_TRUE(first && second);
    EXPECT_EQ(first->kid, second->kid);
    EXPECT_EQ(first->kid_error, second->kid_error);
    EXPECT_EQ(first->fid, second->fid);
    EXPECT_EQ(at::globalContext().defaultGenerator(torch::kCPU).current_seed(), state);
    const auto halves = torch::cat({judge.features().extract(pictures.slice(0, 0, 64)),
                                    judge.features().extract(pictures.slice(0, 64))});
    EXPECT_NEAR(judge.evaluate_features(halves)->kid, first->kid, 1e-6);
}

TEST_F(EvaluatorTest, RefusesWhatCannotBeMeasured) {
    const auto judge = evaluator();
    auto broken = shapes(20, kSize, 5);
    broken[3][0][2][2] = NAN;
    const auto numeric = judge.evaluate(broken);
    ASSERT_FALSE(numeric);
    EXPECT_EQ(numeric.error().code, ErrorCode::Numeric);
    EXPECT_FALSE(judge.evaluate(shapes(4, kSize, 5)));
    EXPECT_TRUE(judge.evaluate(shapes(5, kSize, 5)));
    EXPECT_FALSE(judge.evaluate(torch::zeros({20, 2, kSize, kSize})));
    EXPECT_FALSE(judge.evaluate(torch::zeros({20, kSize})));

    const auto few = pack(shapes(4, kSize, 1));
    const auto refused = Evaluator::create(few, make_filter_bank());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::InvalidArgument);
    EXPECT_FALSE(Evaluator::create(*data_, make_filter_bank(), {.real_count = 2}));
    EXPECT_FALSE(Evaluator::create(*data_, make_filter_bank(), {.neighbours = 0}));

    double share = 0;
    const auto cancelled = Evaluator::create(*data_, make_filter_bank(), {}, [&](double done) {
        share = done;
        return false;
    });
    ASSERT_FALSE(cancelled);
    EXPECT_EQ(cancelled.error().code, ErrorCode::Cancelled);
    EXPECT_GT(share, 0);
}

TEST_F(EvaluatorTest, FiguresWithoutValueAreNotNumbers) {
    const auto same = pack(shapes(1, kSize, 1).expand({20, -1, -1, -1}));
    const auto judge = Evaluator::create(same, make_filter_bank());
    ASSERT_TRUE(judge) << judge.error().message;
    const auto found = judge->evaluate(shapes(20, kSize, 2));
    ASSERT_TRUE(found);
    EXPECT_TRUE(std::isnan(found->diversity));
    EXPECT_TRUE(std::isnan(found->nearest_ratio));
    EXPECT_EQ(found->precision, 0);
    const auto grey = pack(shapes(40, kSize, 1).mean(1, true));
    EXPECT_TRUE(
        Evaluator::create(grey, make_filter_bank())->evaluate(shapes(20, kSize, 2).mean(1, true)));
}

}  // namespace
}  // namespace pentimento::metrics
