// The numbers behind the plots: smoothing, gaps, marks, CSV, and size.
#include "ui/plots/curve_data.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QTemporaryDir>
#include <chrono>
#include <cmath>
#include <limits>

#include "ui/plots/metric_plot.h"

namespace pentimento::ui {
namespace {

const double kNaN = std::numeric_limits<double>::quiet_NaN();

std::vector<MetricSpec> specs() {
    return {{"loss", "Loss", "Lower is better.", "Losses"}, {"other", "Other", "", "Losses"}};
}

TEST(Smoother, IsTheWeightedMeanOfAllValues) {
    Smoother smoother(0.5);
    EXPECT_DOUBLE_EQ(smoother.next(4), 4);
    EXPECT_DOUBLE_EQ(smoother.next(1), (0.5 * 4 + 1) / 1.5);
    EXPECT_DOUBLE_EQ(smoother.next(2), (0.25 * 4 + 0.5 * 1 + 2) / 1.75);
}

TEST(Smoother, NoSmoothingChangesNothing) {
    Smoother smoother(0);
    for (const double value : {3.0, -1.0, 7.5}) EXPECT_DOUBLE_EQ(smoother.next(value), value);
}

TEST(CurveData, ConstantStaysConstantWhateverTheSmoothing) {
    CurveData data;
    data.set_metrics(specs());
    data.set_smoothing(0.97);
    for (int step = 1; step <= 50; ++step) data.append({{step, 0.0, {{"loss", 2.5}}}});
    for (const double value : data.curves()[0].smoothed) EXPECT_NEAR(value, 2.5, 1e-12);
}

TEST(CurveData, NotANumberLeavesAGapAndNothingElse) {
    CurveData data;
    data.set_metrics(specs());
    data.set_smoothing(0.5);
    data.append({{1, 0, {{"loss", 1}}},
                 {2, 0, {{"loss", kNaN}}},
                 {3, 0, {{"loss", std::numeric_limits<double>::infinity()}}},
                 {4, 0, {{"loss", 1}}}});
    const Curve& curve = data.curves()[0];
    ASSERT_EQ(curve.values.size(), 4u);
    EXPECT_TRUE(std::isnan(curve.values[1]) && std::isnan(curve.smoothed[1]));
    EXPECT_TRUE(std::isnan(curve.values[2])) << "infinity cannot be drawn either";
    EXPECT_DOUBLE_EQ(curve.smoothed[3], 1);
    EXPECT_EQ(data.to_csv(), "step,loss,other\n1,1,\n2,,\n3,,\n4,1,\n");
}

TEST(CurveData, NewSmoothingEqualsSmoothingFromTheStart) {
    CurveData early, late;
    for (CurveData* data : {&early, &late}) data->set_metrics(specs());
    early.set_smoothing(0.9);
    for (int step = 1; step < 100; ++step)
        for (CurveData* data : {&early, &late})
            data->append({{step, 0, {{"loss", std::sin(step)}}}});
    late.set_smoothing(0.9);
    EXPECT_EQ(early.curves()[0].smoothed, late.curves()[0].smoothed);
}

TEST(CurveData, RewindForgetsWhatCameAfter) {
    CurveData data;
    data.set_metrics(specs());
    for (int step = 1; step <= 10; ++step)
        data.append({{step, 0, {{"loss", static_cast<double>(step)}}}});
    data.append({Event{"edit", "Rate: 1 → 2", 3, Severity::Info, nullptr},
                 Event{"edit", "Rate: 2 → 3", 8, Severity::Info, nullptr}});
    data.rewind_to(5);
    EXPECT_EQ(data.curves()[0].steps.back(), 5);
    EXPECT_EQ(data.marks().size(), 1u);
    data.append({{6, 0, {{"loss", 60}}}});
    EXPECT_EQ(data.curves()[0].values.back(), 60);
}

TEST(CurveData, OnlyEditsBecomeMarksAndThoseOfOneStepOne) {
    CurveData data;
    data.set_metrics(specs());
    data.append({Event{"checkpoint", "Saved.", 4, Severity::Info, nullptr},
                 Event{"edit", "A: 1 → 2", 5, Severity::Info, nullptr},
                 Event{"edit", "B: 3 → 4", 5, Severity::Info, nullptr}});
    ASSERT_EQ(data.marks().size(), 1u);
    EXPECT_EQ(data.marks()[0].text, "A: 1 → 2\nB: 3 → 4");
}

TEST(CurveData, NearestFindsTheCloserNeighbour) {
    CurveData data;
    data.set_metrics(specs());
    EXPECT_FALSE(CurveData::nearest(data.curves()[0], 3));
    for (const int step : {10, 20, 30}) data.append({{step, 0, {{"loss", 0}}}});
    const Curve& curve = data.curves()[0];
    EXPECT_EQ(CurveData::nearest(curve, -5), 0u);
    EXPECT_EQ(CurveData::nearest(curve, 14), 0u);
    EXPECT_EQ(CurveData::nearest(curve, 16), 1u);
    EXPECT_EQ(CurveData::nearest(curve, 99), 2u);
}

TEST(CurveData, AHundredThousandPointsAreQuick) {
    CurveData data;
    data.set_metrics(specs());
    data.set_smoothing(0.9);
    const auto begin = std::chrono::steady_clock::now();
    for (int step = 1; step <= 100'000; ++step)
        data.append({{step, 0, {{"loss", 1.0 / step}, {"other", 0.5}}}});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(2));
    EXPECT_EQ(data.curves()[1].values.size(), 100'000u);
}

TEST(MetricPlot, ShowsExportsAndFollows) {
    MetricPlot plot(QStringLiteral("Losses"));
    plot.set_metrics(specs());
    plot.resize(500, 300);
    plot.show();
    for (int step = 1; step <= 300; ++step)
        plot.append({MetricRow{step, 0, {{"loss", 1.0 / step}, {"other", 0.5}}}});
    plot.append({Event{"edit", "Learning rate: 2e-4 → 1e-4", 150, Severity::Info, nullptr}});
    EXPECT_TRUE(plot.mark_text(151, 2).contains(QStringLiteral("at step 150")));
    EXPECT_TRUE(plot.mark_text(190, 2).isEmpty());
    EXPECT_TRUE(plot.follows());
    QTemporaryDir dir;
    for (const char* name : {"a.png", "a.pdf", "a.csv"}) {
        const QString path = dir.filePath(QLatin1String(name));
        ASSERT_TRUE(plot.export_to(path)) << name;
        EXPECT_GT(QFile(path).size(), 500) << name;
    }
    EXPECT_FALSE(plot.export_to(QStringLiteral("/nowhere/a.png")));
    EXPECT_FALSE(plot.export_to(dir.filePath(QStringLiteral("a.xyz"))));
}

}  // namespace
}  // namespace pentimento::ui
