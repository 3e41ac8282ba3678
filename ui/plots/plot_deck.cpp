// Which plots are shown.
#include "ui/plots/plot_deck.h"

#include <QScrollArea>
#include <QSplitter>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/plots/metric_plot.h"
#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/flow_layout.h"

namespace pentimento::ui {

namespace {

constexpr int kLeastHeight = 188;  // of a plot with its heading

}  // namespace

PlotDeck::PlotDeck(const QString& key, QStringList first, QWidget* parent)
    : QWidget(parent), key_(key), first_(std::move(first)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    auto* buttons = new QWidget;
    buttons->setAccessibleName(tr("Which plots are shown"));
    row_ = new FlowLayout(6, buttons);
    column->addWidget(buttons);
    split_ = new QSplitter(Qt::Vertical);
    split_->setChildrenCollapsible(false);
    split_->setHandleWidth(10);
    auto* scroll = new QScrollArea;  // on a small screen the plots keep a readable height
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(split_);
    column->addWidget(scroll, 1);
}

void PlotDeck::set_metrics(const std::vector<MetricSpec>& specs) {
    const auto same = [](const MetricSpec& a, const MetricSpec& b) {
        return a.id == b.id && a.label == b.label && a.plot == b.plot;
    };
    if (std::equal(specs.begin(), specs.end(), specs_.begin(), specs_.end(), same)) return;
    specs_ = specs;
    qDeleteAll(plots_);
    qDeleteAll(buttons_);
    plots_.clear();
    buttons_.clear();
    groups_.clear();
    for (const MetricSpec& spec : specs) {
        const QString group = QString::fromStdString(spec.plot);
        if (!groups_.contains(group)) groups_ << group;
    }
    for (const QString& group : groups_) {
        std::vector<MetricSpec> own;
        std::copy_if(specs.begin(), specs.end(), std::back_inserter(own),
                     [&](const MetricSpec& spec) { return spec.plot == group.toStdString(); });
        add_plot(group, own);
    }
    update_shown();
    fit_buttons();
}

void PlotDeck::add_plot(const QString& group, const std::vector<MetricSpec>& specs) {
    auto* plot = new MetricPlot(group, this);
    plot->hide();  // or a splitter on the screen would show and lay out each, also those not wanted
    plot->setMinimumHeight(kLeastHeight);
    plot->set_metrics(specs);
    plot->set_smoothing(kSmoothing);
    connect(plot, &MetricPlot::message, this, &PlotDeck::message);
    split_->addWidget(plot);
    plots_.push_back(plot);

    auto* button = new QToolButton;
    button->setText(group);
    button->setCheckable(true);
    button->setAccessibleName(tr("Show the plot %1").arg(group));
    theme::set_role(button, "pill");
    connect(button, &QToolButton::clicked, this, [this, group](bool on) { set_shown(group, on); });
    row_->addWidget(button);
    button->show();  // at once, so that it counts when the row's height is worked out
    buttons_.push_back(button);
}

bool PlotDeck::wanted(const QString& group) const {
    const QVariant chosen = preferences::value(QStringLiteral("plots/%1/%2").arg(key_, group));
    if (chosen.isValid()) return chosen.toBool();
    const bool any = std::any_of(first_.begin(), first_.end(),
                                 [this](const QString& name) { return groups_.contains(name); });
    return any ? first_.contains(group) : groups_.indexOf(group) < 2;
}

void PlotDeck::update_shown() {
    const bool nothing_yet = std::all_of(
        plots_.begin(), plots_.end(), [](const MetricPlot* plot) { return plot->data().empty(); });
    for (std::size_t i = 0; i < plots_.size(); ++i) {
        const QString& group = groups_[static_cast<qsizetype>(i)];
        const bool has_values = !plots_[i]->data().empty();
        const bool on = wanted(group);
        buttons_[i]->setEnabled(has_values || nothing_yet);
        buttons_[i]->setChecked(on && (has_values || nothing_yet));
        buttons_[i]->setToolTip(has_values || nothing_yet
                                    ? tr("Shows or hides this plot")
                                    : tr("Nothing of this has been measured in this run."));
        plots_[i]->setVisible(on && (has_values || nothing_yet));
    }
}

bool PlotDeck::shows(const QString& group) const {
    const qsizetype index = groups_.indexOf(group);
    return index >= 0 && !plots_[static_cast<std::size_t>(index)]->isHidden();
}

void PlotDeck::set_shown(const QString& group, bool on) {
    preferences::set_value(QStringLiteral("plots/%1/%2").arg(key_, group), on);
    update_shown();
}

void PlotDeck::clear() {
    for (MetricPlot* plot : plots_) plot->clear();
    update_shown();
}

void PlotDeck::show_record(std::vector<Curve> curves) {
    std::vector<MetricSpec> specs;
    for (const Curve& curve : curves) specs.push_back(curve.spec);
    set_metrics(specs);
    std::vector<std::vector<Curve>> groups(plots_.size());
    for (Curve& curve : curves) {
        const qsizetype group = groups_.indexOf(QString::fromStdString(curve.spec.plot));
        groups[static_cast<std::size_t>(group)].push_back(std::move(curve));
    }
    for (std::size_t i = 0; i < plots_.size(); ++i) plots_[i]->set_curves(std::move(groups[i]));
    update_shown();
}

void PlotDeck::append(const std::vector<MetricRow>& rows) {
    bool first_values = false;
    for (MetricPlot* plot : plots_) {
        const bool was_empty = plot->data().empty();
        plot->append(rows);
        first_values |= was_empty && !plot->data().empty();
    }
    if (first_values) update_shown();
}

void PlotDeck::append(const std::vector<Event>& events) {
    for (MetricPlot* plot : plots_) plot->append(events);
}

void PlotDeck::rewind_to(std::int64_t step) {
    for (MetricPlot* plot : plots_) plot->rewind_to(step);
}

void PlotDeck::resizeEvent(QResizeEvent*) {
    fit_buttons();
}
void PlotDeck::showEvent(QShowEvent*) {
    fit_buttons();
}

void PlotDeck::fit_buttons() {
    // As in MetricPlot: splitters do not ask for a height that depends on the width.
    QWidget* holder = row_->parentWidget();
    holder->setFixedHeight(std::max(1, row_->heightForWidth(width())));
}

}  // namespace pentimento::ui
