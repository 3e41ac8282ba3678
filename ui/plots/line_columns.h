// What an anti-aliased line covers, column by column of pixels.
#pragma once

#include <QRect>
#include <vector>

namespace pentimento::ui {

/// Losses go up and down within almost every column. QPainter outlines and fills a wide line along
/// them in 0.2 s; as columns, 100,000 points take about a millisecond.
class LineColumns {
  public:
    struct Column {
        int x;
        double top, bottom;  ///< where half of a pixel is covered
        /// Pixels over which the cover goes from none to all, half of them outside: where the line
        /// crosses the column on a slant. At most kMostRamp; a whole pixel is what any edge has.
        double ramp;
        double highest, lowest;  ///< nothing is covered beyond
    };
    static constexpr double kMostRamp = 8;

    /// `area`: pixels outside are left out. `width`: pixels, at least 1.
    LineColumns(const QRect& area, double width);

    /// Pixels; from left to right. A NaN leaves a gap, a point alone between two is a dot.
    void add(double x, double y);

    /// From left to right; empty columns are left out.
    std::vector<Column> covered() const;

  private:
    struct Reach {  ///< the part of a column that the line goes through, without its width
        double top, bottom, last;
        bool up = false, down = false;
        bool empty() const { return top > bottom; }
    };
    void include(double column, double y);

    QRect area_;
    double width_;
    std::vector<Reach> columns_;
    double before_x_, before_y_;  ///< NaN at the beginning and after a gap
};

/// How much of the pixel in row `y` the line covers: 0 … 1.
double cover(const LineColumns::Column& column, int y);

}  // namespace pentimento::ui
