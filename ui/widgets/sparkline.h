// A small curve or two, each on a logarithmic axis of its own: shows whether something falls, not
// by how much.
#pragma once

#include <QStringList>
#include <QWidget>
#include <vector>

namespace pentimento::ui {

class Sparkline : public QWidget {
    Q_OBJECT
  public:
    explicit Sparkline(QStringList labels, QWidget* parent = nullptr);
    void clear();
    void append(int curve, double value);  ///< values that are not positive are left out
    double latest(int curve) const;        ///< NaN before the first
    QSize sizeHint() const override { return {180, 64}; }

  protected:
    void paintEvent(QPaintEvent*) override;

  private:
    QStringList labels_;
    std::vector<std::vector<double>> curves_;
};

}  // namespace pentimento::ui
