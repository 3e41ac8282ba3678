// Draws the part that is in view.
#include "ui/plots/curve_graph.h"

#include <algorithm>
#include <cmath>

#include "ui/plots/line_columns.h"

namespace pentimento::ui {

namespace {

constexpr double kDash = 4;  // of a dashed line, in its widths

/// QPainter's own anti-aliasing goes row by row and takes thirty times as long.
void fill(QPainter& painter, const LineColumns::Column& column, const QColor& color) {
    const auto part = [&](int y) {
        QColor fainter = color;
        fainter.setAlphaF(static_cast<float>(color.alphaF() * cover(column, y)));
        painter.fillRect(column.x, y, 1, 1, fainter);
    };
    const double half = column.ramp / 2;
    const auto row = [](double y) { return static_cast<int>(std::floor(y)); };
    const int first = row(std::max(column.top - half, column.highest));
    const int last = row(std::min(column.bottom + half, column.lowest));
    // Rows that are covered as a whole, in one piece.
    const int from = row(std::max(column.top + half, column.highest)) + 1;
    const int to = row(std::min(column.bottom - half, column.lowest)) - 1;
    if (from > to) {
        for (int y = first; y <= last; ++y) part(y);
        return;
    }
    for (int y = first; y < from; ++y) part(y);
    painter.fillRect(column.x, from, 1, to - from + 1, color);
    for (int y = to + 1; y <= last; ++y) part(y);
}

}  // namespace

CurveGraph::CurveGraph(QCustomPlot* plot, const CurveData& data, std::size_t index, bool smoothed)
    : QCPAbstractPlottable(plot->xAxis, plot->yAxis),
      data_(data),
      index_(index),
      smoothed_(smoothed) {
}

const Curve* CurveGraph::curve() const {
    return index_ < data_.curves().size() ? &data_.curves()[index_] : nullptr;
}

QCPRange CurveGraph::getKeyRange(bool& found, QCP::SignDomain) const {
    const Curve* shown = curve();
    found = shown && !shown->steps.empty();
    return found ? QCPRange(shown->steps.front(), shown->steps.back()) : QCPRange();
}

QCPRange CurveGraph::getValueRange(bool& found, QCP::SignDomain, const QCPRange&) const {
    found = false;
    QCPRange range;
    const Curve* shown = curve();
    if (!shown) return range;
    for (const double value : smoothed_ ? shown->smoothed : shown->values) {
        if (std::isnan(value)) continue;
        if (!found || value < range.lower) range.lower = value;
        if (!found || value > range.upper) range.upper = value;
        found = true;
    }
    return range;
}

void CurveGraph::draw(QCPPainter* painter) {
    const Curve* shown = curve();
    if (!shown || shown->steps.empty()) return;
    const std::vector<double>& steps = shown->steps;
    const std::vector<double>& values = smoothed_ ? shown->smoothed : shown->values;
    // In view, and one more on each side, where the line comes from and goes to.
    const QCPRange range = keyAxis()->range();
    const auto first = std::lower_bound(steps.begin(), steps.end(), range.lower);
    const auto last = std::upper_bound(first, steps.end(), range.upper);
    const auto from = static_cast<std::size_t>(first - steps.begin()) - (first != steps.begin());
    const auto to = static_cast<std::size_t>(last - steps.begin()) + (last != steps.end());

    if (painter->modes().testFlag(QCPPainter::pmVectorized)) {
        QPolygonF line;
        painter->setPen(mPen);
        for (std::size_t i = from; i <= to; ++i) {
            if (i < to && !std::isnan(values[i])) {
                line << coordsToPixels(steps[i], values[i]);
            } else {
                painter->drawPolyline(line);
                line.clear();
            }
        }
        return;
    }
    // Columns are those of the device: a window's may be finer than what it is measured in.
    const QTransform to_device = painter->deviceTransform();
    const double width = std::max(1.0, mPen.widthF() * to_device.m11());
    LineColumns columns(to_device.mapRect(QRectF(clipRect())).toAlignedRect(), width);
    const auto along = [](double from, double to, double pixel_from, double pixel_to) {
        const double scale = (pixel_to - pixel_from) / (to - from);
        return [=](double coordinate) { return pixel_from + scale * (coordinate - from); };
    };
    const QCPRange height = valueAxis()->range();
    const QPointF start = to_device.map(coordsToPixels(range.lower, height.lower));
    const QPointF end = to_device.map(coordsToPixels(range.upper, height.upper));
    const auto x = along(range.lower, range.upper, start.x(), end.x());
    const auto y = along(height.lower, height.upper, start.y(), end.y());
    for (std::size_t i = from; i < to; ++i) columns.add(x(steps[i]), y(values[i]));

    painter->save();
    const double logical = 1 / painter->device()->devicePixelRatioF();
    painter->setTransform(QTransform::fromScale(logical, logical));
    painter->setAntialiasing(false);
    const bool dashed = mPen.style() == Qt::DashLine;
    for (const LineColumns::Column& column : columns.covered())
        if (!dashed || std::fmod(column.x / (kDash * width), 2) < 1)
            fill(*painter, column, mPen.color());
    painter->restore();
}

}  // namespace pentimento::ui
