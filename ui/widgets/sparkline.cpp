// Painting of the sparkline.
#include "ui/widgets/sparkline.h"

#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/theme.h"

namespace pentimento::ui {

namespace {
constexpr std::size_t kMaxPoints = 2000;
}

Sparkline::Sparkline(QStringList labels, QWidget* parent)
    : QWidget(parent),
      labels_(std::move(labels)),
      curves_(static_cast<std::size_t>(labels_.size())) {
    setMinimumHeight(56);
    setAccessibleName(labels_.join(QStringLiteral(", ")));
}

void Sparkline::clear() {
    for (auto& curve : curves_) curve.clear();
    update();
}

void Sparkline::append(int curve, double value) {
    auto& values = curves_[static_cast<std::size_t>(curve)];
    if (!std::isfinite(value) || (!threshold_ && value <= 0)) return;
    values.push_back(value);
    if (values.size() > kMaxPoints) {  // every other one: the shape stays
        for (std::size_t i = 0; i < values.size() / 2; ++i) values[i] = values[2 * i];
        values.resize(values.size() / 2);
    }
    update();
}

void Sparkline::set_values(int curve, const std::vector<double>& values) {
    curves_[static_cast<std::size_t>(curve)].clear();
    for (const double value : values) append(curve, value);
    update();
}

void Sparkline::set_threshold(double threshold) {
    threshold_ = threshold;
    update();
}

double Sparkline::height_of(double value) const {
    return threshold_ ? value : std::log(value);
}

double Sparkline::latest(int curve) const {
    const auto& values = curves_[static_cast<std::size_t>(curve)];
    return values.empty() ? std::numeric_limits<double>::quiet_NaN() : values.back();
}

void Sparkline::paintEvent(QPaintEvent*) {
    const auto& colors = theme::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int legend = fontMetrics().height() + 4;
    const QRectF plot = QRectF(rect()).adjusted(1, 3, -1, -legend - 2);
    painter.setPen(colors.border);
    painter.drawLine(plot.bottomLeft(), plot.bottomRight());
    double x = 0;
    for (std::size_t c = 0; c < curves_.size(); ++c) {
        const QColor color = colors.curves.value(static_cast<qsizetype>(c), colors.accent);
        const auto& values = curves_[c];
        if (values.size() > 1) {
            const auto [low, high] = std::minmax_element(values.begin(), values.end());
            double bottom = height_of(*low), top = height_of(*high);
            if (threshold_) {
                bottom = std::min(bottom, *threshold_);
                top = std::max(top, *threshold_);
            }
            const double span = std::max(1e-9, top - bottom);
            const auto y = [&](double value) {
                return plot.bottom() - plot.height() * (height_of(value) - bottom) / span;
            };
            if (threshold_) {
                painter.setPen(QPen(colors.warning, 1, Qt::DashLine));
                painter.drawLine(QPointF(plot.left(), y(*threshold_)),
                                 QPointF(plot.right(), y(*threshold_)));
            }
            QPainterPath path;
            for (std::size_t i = 0; i < values.size(); ++i) {
                const QPointF point(plot.left() + plot.width() * static_cast<double>(i) /
                                                      static_cast<double>(values.size() - 1),
                                    y(values[i]));
                i == 0 ? path.moveTo(point) : path.lineTo(point);
            }
            painter.setPen(QPen(color, 1.6));
            painter.setBrush(Qt::NoBrush);
            painter.drawPath(path);
        }
        const QString value =
            values.empty() ? QStringLiteral("–") : QString::number(values.back(), 'g', 3);
        const QString text =
            QStringLiteral("%1 %2").arg(labels_.value(static_cast<qsizetype>(c)), value);
        const double top = height() - legend;
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawEllipse(QPointF(x + 5, top + legend / 2.0), 3.5, 3.5);
        painter.setPen(colors.muted);
        painter.drawText(QRectF(x + 13, top, width(), legend), Qt::AlignVCenter, text);
        x += 13 + fontMetrics().horizontalAdvance(text) + 14;
    }
    if (!threshold_) return;
    const double middle = height() - legend / 2.0;
    painter.setPen(QPen(colors.warning, 1, Qt::DashLine));
    painter.drawLine(QPointF(x, middle), QPointF(x + 12, middle));
    painter.setPen(colors.muted);
    painter.drawText(QRectF(x + 16, height() - legend, width(), legend), Qt::AlignVCenter,
                     tr("limit %1").arg(*threshold_, 0, 'g', 3));
}

}  // namespace pentimento::ui
