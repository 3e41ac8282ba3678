// Declarations, validation, JSON and presets.
#include <gtest/gtest.h>

#include <limits>

#include "core/params/param_set.h"

namespace pentimento {
namespace {

const Param<double> kRate =
    Param<double>("rate", 2e-4).label("Rate").range(1e-7, 1).log_scale().live().alias("lr");
const Param<std::int64_t> kBatch = Param<std::int64_t>("batch", 64).label("Batch").range(1, 4096);
const Param<bool> kFlip = Param<bool>("flip", false).label("Flip");
const Param<std::string> kArch =
    Param<std::string>("arch", "dcgan").choice("fc", "FC").choice("dcgan", "DCGAN");
const Param<std::int64_t> kWidth =
    Param<std::int64_t>("width", 64).range(4, 512).when("arch", {"dcgan"});

Schema schema() {
    return Schema().add(kRate).add(kBatch).add(kFlip).add(kArch).add(kWidth);
}

TEST(Schema, DuplicatesAndBadDefaultsFailAtOnce) {
    EXPECT_THROW(schema().add(kRate), std::logic_error);
    EXPECT_THROW(schema().add(Param<bool>("other", true).alias("lr")), std::logic_error);
    EXPECT_THROW(schema().add(Param<double>("bad", 5).range(0, 1)), std::logic_error);
    EXPECT_THROW(schema().add(Param<std::string>("pick", "x").choice("a", "A")), std::logic_error);
}

TEST(ParamSet, DefaultsTypesAndAliases) {
    ParamSet params(schema());
    EXPECT_EQ(params.get(kRate), 2e-4);
    EXPECT_TRUE(params.set_text("lr", "1e-3"));
    EXPECT_EQ(params.get(kRate), 1e-3);
    EXPECT_TRUE(params.set("rate", std::int64_t{1})) << "int to double loses nothing";
    EXPECT_TRUE(params.set_text("batch", "1e2"));
    EXPECT_EQ(params.get(kBatch), 100);
    EXPECT_TRUE(params.set_text("flip", "yes"));
    EXPECT_TRUE(params.get(kFlip));
    EXPECT_THROW((void)params.value("nothing"), std::logic_error);
}

TEST(ParamSet, RefusalsSayWhatIsAllowedAndChangeNothing) {
    ParamSet params(schema());
    const ParamSet before = params;
    const auto message = [&](std::string_view id, std::string_view text) {
        const Status status = params.set_text(id, text);
        return status ? std::string() : status.error().message;
    };
    EXPECT_NE(message("rate", "2").find("1e-7 … 1"), std::string::npos);
    EXPECT_NE(message("rate", "nan"), "");
    EXPECT_NE(message("rate", "inf"), "");
    EXPECT_NE(message("rate", "0.1x"), "");
    EXPECT_NE(message("batch", "2.5"), "");
    EXPECT_NE(message("batch", "99999999999999999999"), "");
    EXPECT_NE(message("flip", "maybe"), "");
    EXPECT_NE(message("arch", "dcgam").find("did you mean 'dcgan'"), std::string::npos);
    EXPECT_NE(message("bach", "1").find("did you mean 'batch'"), std::string::npos);
    EXPECT_NE(message("flip", ""), "");
    EXPECT_FALSE(params.set("flip", 1.0));
    EXPECT_FALSE(params.set("batch", std::numeric_limits<double>::infinity()));
    EXPECT_TRUE(params == before);
}

TEST(ParamSet, AppliesPatchesAllOrNothing) {
    ParamSet params(schema());
    const ParamSet before = params;
    EXPECT_FALSE(params.apply({{"batch", std::int64_t{8}}, {"rate", 7.0}}));
    EXPECT_TRUE(params == before);
    EXPECT_TRUE(params.apply({{"batch", std::int64_t{8}}, {"rate", 0.5}}));
    ASSERT_EQ(params.difference_from(before).size(), 2u);
}

TEST(ParamSet, JsonRoundTripIsExactAndTolerantOfTheUnknown) {
    ParamSet params(schema());
    ASSERT_TRUE(params.apply({{"rate", 0.1 + 0.2}, {"arch", std::string("fc")}, {"flip", true}}));
    ParamSet copy(schema());
    const auto warnings = copy.from_json(*parse_json(params.to_json().dump(), "x"));
    ASSERT_TRUE(warnings);
    EXPECT_TRUE(warnings->empty());
    EXPECT_TRUE(copy == params);

    Json newer = params.to_json();
    newer["from_the_future"] = 1;
    EXPECT_EQ(copy.from_json(newer)->size(), 1u);
    for (const Json& bad : {Json(3), Json{{"rate", {1, 2}}}, Json{{"rate", "fast"}},
                            Json{{"batch", 1e300}}, Json{{"batch", UINT64_MAX}}}) {
        EXPECT_FALSE(copy.from_json(bad)) << bad.dump();
        EXPECT_TRUE(copy == params);
    }
}

TEST(ParamSet, TextRoundTripIsExact) {
    for (const double value : {2e-4, 1.0 / 3, 1e-7, 1.0}) {
        ParamSet params(schema());
        ASSERT_TRUE(params.set_text("rate", to_text(ParamValue(value))));
        EXPECT_EQ(params.get(kRate), value);
    }
}

TEST(ParamSet, ConditionsDecideWhatIsRelevant) {
    ParamSet params(schema());
    const ParamSpec& width = *params.schema().find("width");
    EXPECT_TRUE(params.relevant(width));
    ASSERT_TRUE(params.set_text("arch", "fc"));
    EXPECT_FALSE(params.relevant(width));
}

TEST(Preset, ResetsThenSets) {
    ParamSet params(schema());
    ASSERT_TRUE(params.set_text("flip", "on"));
    const Preset preset{"small", "Small", "", "", {{"batch", "16"}, {"lr", "1e-3"}}};
    ASSERT_TRUE(preset.apply_to(params));
    EXPECT_FALSE(params.get(kFlip));
    EXPECT_EQ(params.get(kBatch), 16);
    const ParamSet before = params;
    EXPECT_FALSE((Preset{"bad", "", "", "", {{"batch", "0"}}}.apply_to(params)));
    EXPECT_TRUE(params == before);
}

}  // namespace
}  // namespace pentimento
