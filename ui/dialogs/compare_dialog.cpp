// The comparison on the screen.
#include "ui/dialogs/compare_dialog.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSplitter>
#include <QTableWidget>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "ui/models/comparison_curves.h"
#include "ui/plots/plot_deck.h"
#include "ui/theme.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

constexpr int kPlotsLater = 20;  // ms

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

/// The run's colour in all plots.
QIcon dot(std::size_t run) {
    QPixmap pixmap(24, 24);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    const auto& curves = theme::colors().curves;
    painter.setBrush(curves[static_cast<qsizetype>(run) % curves.size()]);
    painter.drawEllipse(QPointF(6, 6), 5, 5);
    return QIcon(pixmap);
}

QFrame* panel(const QString& title, QVBoxLayout*& column) {
    auto* frame = new QFrame;
    theme::set_role(frame, "panel");
    column = new QVBoxLayout(frame);
    column->setContentsMargins(12, 10, 12, 10);
    auto* heading = new QLabel(title);
    theme::set_role(heading, "subheading");
    column->addWidget(heading);
    return frame;
}

std::int64_t last_step(const RunComparison& comparison, std::size_t run) {
    std::int64_t last = 0;
    for (const RunComparison::Series& series : comparison.series)
        if (run < series.points.size() && !series.points[run].empty())
            last = std::max(last, series.points[run].back().step);
    return last;
}

}  // namespace

Result<ComparedRuns> load_comparison(const std::vector<std::filesystem::path>& directories) {
    auto comparison = compare_runs(directories);
    if (!comparison) return comparison.error();
    ComparedRuns runs{*std::move(comparison), {}, {}};
    const ComparisonCurves curves = comparison_curves(runs.comparison);
    runs.curves = curves_of(curves.specs, curves.rows, PlotDeck::kSmoothing);
    for (const Experiment& run : runs.comparison.runs) {
        auto picture = latest_picture(run);
        runs.pictures.push_back(picture ? *std::move(picture) : Frame{});
    }
    return runs;
}

CompareDialog::CompareDialog(ComparedRuns runs, QWidget* parent)
    : QDialog(parent), labels_(run_labels(runs.comparison.runs)) {
    setWindowTitle(tr("Compare runs"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    auto* right = new QSplitter(Qt::Vertical);
    right->setHandleWidth(12);
    right->setChildrenCollapsible(false);
    right->addWidget(build_pictures(runs));
    right->addWidget(build_settings(runs.comparison));
    right->setStretchFactor(0, 1);
    right->setStretchFactor(1, 1);
    auto* split = new QSplitter(Qt::Horizontal);
    split->setHandleWidth(12);
    split->setChildrenCollapsible(false);
    split->addWidget(build_curves(std::move(runs.curves)));
    split->addWidget(right);
    split->setStretchFactor(0, 1);
    split->setSizes({560, 600});
    column->addWidget(split, 1);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    column->addWidget(buttons);
    resize(1200, 800);
}

QWidget* CompareDialog::build_curves(std::vector<Curve> curves) {
    QVBoxLayout* column = nullptr;
    QWidget* frame = panel(tr("Curves"), column);
    deck_ = new PlotDeck(QStringLiteral("compare"),
                         {QStringLiteral("Generator"), QStringLiteral("Discriminator"),
                          QStringLiteral("KID"), QStringLiteral("Total loss")});
    column->addWidget(deck_, 1);
    // The plots take as long to make as all the rest: once the dialog is on the screen.
    QTimer::singleShot(kPlotsLater, this, [this, column, curves = std::move(curves)]() mutable {
        const bool some = std::any_of(curves.begin(), curves.end(),
                                      [](const Curve& curve) { return !curve.steps.empty(); });
        deck_->show_record(std::move(curves));
        if (some) return;
        auto* nothing = new QLabel(tr("None of these runs has measured anything yet."));
        theme::set_role(nothing, "muted");
        column->insertWidget(1, nothing);
    });
    return frame;
}

QWidget* CompareDialog::build_settings(const RunComparison& comparison) {
    QVBoxLayout* column = nullptr;
    QWidget* frame = panel(tr("Settings that differ"), column);
    const auto rows = static_cast<int>(comparison.settings.size());
    settings_ = new QTableWidget(rows, static_cast<int>(labels_.size()) + 1);
    settings_->setAccessibleName(tr("Settings that differ"));
    settings_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    settings_->setSelectionBehavior(QAbstractItemView::SelectRows);
    settings_->setShowGrid(false);
    settings_->setTabKeyNavigation(false);
    settings_->verticalHeader()->hide();
    settings_->setHorizontalHeaderItem(0, new QTableWidgetItem(tr("Setting")));
    for (std::size_t run = 0; run < labels_.size(); ++run) {
        auto* header = new QTableWidgetItem(dot(run), labels_[run]);
        header->setToolTip(labels_[run]);
        settings_->setHorizontalHeaderItem(static_cast<int>(run) + 1, header);
    }
    for (int i = 0; i < rows; ++i) {
        const RunComparison::Setting& setting = comparison.settings[static_cast<std::size_t>(i)];
        auto* name = new QTableWidgetItem(text(setting.label));
        name->setToolTip(setting.group.empty() ? text(setting.id)
                                               : QStringLiteral("%1 · %2").arg(text(setting.group),
                                                                               text(setting.id)));
        settings_->setItem(i, 0, name);
        for (std::size_t run = 0; run < setting.values.size(); ++run) {
            const std::string& value = setting.values[run];
            QString shown = value.empty() ? QStringLiteral("–") : text(value);
            if (!value.empty() && !setting.unit.empty())
                shown += QLatin1Char(' ') + text(setting.unit);
            settings_->setItem(i, static_cast<int>(run) + 1, new QTableWidgetItem(shown));
        }
    }
    QHeaderView* header = settings_->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::Stretch);
    header->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    header->setTextElideMode(Qt::ElideMiddle);
    column->addWidget(settings_, 1);
    if (rows == 0) {
        settings_->hide();
        auto* same = new QLabel(tr("All settings are the same."));
        theme::set_role(same, "muted");
        column->addWidget(same);
        column->addStretch(1);
    }
    return frame;
}

QWidget* CompareDialog::build_pictures(const ComparedRuns& runs) {
    QVBoxLayout* column = nullptr;
    QWidget* frame = panel(tr("Newest pictures"), column);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    for (std::size_t run = 0; run < labels_.size(); ++run) {
        auto* cell = new QVBoxLayout;
        cell->setSpacing(4);
        auto* view = new PictureView;
        view->set_smooth(false);
        view->set_empty_text(tr("No picture yet"), {});
        if (run < runs.pictures.size()) view->set_frame(runs.pictures[run]);
        view->setMinimumSize(120, 140);
        view->setAccessibleName(tr("Newest picture of %1").arg(labels_[run]));
        cell->addWidget(view, 1);
        auto* name = new QLabel;
        name->setToolTip(labels_[run]);
        name->setText(
            tr("<span style='color:%1'>●</span> %2<br><span style='color:%3'>%4 "
               "steps</span>")
                .arg(theme::colors()
                         .curves[static_cast<qsizetype>(run) % theme::colors().curves.size()]
                         .name(),
                     labels_[run].toHtmlEscaped(), theme::colors().muted.name(),
                     text(format_count(last_step(runs.comparison, run)))));
        name->setWordWrap(true);
        name->setAlignment(Qt::AlignHCenter | Qt::AlignTop);
        cell->addWidget(name);
        row->addLayout(cell, 1);
    }
    column->addLayout(row, 1);
    return frame;
}

}  // namespace pentimento::ui
