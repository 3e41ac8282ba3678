// A small curve or two, each on an axis of its own: shows whether something falls, not by how much.
// Logarithmic, or linear with a threshold.
#pragma once

#include <QStringList>
#include <QWidget>
#include <optional>
#include <vector>

namespace pentimento::ui {

class Sparkline : public QWidget {
    Q_OBJECT
  public:
    explicit Sparkline(QStringList labels, QWidget* parent = nullptr);
    void clear();
    /// Values that the axis cannot show (not finite; not positive on a logarithmic one) are left
    /// out.
    void append(int curve, double value);
    void set_values(int curve, const std::vector<double>& values);
    /// Linear, with a dashed line at this value.
    void set_threshold(double threshold);
    double latest(int curve) const;  ///< NaN before the first
    QSize sizeHint() const override { return {180, 64}; }

  protected:
    void paintEvent(QPaintEvent*) override;

  private:
    double height_of(double value) const;

    QStringList labels_;
    std::optional<double> threshold_;  ///< with one, the axis is linear
    std::vector<std::vector<double>> curves_;
};

}  // namespace pentimento::ui
