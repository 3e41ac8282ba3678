// The plots of a run, one for each group of metrics, with a row of buttons that choose which are
// shown. The choice is remembered; groups without values stay away until they have some.
#pragma once

#include <QWidget>
#include <vector>

#include "core/session/experiment.h"
#include "core/session/run.h"

class QSplitter;
class QToolButton;

namespace pentimento::ui {

struct Curve;
class FlowLayout;
class MetricPlot;

class PlotDeck : public QWidget {
    Q_OBJECT
  public:
    static constexpr double kSmoothing = 0.6;  ///< enough to see the trend of a noisy loss

    /// `key`: under which the choice is remembered. `first`: groups that are shown until the person
    /// chooses; when a run has none of them, its first two are.
    PlotDeck(const QString& key, QStringList first, QWidget* parent = nullptr);

    /// Keeps what there is when the metrics are the same; otherwise all plots are new and empty.
    void set_metrics(const std::vector<MetricSpec>& specs);
    void clear();
    /// A whole record, by curves_of() with kSmoothing. A long one is shown at once that way, where
    /// append() would take its time.
    void show_record(std::vector<Curve> curves);
    void append(const std::vector<MetricRow>& rows);
    void append(const std::vector<Event>& events);
    void rewind_to(std::int64_t step);

    /// In the order of the groups, hidden ones included.
    const std::vector<MetricPlot*>& plots() const { return plots_; }
    QStringList groups() const { return groups_; }
    bool shows(const QString& group) const;
    /// As a click on its button: remembered.
    void set_shown(const QString& group, bool on);

  Q_SIGNALS:
    void message(const QString& text, bool error);

  protected:
    void resizeEvent(QResizeEvent*) override;
    void showEvent(QShowEvent*) override;

  private:
    void add_plot(const QString& group, const std::vector<MetricSpec>& specs);
    bool wanted(const QString& group) const;
    void update_shown();
    void fit_buttons();

    QString key_;
    QStringList first_, groups_;
    std::vector<MetricSpec> specs_;
    std::vector<MetricPlot*> plots_;
    std::vector<QToolButton*> buttons_;
    FlowLayout* row_;
    QSplitter* split_;
};

}  // namespace pentimento::ui
