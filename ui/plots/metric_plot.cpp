// The plot widget: QCustomPlot draws, CurveData keeps the numbers.
#include "ui/plots/metric_plot.h"

#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QSlider>
#include <QStandardPaths>
#include <QTimer>
#include <QToolButton>
#include <QToolTip>
#include <QVBoxLayout>
#include <cmath>

#include "core/base/file.h"
#include "ui/plots/curve_graph.h"
#include "ui/plots/mark_lines.h"
#include "ui/plots/qcustomplot.h"
#include "ui/plots/replots.h"
#include "ui/theme.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/popover.h"

namespace pentimento::ui {

namespace {

constexpr int kReplotMilliseconds = 33;
const auto kBehind = QStringLiteral("behind");  // the layer of curves as measured
constexpr double kMarkReach = 6;  // pixels around a mark that show its text

QIcon line_icon(const QColor& color, bool on, Qt::PenStyle style) {
    QPixmap pixmap(32, 32);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(color, on ? 3 : 1.5, on ? style : Qt::DotLine, Qt::FlatCap));
    painter.drawLine(QPointF(2, 8), QPointF(14, 8));
    return QIcon(pixmap);
}

QColor curve_color(std::size_t index) {
    const auto& curves = theme::colors().curves;
    return curves[static_cast<qsizetype>(index) % curves.size()];
}

/// `share` of the first. An opaque colour: Qt 6 hands larger areas of a transparent one to threads
/// of its own and waits for them, which beside a training takes twenty times as long.
QColor mixed(const QColor& first, const QColor& second, double share) {
    const auto mix = [share](int a, int b) {
        return static_cast<int>(a * share + b * (1 - share));
    };
    return {mix(first.red(), second.red()), mix(first.green(), second.green()),
            mix(first.blue(), second.blue())};
}

/// When the colours have all been used, they come again as dashed lines.
Qt::PenStyle curve_style(std::size_t index) {
    return static_cast<qsizetype>(index) < theme::colors().curves.size() ? Qt::SolidLine
                                                                         : Qt::DashLine;
}

}  // namespace

/// Draws itself again for another size when its turn has come, and not in the middle of the layout.
class MetricPlot::Canvas : public QCustomPlot {
  public:
    explicit Canvas(MetricPlot& owner) : owner_(owner) {}

  protected:
    void resizeEvent(QResizeEvent*) override {
        setViewport(rect());
        owner_.draw_again();
    }

  private:
    MetricPlot& owner_;
};

MetricPlot::MetricPlot(const QString& title, QWidget* parent)
    : QWidget(parent), title_(title), plot_(new Canvas(*this)), replot_timer_(new QTimer(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    build_header(title);
    column->addWidget(plot_, 1);

    plot_->setAccessibleName(title);
    plot_->setMinimumHeight(104);
    plot_->setInteractions(QCP::iRangeDrag | QCP::iRangeZoom);
    plot_->setMouseTracking(true);
    plot_->installEventFilter(this);
    plot_->xAxis->setNumberFormat(QStringLiteral("gb"));
    plot_->xAxis->setNumberPrecision(7);
    plot_->yAxis->setNumberPrecision(4);
    plot_->yAxis->ticker()->setTickCount(4);  // labels must not touch in a low plot
    plot_->axisRect()->setMinimumMargins(QMargins(40, 6, 12, 22));
    plot_->setNoAntialiasingOnDrag(true);

    plot_->addLayer(kBehind, plot_->layer(QStringLiteral("main")), QCustomPlot::limBelow);
    marks_ = new MarkLines(plot_);
    cursor_ = new QCPItemStraightLine(plot_);
    cursor_->setVisible(false);
    readout_ = new QLabel(plot_);
    readout_->setAttribute(Qt::WA_TransparentForMouseEvents);
    theme::set_role(readout_, "readout");
    readout_->setMargin(4);
    readout_->hide();
    empty_ = new QLabel(tr("The curves begin with the first steps."), plot_);
    empty_->setAlignment(Qt::AlignCenter);
    empty_->setAttribute(Qt::WA_TransparentForMouseEvents);
    theme::set_role(empty_, "muted");

    replot_timer_->setSingleShot(true);
    replot_timer_->setInterval(kReplotMilliseconds);
    connect(replot_timer_, &QTimer::timeout, this, [this] { Replots::instance().add(this); });
    connect(plot_, &QCustomPlot::mouseWheel, this, [this] { follows_ = false; });
    connect(plot_, &QCustomPlot::mouseDoubleClick, this, &MetricPlot::reset_view);
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, this,
            &MetricPlot::apply_theme);
    apply_theme();
}

void MetricPlot::build_header(const QString& title) {
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    auto* heading = new QLabel(title);
    theme::set_role(heading, "subheading");
    row->addWidget(heading);
    row->addStretch(1);
    auto* label = new QLabel(tr("Smoothing"));
    theme::set_role(label, "muted");
    smoothing_ = new QSlider(Qt::Horizontal);
    smoothing_->setRange(0, 99);
    smoothing_->setFixedWidth(88);
    smoothing_->setAccessibleName(tr("Smoothing of %1").arg(title));
    smoothing_->setToolTip(
        tr("Averages neighbouring values; the curve as measured stays visible, faintly, behind"));
    label->setBuddy(smoothing_);
    connect(smoothing_, &QSlider::valueChanged, this, [this](int value) {
        data_.set_smoothing(value / 100.0);
        style_curves();
        schedule_replot();
    });
    row->addWidget(label);
    row->addWidget(smoothing_);
    auto* reset = new QToolButton;
    reset->setIcon(theme::icon(QStringLiteral("undo")));
    reset->setToolTip(
        tr("Show everything and follow the newest values (or double-click the plot)"));
    reset->setAccessibleName(tr("Reset the view of %1").arg(title));
    connect(reset, &QToolButton::clicked, this, &MetricPlot::reset_view);
    row->addWidget(reset);
    auto* save = new QToolButton;
    save->setIcon(theme::icon(QStringLiteral("export")));
    save->setToolTip(tr("Save this plot as PNG or PDF, or its numbers as CSV"));
    save->setAccessibleName(tr("Export %1").arg(title));
    connect(save, &QToolButton::clicked, this, &MetricPlot::choose_export);
    row->addWidget(save);
    auto* column = static_cast<QVBoxLayout*>(layout());
    column->addLayout(row);
    auto* chips = new QWidget;
    toggles_ = new FlowLayout(2, chips);
    column->addWidget(chips);
}

MetricPlot::Pair MetricPlot::add_curve(const MetricSpec& spec) {
    const auto graph = [this](bool smoothed) {
        return new CurveGraph(plot_, data_, graphs_.size(), smoothed);
    };
    Pair pair{graph(false), graph(true), new QWidget, new QToolButton, new QToolButton};
    pair.raw->setLayer(kBehind);
    const QString label = QString::fromStdString(spec.label);
    const QString help = QString::fromStdString(spec.help);
    pair.toggle->setText(label);
    pair.toggle->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    pair.toggle->setCheckable(true);
    pair.toggle->setChecked(true);
    pair.toggle->setAutoRaise(true);
    theme::set_role(pair.toggle, "chip");
    pair.toggle->setToolTip(tr("Click to hide or show."));
    pair.toggle->setAccessibleDescription(help);
    connect(pair.toggle, &QToolButton::toggled, this, [this] {
        style_curves();
        schedule_replot();
    });
    pair.about->setText(QStringLiteral("?"));
    if (help.isEmpty()) pair.about->hide();
    pair.about->setToolTip(QStringLiteral("<p><b>%1</b></p><p>%2</p>")
                               .arg(label.toHtmlEscaped(), help.toHtmlEscaped()));
    pair.about->setAccessibleName(tr("What is %1?").arg(label));
    theme::set_role(pair.about, "help");
    connect(pair.about, &QToolButton::clicked, this,
            [about = pair.about, label, help] { Popover::show_at(about, label, help); });
    auto* row = new QHBoxLayout(pair.chip);
    row->setContentsMargins(0, 0, 6, 0);
    row->setSpacing(0);
    row->addWidget(pair.toggle);
    row->addWidget(pair.about);
    toggles_->addWidget(pair.chip);
    return pair;
}

void MetricPlot::set_metrics(const std::vector<MetricSpec>& specs) {
    data_.set_metrics(specs);
    for (const Pair& pair : graphs_) delete pair.chip;
    graphs_.clear();
    plot_->clearPlottables();
    for (const MetricSpec& spec : specs) graphs_.push_back(add_curve(spec));
    clear();
    fit_toggles();
    style_curves();
}

void MetricPlot::clear() {
    data_.clear();
    marks_->clear();
    follows_ = true;
    schedule_replot();
}

void MetricPlot::set_curves(std::vector<Curve> curves) {
    clear();
    data_.set_curves(std::move(curves));
}

void MetricPlot::rewind_to(std::int64_t step) {
    data_.rewind_to(step);
    marks_->clear();
    schedule_replot();
}

void MetricPlot::append(const std::vector<MetricRow>& rows) {
    data_.append(rows);
    if (!replot_timer_->isActive()) replot_timer_->start();
}

void MetricPlot::append(const std::vector<Event>& events) {
    data_.append(events);
    schedule_replot();
}

void MetricPlot::set_smoothing(double smoothing) {
    smoothing_->setValue(static_cast<int>(std::lround(smoothing * 100)));
}

void MetricPlot::schedule_replot() {
    anew_ = true;
    if (!replot_timer_->isActive()) replot_timer_->start();
}

void MetricPlot::draw_again() {
    anew_ = true;
    Replots::instance().add(this);
}

void MetricPlot::resizeEvent(QResizeEvent*) {
    fit_toggles();
}

void MetricPlot::fit_toggles() {
    // Splitters do not ask for a height that depends on the width, so it is set here.
    QWidget* chips = toggles_->parentWidget();
    chips->setFixedHeight(std::max(1, toggles_->heightForWidth(chips->width())));
}

void MetricPlot::showEvent(QShowEvent*) {
    fit_toggles();
    schedule_replot();
}

bool MetricPlot::newest_show() const {
    const QSize area = plot_->axisRect()->size();
    const CurveData::View view{plot_->xAxis->range().upper,
                               plot_->xAxis->range().size() / std::max(1, area.width()),
                               plot_->yAxis->range().size() / std::max(1, area.height()), follows_};
    for (std::size_t i = 0; i < graphs_.size(); ++i) {
        const Curve& curve = data_.curves()[i];
        if (CurveData::changes(curve.steps, curve.values, graphs_[i].drawn, view) ||
            CurveData::changes(curve.steps, curve.smoothed, graphs_[i].drawn, view))
            return true;
    }
    return false;
}

void MetricPlot::draw() {
    if (!isVisible()) return;  // showEvent asks again
    // In a long run the next value moves the curve by a hundredth of a pixel.
    if (!anew_ && !newest_show()) return;
    anew_ = false;
    for (std::size_t i = 0; i < graphs_.size(); ++i) {
        graphs_[i].drawn = data_.curves()[i].steps.size();
        graphs_[i].raw->setVisible(graphs_[i].toggle->isChecked());
        graphs_[i].smooth->setVisible(graphs_[i].toggle->isChecked() && data_.smoothing() > 0);
    }
    show_chips();
    while (marks_->count() < data_.marks().size())
        marks_->add(static_cast<double>(data_.marks()[marks_->count()].step));
    empty_->setVisible(data_.empty());
    empty_->setGeometry(plot_->rect());
    if (follows_) {
        plot_->rescaleAxes(true);
        const QCPRange y = plot_->yAxis->range();
        const double margin = y.size() > 0 ? y.size() * 0.06 : 0.5;
        plot_->yAxis->setRange(y.lower - margin, y.upper + margin);
        if (data_.empty()) {
            plot_->xAxis->setRange(0, 100);
            plot_->yAxis->setRange(0, 1);
        }
    }
    plot_->replot(QCustomPlot::rpQueuedRefresh);
}

void MetricPlot::show_chips() {
    // A curve without values needs no place; before the first values, all are named.
    bool changed = false;
    for (std::size_t i = 0; i < graphs_.size(); ++i) {
        const bool wanted = data_.empty() || !data_.curves()[i].steps.empty();
        changed |= graphs_[i].chip->isHidden() == wanted;
        graphs_[i].chip->setVisible(wanted);
    }
    if (changed) fit_toggles();
}

void MetricPlot::apply_theme() {
    const theme::Colors& c = theme::colors();
    plot_->setBackground(c.surface);
    for (QCPAxis* axis : {plot_->xAxis, plot_->yAxis}) {
        axis->setBasePen(QPen(c.border));
        axis->setTickPen(QPen(c.border));
        axis->setSubTickPen(Qt::NoPen);
        axis->setTickLabelColor(c.muted);
        axis->setLabelColor(c.muted);
        QFont font = this->font();
        font.setPointSizeF(font.pointSizeF() * 0.9);
        axis->setTickLabelFont(font);
        axis->setLabelFont(font);
        axis->grid()->setPen(QPen(c.grid));
        axis->grid()->setZeroLinePen(QPen(c.border));
    }
    marks_->set_pen(QPen(c.muted, 1, Qt::DashLine));
    cursor_->setPen(QPen(c.border, 1));
    style_curves();
    draw_again();
}

void MetricPlot::style_curves() {
    const bool smooth = data_.smoothing() > 0;
    for (std::size_t i = 0; i < graphs_.size(); ++i) {
        const QColor color = curve_color(i);
        const QColor faint = mixed(color, theme::colors().surface, 0.28);
        graphs_[i].raw->setPen(smooth ? QPen(faint, 1.0) : QPen(color, 1.6, curve_style(i)));
        graphs_[i].smooth->setPen(QPen(color, 2.0, curve_style(i)));
        graphs_[i].toggle->setIcon(
            line_icon(color, graphs_[i].toggle->isChecked(), curve_style(i)));
    }
}

void MetricPlot::reset_view() {
    follows_ = true;
    schedule_replot();
}

QString MetricPlot::mark_text(double step, double tolerance) const {
    for (const ChangeMark& mark : data_.marks())
        if (std::abs(static_cast<double>(mark.step) - step) <= tolerance)
            return tr("%1 at step %2").arg(QString::fromStdString(mark.text)).arg(mark.step);
    return {};
}

void MetricPlot::show_readout(const QPoint& at) {
    const double step = plot_->xAxis->pixelToCoord(at.x());
    QStringList lines;
    double shown_step = step;
    for (std::size_t i = 0; i < graphs_.size(); ++i) {
        const Curve& curve = data_.curves()[i];
        const auto point = CurveData::nearest(curve, step);
        if (!point || !graphs_[i].toggle->isChecked()) continue;
        shown_step = curve.steps[*point];
        const auto& values = data_.smoothing() > 0 ? curve.smoothed : curve.values;
        lines << QStringLiteral("<span style='color:%1'>●</span> %2 <b>%3</b>")
                     .arg(curve_color(i).name(),
                          QString::fromStdString(curve.spec.label).toHtmlEscaped(),
                          std::isnan(values[*point]) ? tr("not a number")
                                                     : QString::number(values[*point], 'g', 4));
    }
    if (lines.isEmpty()) return;
    lines.prepend(tr("Step %1").arg(static_cast<qint64>(shown_step)));
    readout_->setText(lines.join(QStringLiteral("<br>")));
    readout_->adjustSize();
    const QRect area = plot_->axisRect()->rect();
    const int x = at.x() + 14 + readout_->width() > area.right() ? at.x() - 14 - readout_->width()
                                                                 : at.x() + 14;
    readout_->move(std::max(area.left(), x), area.top() + 6);
    readout_->show();
    cursor_->point1->setCoords(shown_step, 0);
    cursor_->point2->setCoords(shown_step, 1);
    cursor_->setVisible(true);
    plot_->replot(QCustomPlot::rpQueuedReplot);

    const double reach =
        std::abs(plot_->xAxis->pixelToCoord(kMarkReach) - plot_->xAxis->pixelToCoord(0));
    const QString mark = mark_text(step, reach);
    if (mark.isEmpty())
        QToolTip::hideText();
    else
        QToolTip::showText(plot_->mapToGlobal(at), mark, plot_);
}

bool MetricPlot::eventFilter(QObject* watched, QEvent* event) {
    if (watched != plot_) return QWidget::eventFilter(watched, event);
    switch (event->type()) {
        case QEvent::MouseMove: {
            const auto* move = static_cast<QMouseEvent*>(event);
            if (move->buttons() != Qt::NoButton)
                follows_ = false;
            else
                show_readout(move->position().toPoint());
            break;
        }
        case QEvent::Leave:
            readout_->hide();
            cursor_->setVisible(false);
            plot_->replot(QCustomPlot::rpQueuedReplot);
            break;
        case QEvent::Resize:
            empty_->setGeometry(plot_->rect());
            break;
        default:
            break;
    }
    return QWidget::eventFilter(watched, event);
}

void MetricPlot::choose_export() {
    const QString folder = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
    const QString path = QFileDialog::getSaveFileName(
        this, tr("Export plot"),
        folder + QLatin1Char('/') + title_.toLower() + QStringLiteral(".png"),
        tr("Picture (*.png);;Document (*.pdf);;Numbers (*.csv)"));
    if (path.isEmpty()) return;
    const Status status = export_to(path);
    Q_EMIT message(
        status ? tr("Saved %1").arg(path) : QString::fromStdString(status.error().message),
        !status);
}

Status MetricPlot::export_to(const QString& path) {
    const QString lower = path.toLower();
    if (lower.endsWith(QStringLiteral(".csv")))
        return write_file_atomically(path.toStdString(), data_.to_csv());
    draw();
    const bool saved = lower.endsWith(QStringLiteral(".pdf"))   ? plot_->savePdf(path)
                       : lower.endsWith(QStringLiteral(".png")) ? plot_->savePng(path, 0, 0, 2.0)
                                                                : false;
    if (saved) return {};
    return Error{ErrorCode::Io,
                 "The plot could not be written to " + path.toStdString() +
                     ". Choose a folder you may write to, and a name ending in .png, .pdf or .csv.",
                 {}};
}

}  // namespace pentimento::ui
