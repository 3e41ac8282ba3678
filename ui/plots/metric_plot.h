// Curves over steps: pan, zoom, smooth, hide, read off, export; marks show where a setting was
// changed.
#pragma once

#include <QWidget>
#include <vector>

#include "core/base/result.h"
#include "ui/plots/curve_data.h"

class QCustomPlot;
class QCPItemStraightLine;
class QLabel;
class QSlider;
class QTimer;
class QToolButton;

namespace pentimento::ui {

class CurveGraph;
class FlowLayout;
class MarkLines;

class MetricPlot : public QWidget {
    Q_OBJECT
  public:
    explicit MetricPlot(const QString& title, QWidget* parent = nullptr);

    /// Which curves there are; forgets all values.
    void set_metrics(const std::vector<MetricSpec>& specs);
    void clear();
    /// Instead of all values: the same curves that set_metrics() named.
    void set_curves(std::vector<Curve> curves);
    void append(const std::vector<MetricRow>& rows);
    void append(const std::vector<Event>& events);
    void rewind_to(std::int64_t step);
    void set_smoothing(double smoothing);
    const CurveData& data() const { return data_; }

    /// What there is to be seen now. For Replots, which is asked whenever something changes.
    void draw();

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
    class Canvas;
    struct Pair {
        CurveGraph* raw;
        CurveGraph* smooth;
        QWidget* chip;  ///< holds the next two
        QToolButton* toggle;
        QToolButton* about;
        std::size_t drawn = 0;  ///< points in the latest picture
    };
    void build_header(const QString& title);
    Pair add_curve(const MetricSpec& spec);
    void apply_theme();
    void schedule_replot();  ///< soon, with what else will have changed by then
    void draw_again();       ///< as soon as it can be
    /// Pens and icons of the curves, which say what is shown and whether it is smoothed.
    void style_curves();
    /// Whether the values that came since the last picture can be seen.
    bool newest_show() const;
    void fit_toggles();
    void show_chips();
    void show_readout(const QPoint& at);
    void choose_export();

    CurveData data_;
    QString title_;
    QCustomPlot* plot_;
    FlowLayout* toggles_;
    QSlider* smoothing_;
    QTimer* replot_timer_;
    std::vector<Pair> graphs_;
    MarkLines* marks_;
    QCPItemStraightLine* cursor_;
    QLabel* readout_;
    QLabel* empty_;
    bool follows_ = true;
    bool anew_ = true;  ///< more than values at the end has changed
};

}  // namespace pentimento::ui
