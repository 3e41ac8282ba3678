// The table of runs: a valid model, what it shows, how it sorts, and what scanning a folder finds.
#include "ui/models/runs_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSortFilterProxyModel>
#include <QTemporaryDir>

#include "core/session/experiment.h"

namespace pentimento::ui {
namespace {

RunRow row(const char* name, qint64 steps, std::optional<double> loss, quint64 bytes) {
    RunRow made;
    made.name = QLatin1String(name);
    made.kind = QStringLiteral("gan");
    made.created = QDateTime(QDate(2026, 11, 23), QTime(12, 0), Qt::UTC).addSecs(steps);
    made.steps = steps;
    made.loss = loss;
    made.bytes = bytes;
    return made;
}

TEST(RunsModel, IsAValidModel) {
    RunsModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    EXPECT_EQ(model.rowCount(), 0);
    model.set_rows({row("a", 100, 0.5, 1000), row("b", 20, std::nullopt, 2'000'000)});
    EXPECT_EQ(model.rowCount(), 2);
    model.set_rows({});
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(RunsModel, SaysWhatPeopleRead) {
    RunsModel model;
    model.set_rows({row("emoji", 12345, 0.51234, 2'000'000)});
    const auto text = [&](int column) { return model.index(0, column).data().toString(); };
    EXPECT_EQ(text(RunsModel::Name), QStringLiteral("emoji"));
    EXPECT_EQ(text(RunsModel::Kind), QStringLiteral("GAN training"));
    EXPECT_EQ(text(RunsModel::Steps), QStringLiteral("12,345"));
    EXPECT_EQ(text(RunsModel::Loss), QStringLiteral("0.5123"));
    EXPECT_EQ(text(RunsModel::Size), QStringLiteral("2.0 MB"));
}

TEST(RunsModel, SortsNumbersAsNumbers) {
    RunsModel model;
    model.set_rows({row("a", 9, 0.9, 10), row("b", 100, std::nullopt, 2), row("c", 20, 0.1, 300)});
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(RunsModel::kSortRole);
    const auto order = [&](int column) {
        sorted.sort(column, Qt::AscendingOrder);
        QString names;
        for (int i = 0; i < 3; ++i) names += sorted.index(i, RunsModel::Name).data().toString();
        return names;
    };
    EXPECT_EQ(order(RunsModel::Steps), QStringLiteral("acb"));
    EXPECT_EQ(order(RunsModel::Loss), QStringLiteral("cab")) << "runs without a loss come last";
    EXPECT_EQ(order(RunsModel::Size), QStringLiteral("bac"));
    EXPECT_EQ(order(RunsModel::Created), QStringLiteral("acb"));
}

TEST(ScanRuns, FindsRunsWithTheirLastValues) {
    QTemporaryDir dir;
    const std::filesystem::path root = dir.path().toStdString();
    EXPECT_TRUE(scan_runs(root / "nothing").empty());
    RunInfo info{"gan",
                 "emoji",
                 "2026-11-23T12:00:00Z",
                 Json::object(),
                 {{"dataset", "/data/emoji-32.pack"}},
                 nullptr};
    auto experiment = Experiment::create(root / "one", info);
    ASSERT_TRUE(experiment);
    ASSERT_TRUE(experiment->append_metrics({7, 1.0, {{"loss_g", 0.25}}}));
    const auto rows = scan_runs(root);
    ASSERT_EQ(rows.size(), 1u);
    EXPECT_EQ(rows[0].name, QStringLiteral("emoji"));
    EXPECT_EQ(rows[0].source, QStringLiteral("emoji-32"));
    EXPECT_EQ(rows[0].steps, 7);
    EXPECT_EQ(rows[0].loss, 0.25);
    EXPECT_GT(rows[0].bytes, 50u);
    EXPECT_TRUE(rows[0].thumbnail.isNull());
}

}  // namespace
}  // namespace pentimento::ui
