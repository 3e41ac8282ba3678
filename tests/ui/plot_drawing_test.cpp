// How plots are drawn: lines as columns of pixels, marks, when a picture would change, and the
// queue of plots that want to be drawn again.
#include <gtest/gtest.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QPainter>
#include <QTest>
#include <chrono>
#include <cmath>
#include <limits>

#include "tests/ui/fake_run.h"
#include "ui/plots/curve_graph.h"
#include "ui/plots/line_columns.h"
#include "ui/plots/mark_lines.h"
#include "ui/plots/metric_plot.h"
#include "ui/stall_watch.h"
#include "ui/theme.h"

namespace pentimento::ui {
namespace {

using test::wait_for;

const double kNaN = std::numeric_limits<double>::quiet_NaN();
const QRect kArea(0, 0, 100, 100);

std::vector<LineColumns::Column> columns_of(const std::vector<QPointF>& line, double width = 2,
                                            const QRect& area = kArea) {
    LineColumns columns(area, width);
    for (const QPointF& point : line) columns.add(point.x(), point.y());
    return columns.covered();
}

double covered(const LineColumns::Column& column) {
    double sum = 0;
    for (int y = -300; y < 300; ++y) sum += cover(column, y);
    return sum;
}

TEST(LineColumns, AFlatLineIsAsHighAsItIsWide) {
    const auto columns = columns_of({{0, 50}, {99.5, 50}});
    ASSERT_EQ(columns.size(), 100u);
    for (std::size_t i = 0; i < columns.size(); ++i) {
        EXPECT_EQ(columns[i].x, static_cast<int>(i));
        EXPECT_EQ(columns[i].top, 49);
        EXPECT_EQ(columns[i].bottom, 51);
        EXPECT_EQ(cover(columns[i], 48), 0);
        EXPECT_EQ(cover(columns[i], 49), 1);
        EXPECT_EQ(cover(columns[i], 50), 1);
        EXPECT_EQ(cover(columns[i], 51), 0);
    }
    const auto between = columns_of({{0, 50.25}, {99.5, 50.25}})[7];
    EXPECT_DOUBLE_EQ(cover(between, 49), 0.75);
    EXPECT_DOUBLE_EQ(cover(between, 50), 1);
    EXPECT_DOUBLE_EQ(cover(between, 51), 0.25);
}

TEST(LineColumns, ASlantedLineCoversAsMuchAsItIsWideAlongIt) {
    for (const double slope : {0.5, 1.0, 3.0, 6.0}) {
        const auto columns =
            columns_of({{10, 20}, {40, 20 + 30 * slope}}, 2, QRect(0, 0, 100, 300));
        for (std::size_t i = 12; i < 18; ++i) {
            EXPECT_NEAR(covered(columns[i]), 2 * std::hypot(1, slope), 0.1) << slope;
            EXPECT_NEAR((columns[i].top + columns[i].bottom) / 2, 20 + slope * (i + 0.5), 1e-9);
        }
    }
}

TEST(LineColumns, ASteepLineIsConnected) {
    const auto columns = columns_of({{10, 5}, {12.5, 95}});
    ASSERT_EQ(columns.size(), 3u);
    for (std::size_t i = 1; i < columns.size(); ++i)
        EXPECT_LE(columns[i].top, columns[i - 1].bottom);
}

TEST(LineColumns, NothingGoesBeyondATurn) {
    for (const auto& column : columns_of({{10, 80}, {20.5, 20}, {31, 80}}))
        for (int y = 0; y < 18; ++y) EXPECT_EQ(cover(column, y), 0) << column.x << ", " << y;
}

TEST(LineColumns, ManyPointsOfOneColumnCoverFromTheHighestToTheLowest) {
    const auto columns = columns_of({{5.1, 40}, {5.2, 10}, {5.7, 90}, {5.9, 50}});
    ASSERT_EQ(columns.size(), 1u);
    EXPECT_EQ(columns[0].x, 5);
    EXPECT_EQ(columns[0].top, 9);
    EXPECT_EQ(columns[0].bottom, 91);
}

TEST(LineColumns, NotANumberIsAGapAndALonePointADot) {
    const auto columns =
        columns_of({{10, 50}, {12, 50}, {15, kNaN}, {20.5, 30}, {25, kNaN}, {30, 50}, {31, 50}});
    std::vector<int> at;
    for (const auto& column : columns) at.push_back(column.x);
    EXPECT_EQ(at, (std::vector<int>{10, 11, 12, 20, 30, 31}));
    EXPECT_EQ(columns[3].top, 29);
    EXPECT_EQ(columns[3].bottom, 31);
}

TEST(LineColumns, WhatComesFromOutsideAndGoesThereIsCutOff) {
    const auto columns = columns_of({{-1e9, 50}, {1e9, 50}}, 2, QRect(20, 0, 30, 100));
    ASSERT_EQ(columns.size(), 30u);
    EXPECT_EQ(columns.front().x, 20);
    EXPECT_EQ(columns.back().x, 49);
    EXPECT_NEAR(columns[7].top, 49, 1e-6);
    for (const auto& column : columns_of({{10, -1e12}, {11, 1e12}})) {
        EXPECT_GE(column.top, -10);
        EXPECT_LE(column.bottom, 110);
    }
}

/// What QPainter makes of the same line with anti-aliasing.
TEST(LineColumns, CoversWhatAPainterCovers) {
    std::vector<QPointF> line;
    for (int i = 0; i <= 50; ++i) line.emplace_back(2.0 * i, 50 + 30 * std::sin(i * 0.25));
    QImage wanted(100, 100, QImage::Format_Grayscale8);
    wanted.fill(0);
    QPainter painter(&wanted);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(Qt::white, 1.6));
    painter.drawPolyline(line.data(), static_cast<int>(line.size()));
    painter.end();
    double own = 0, theirs = 0, difference = 0;
    for (const auto& column : columns_of(line, 1.6)) {
        if (column.x < 1 || column.x > 98) continue;
        for (int y = 0; y < 100; ++y) {
            const double a = cover(column, y), b = wanted.pixelColor(column.x, y).lightnessF();
            own += a;
            theirs += b;
            difference += std::abs(a - b);
        }
    }
    EXPECT_NEAR(own, theirs, 0.03 * theirs);
    EXPECT_LT(difference, 0.15 * theirs);
}

TEST(CurveChanges, OnlyWhatCanBeSeen) {
    const std::vector<double> steps = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};
    std::vector<double> values = {0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0.5};
    CurveData::View view{.to = 9, .step_pixel = 4, .value_pixel = 0.1, .follows = true};
    EXPECT_FALSE(CurveData::changes(steps, values, 11, view)) << "nothing new";
    EXPECT_TRUE(CurveData::changes(steps, values, 0, view)) << "the first values";
    EXPECT_FALSE(CurveData::changes(steps, values, 10, view)) << "among those of its column";
    values.back() = 1.04;
    EXPECT_FALSE(CurveData::changes(steps, values, 10, view)) << "less than half a pixel higher";
    values.back() = 1.2;
    EXPECT_TRUE(CurveData::changes(steps, values, 10, view)) << "higher than its column";
    values.back() = kNaN;
    EXPECT_FALSE(CurveData::changes(steps, values, 10, view));
    values.back() = 0.5;
    view.step_pixel = 1;
    EXPECT_TRUE(CurveData::changes(steps, values, 10, view)) << "a column of its own";
    view.follows = false;
    EXPECT_FALSE(CurveData::changes(steps, values, 11, view));
    EXPECT_TRUE(CurveData::changes(steps, values, 10, view)) << "the line that leaves the view";
    view.to = 5;
    EXPECT_FALSE(CurveData::changes(steps, values, 10, view)) << "beyond what is looked at";
}

TEST(CurvesOf, AreWhatAppendingGives) {
    const std::vector<MetricSpec> specs = {{"a", "A", "", "P"}, {"b", "B", "", "P"}};
    std::vector<MetricRow> rows;
    for (std::int64_t i = 1; i <= 50; ++i) {
        MetricRow row{i, 0, {{"x", 0}, {"a", std::sin(static_cast<double>(i))}}};
        if (i % 3 == 0)
            row.metrics.insert(row.metrics.begin(), {"b", 1.0 * static_cast<double>(i)});
        rows.push_back(std::move(row));
    }
    CurveData appended, adopted;
    for (CurveData* data : {&appended, &adopted}) {
        data->set_metrics(specs);
        data->set_smoothing(0.8);
    }
    for (const MetricRow& row : rows) appended.append({row});
    adopted.set_curves(curves_of(specs, rows, 0.5));  // plots smooth as they are set
    appended.append({{51, 0, {{"a", 3}}}});
    adopted.append({{51, 0, {{"a", 3}}}});
    for (std::size_t c = 0; c < 2; ++c) {
        EXPECT_EQ(adopted.curves()[c].steps, appended.curves()[c].steps);
        EXPECT_EQ(adopted.curves()[c].values, appended.curves()[c].values);
        EXPECT_EQ(adopted.curves()[c].smoothed, appended.curves()[c].smoothed);
    }
    EXPECT_EQ(appended.curves()[1].values.size(), 16u);
}

class PlotDrawing : public testing::Test {
  protected:
    PlotDrawing() : plot(QStringLiteral("Losses")) {
        plot.resize(600, 300);
        plot.set_metrics({{"loss", "Loss", "", "Losses"}, {"other", "Other", "", "Losses"}});
        plot.show();
    }
    QCustomPlot& canvas() { return *plot.findChild<QCustomPlot*>(); }
    void add(int from, int to) {
        std::vector<MetricRow> rows;
        for (int i = from; i <= to; ++i)
            rows.push_back({i, 0, {{"loss", 1 + (i % 7) / 7.0}, {"other", 0.5}}});
        plot.append(rows);
    }
    /// Pixels of the plot's area in this colour.
    int pixels_of(const QColor& color) {
        const QImage picture = canvas().grab().toImage();
        int found = 0;
        for (int y = 0; y < picture.height(); ++y)
            for (int x = 0; x < picture.width(); ++x) found += picture.pixel(x, y) == color.rgb();
        return found;
    }

    MetricPlot plot;
};

TEST_F(PlotDrawing, CurvesAreDrawnInTheirColoursAndFollowTheTheme) {
    add(1, 200);
    QTest::qWait(100);
    for (const auto mode : {theme::Mode::Dark, theme::Mode::Light}) {
        theme::set_mode(mode);
        QTest::qWait(50);
        EXPECT_GT(pixels_of(theme::colors().curves[0]), 200);
        EXPECT_GT(pixels_of(theme::colors().curves[1]), 200);
    }
    theme::set_mode(theme::Mode::System);
}

TEST_F(PlotDrawing, AValueThatCannotBeSeenIsNotDrawnAndOneThatCanIs) {
    add(1, 50'000);
    QTest::qWait(150);
    int drawn = 0;
    QObject::connect(&canvas(), &QCustomPlot::afterReplot, &plot, [&] { ++drawn; });
    for (int i = 1; i <= 10; ++i) {
        add(50'000 + i, 50'000 + i);
        QTest::qWait(40);
    }
    EXPECT_EQ(drawn, 0) << "ten steps of 50,000 are a tenth of a pixel";
    plot.append({{50'011, 0, {{"loss", 9}}}});
    ASSERT_TRUE(wait_for([&] { return drawn > 0; }));
    EXPECT_GT(canvas().yAxis->range().upper, 9);
}

TEST_F(PlotDrawing, WhatCameWhileSomebodyLookedElsewhereIsThereOnReturn) {
    add(1, 100);
    QTest::qWait(100);
    Q_EMIT canvas().mouseWheel(nullptr);  // as when it is zoomed
    canvas().xAxis->setRange(10, 20);
    add(101, 200);
    QTest::qWait(100);
    EXPECT_FALSE(plot.follows());
    EXPECT_EQ(canvas().xAxis->range().upper, 20) << "a view that was chosen stays";
    plot.reset_view();
    QTest::qWait(100);
    EXPECT_EQ(canvas().xAxis->range().upper, 200);
}

TEST_F(PlotDrawing, MarksThatStandTooCloseAreOneLine) {
    auto& marks = *new MarkLines(&canvas());  // the plot's
    canvas().xAxis->setRange(0, 1000);
    canvas().replot();
    for (int step = 0; step < 1000; ++step) marks.add(step);
    const auto shown = marks.shown();
    EXPECT_GT(shown.size(), 50u);
    EXPECT_LT(shown.size(), 160u) << "a line each would be a grey wall";
    for (std::size_t i = 1; i < shown.size(); ++i)
        EXPECT_GE(shown[i] - shown[i - 1], MarkLines::kApart);
    canvas().xAxis->setRange(500, 510);
    canvas().replot();
    EXPECT_EQ(marks.shown().size(), 11u) << "near by, each can be seen";
}

TEST_F(PlotDrawing, TwelveLongPlotsKeepNobodyWaiting) {
    std::vector<std::unique_ptr<MetricPlot>> plots;
    std::vector<MetricRow> rows;
    for (int i = 1; i <= 100'000; ++i)
        rows.push_back({i, 0, {{"a", std::sin(1.0 * i * i)}, {"b", std::cos(1.0 * i * i)}}});
    const std::vector<MetricSpec> specs = {{"a", "A", "", "P"}, {"b", "B", "", "P"}};
    const auto curves = curves_of(specs, rows, 0.6);
    for (int i = 0; i < 12; ++i) {
        auto& one = *plots.emplace_back(std::make_unique<MetricPlot>(QStringLiteral("P")));
        one.set_metrics(specs);
        one.set_smoothing(0.6);
        one.set_curves(curves);
        one.resize(500, 200);
        one.show();
    }
    QTest::qWait(500);
    // What all of them take in a row, on this machine and in this build.
    QElapsedTimer clock;
    clock.start();
    for (auto& one : plots) {
        one->resize(510, 210);
        one->draw();
    }
    const qint64 all = clock.elapsed();
    QTest::qWait(200);
    StallWatch watch;
    for (auto& one : plots) one->resize(520, 220);
    theme::set_mode(theme::Mode::Dark);
    int drawn = 0;
    for (auto& one : plots)
        QObject::connect(one->findChild<QCustomPlot*>(), &QCustomPlot::afterReplot, one.get(),
                         [&] { ++drawn; });
    ASSERT_TRUE(wait_for([&] { return drawn >= 12; }));
    EXPECT_LT(watch.longest_stall(), 100 + all / 2);
    theme::set_mode(theme::Mode::System);
}

}  // namespace
}  // namespace pentimento::ui
