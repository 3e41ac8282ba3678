// Segments become columns.
#include "ui/plots/line_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace pentimento::ui {

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

}  // namespace

LineColumns::LineColumns(const QRect& area, double width)
    : area_(area),
      width_(width),
      columns_(static_cast<std::size_t>(std::max(0, area.width())), {kInfinity, -kInfinity, kNaN}),
      before_x_(kNaN),
      before_y_(kNaN) {
}

void LineColumns::include(double column, double y) {
    // Far outside, where nothing is seen, numbers need not be exact.
    y = std::clamp(y, area_.top() - 2 * width_, area_.bottom() + 2 * width_);
    Reach& reach = columns_[static_cast<std::size_t>(column - area_.left())];
    reach.top = std::min(reach.top, y);
    reach.bottom = std::max(reach.bottom, y);
    reach.up |= y < reach.last;
    reach.down |= y > reach.last;
    reach.last = y;
}

void LineColumns::add(double x, double y) {
    const double from_x = before_x_, from_y = before_y_;
    const bool gap = std::isnan(x) || std::isnan(y);
    before_x_ = gap ? kNaN : x;
    before_y_ = y;
    if (gap) return;
    const double left = area_.left(), right = left + area_.width();
    const double own = std::floor(x);
    if (own >= left && own < right) include(own, y);
    if (std::isnan(from_x) || own <= std::floor(from_x)) return;
    // Where the segment leaves each column and enters the next.
    const double slope = (y - from_y) / (x - from_x);
    double edge = std::max(std::floor(from_x) + 1, left);
    for (; edge <= own && edge <= right; ++edge) {
        const double at = from_y + slope * (edge - from_x);
        if (edge > left) include(edge - 1, at);
        if (edge < right) include(edge, at);
    }
}

std::vector<LineColumns::Column> LineColumns::covered() const {
    std::vector<Column> columns;
    columns.reserve(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        const Reach& reach = columns_[i];
        if (reach.empty()) continue;
        const double rise = reach.bottom - reach.top;
        const double middle = (reach.top + reach.bottom) / 2;
        // A line that crosses the column on a slant is as high as its width along it, and begins
        // and ends as gradually as it rises. One that turns back fills all between its turns.
        const bool slanted = !(reach.up && reach.down) && rise <= kMostRamp;
        const double height = slanted ? width_ * std::hypot(1, rise) : rise + width_;
        // Beside a turn, not further than the turn.
        double highest = reach.top, lowest = reach.bottom;
        for (const std::size_t beside : {i - 1, i + 1})
            if (beside < columns_.size() && !columns_[beside].empty()) {
                highest = std::min(highest, columns_[beside].top);
                lowest = std::max(lowest, columns_[beside].bottom);
            }
        columns.push_back({area_.left() + static_cast<int>(i), middle - height / 2,
                           middle + height / 2, slanted ? std::max(1.0, rise) : 1.0,
                           highest - width_ / 2, lowest + width_ / 2});
    }
    return columns;
}

double cover(const LineColumns::Column& column, int y) {
    const double inside =
        std::max(0.0, std::min(column.lowest, y + 1.0) - std::max(column.highest, y + 0.0));
    const auto edge = [&](double distance) {  // of the pixel's middle, inwards
        return std::clamp(distance / column.ramp + 0.5, 0.0, 1.0);
    };
    const double middle = y + 0.5;
    const double covered = edge(middle - column.top) + edge(column.bottom - middle) - 1;
    return std::clamp(std::min(covered, inside), 0.0, 1.0);
}

}  // namespace pentimento::ui
