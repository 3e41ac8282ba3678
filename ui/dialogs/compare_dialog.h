// Several stored runs beside each other: their curves in common plots, the settings that differ,
// and their newest pictures.
#pragma once

#include <QDialog>

#include "core/base/frame.h"
#include "core/jobs/compare.h"
#include "ui/plots/curve_data.h"

class QTableWidget;

namespace pentimento::ui {

class PlotDeck;

struct ComparedRuns {
    RunComparison comparison;
    std::vector<Frame> pictures;  ///< by run; empty where there is none
    std::vector<Curve> curves;    ///< one plot a metric, one curve a run
};
/// Slow: for a thread.
Result<ComparedRuns> load_comparison(const std::vector<std::filesystem::path>& directories);

class CompareDialog : public QDialog {
    Q_OBJECT
  public:
    static constexpr int kMostRuns = 6;  ///< as many as there are colours

    explicit CompareDialog(ComparedRuns runs, QWidget* parent = nullptr);

    /// Filled soon after the dialog was made.
    PlotDeck& deck() { return *deck_; }
    QTableWidget& settings() { return *settings_; }

  private:
    QWidget* build_curves(std::vector<Curve> curves);
    QWidget* build_settings(const RunComparison& comparison);
    QWidget* build_pictures(const ComparedRuns& runs);

    std::vector<QString> labels_;
    PlotDeck* deck_ = nullptr;
    QTableWidget* settings_ = nullptr;
};

}  // namespace pentimento::ui
