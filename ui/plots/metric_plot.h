// Curves over steps: pan, zoom, smooth, hide, read off, export; marks show where a setting was
// changed.
#pragma once

#include <QWidget>
#include <vector>

#include "core/base/result.h"
#include "ui/plots/curve_data.h"

class QCustomPlot;
class QCPGraph;
class QCPItemStraightLine;
class QLabel;
class QSlider;
class QTimer;
class QToolButton;

namespace pentimento::ui {

class FlowLayout;

class MetricPlot : public QWidget {
    Q_OBJECT
  public:
    explicit MetricPlot(const QString& title, QWidget* parent = nullptr);

    /// Which curves there are; forgets all values.
    void set_metrics(const std::vector<MetricSpec>& specs);
    void clear();
    void append(const std::vector<MetricRow>& rows);
    void append(const std::vector<Event>& events);
    void rewind_to(std::int64_t step);
    void set_smoothing(double smoothing);
    const CurveData& data() const { return data_; }

    /// As PNG, PDF or CSV by the file's extension.
    Status export_to(const QString& path);
    /// Shows everything and follows the newest values again.
    void reset_view();
    bool follows() const { return follows_; }
    /// Where the mouse would say "Learning rate 2e-4 → 1e-4": empty when no mark is near.
    QString mark_text(double step, double tolerance) const;

  Q_SIGNALS:
    void message(const QString& text, bool error);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void showEvent(QShowEvent*) override;
    void resizeEvent(QResizeEvent*) override;

  private:
    struct Pair {
        QCPGraph* raw;
        QCPGraph* smooth;
        QWidget* chip;  ///< holds the next two
        QToolButton* toggle;
        QToolButton* about;
    };
    void build_header(const QString& title);
    Pair add_curve(const MetricSpec& spec);
    void apply_theme();
    void schedule_replot();
    void fit_toggles();
    void replot_now();
    void show_chips();
    void drop_marks();
    void show_readout(const QPoint& at);
    void choose_export();

    CurveData data_;
    QString title_;
    QCustomPlot* plot_;
    FlowLayout* toggles_;
    QSlider* smoothing_;
    QTimer* replot_timer_;
    std::vector<Pair> graphs_;
    std::vector<QCPItemStraightLine*> lines_;
    QCPItemStraightLine* cursor_;
    QLabel* readout_;
    QLabel* empty_;
    bool follows_ = true;
    bool rebuild_ = false;  ///< smoothing has changed: all points anew
};

}  // namespace pentimento::ui
