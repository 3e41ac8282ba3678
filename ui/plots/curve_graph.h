// A curve in a plot, drawn from the plot's numbers as they are.
#pragma once

#include "ui/plots/curve_data.h"
#include "ui/plots/qcustomplot.h"

namespace pentimento::ui {

/// Instead of QCPGraph, which keeps a copy of all points, looks at each of them for every picture,
/// and draws what is left as one wide line (see line_columns.h).
class CurveGraph : public QCPAbstractPlottable {
  public:
    /// The curve with this index in `data`, which must outlive this; as measured, or smoothed.
    CurveGraph(QCustomPlot* plot, const CurveData& data, std::size_t index, bool smoothed);

    QCPRange getKeyRange(bool& found, QCP::SignDomain = QCP::sdBoth) const override;
    QCPRange getValueRange(bool& found, QCP::SignDomain = QCP::sdBoth,
                           const QCPRange& = QCPRange()) const override;
    /// Nothing to click.
    double selectTest(const QPointF&, bool, QVariant*) const override { return -1; }

  protected:
    void draw(QCPPainter* painter) override;
    void drawLegendIcon(QCPPainter*, const QRectF&) const override {}

  private:
    const Curve* curve() const;

    const CurveData& data_;
    std::size_t index_;
    bool smoothed_;
};

}  // namespace pentimento::ui
