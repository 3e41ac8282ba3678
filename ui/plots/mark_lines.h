// The vertical lines of a plot that show where a setting was changed.
#pragma once

#include <QPen>
#include <vector>

#include "ui/plots/qcustomplot.h"

namespace pentimento::ui {

/// One item for all of them, since a slider that is dragged through a long run leaves thousands:
/// an item each took half a second to draw. Lines that would stand closer than a few pixels are
/// drawn as one, the first.
class MarkLines : public QCPAbstractItem {
  public:
    static constexpr double kApart = 4;  ///< pixels

    explicit MarkLines(QCustomPlot* plot) : QCPAbstractItem(plot) {}

    void clear() { steps_.clear(); }
    /// Ascending, as marks are made.
    void add(double step) { steps_.push_back(step); }
    std::size_t count() const { return steps_.size(); }
    void set_pen(const QPen& pen) { pen_ = pen; }
    /// Where lines are drawn, in pixels from the left of the plot.
    std::vector<double> shown() const;

    /// Nothing to click.
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

  protected:
    void draw(QCPPainter* painter) override;

  private:
    std::vector<double> steps_;
    QPen pen_;
};

}  // namespace pentimento::ui
