// How the training is doing, in plain words: feeds a HealthMonitor with what is measured and shows
// its verdicts with their evidence and remedies.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "core/gan/health/health.h"

class QFrame;
class QLabel;
class QTimer;
class QVBoxLayout;

namespace pentimento::ui {

class VerdictCard;

class HealthPanel : public QWidget {
    Q_OBJECT
  public:
    enum class Mood { NothingMeasured, TooEarly, Healthy, Trouble };

    explicit HealthPanel(QWidget* parent = nullptr);
    ~HealthPanel() override;

    /// A run with these settings begins: what was before is forgotten. `pictures`: size of the
    /// dataset, 0 when it is not known.
    void begin(const ParamSet& params, std::int64_t pictures = 0);
    /// A stored run, as judged by its record.
    void open(gan::HealthMonitor judged);
    void set_params(const ParamSet& params);
    void add(const std::vector<MetricRow>& rows);
    void rewind_to(std::int64_t step);
    /// The run met a number that is none, and went back to this step.
    void broke_down(std::int64_t step);

    /// What the above come to; public so that it can be shown without a run.
    void show_verdicts(const std::vector<gan::Verdict>& verdicts, Mood mood);
    /// The line "Applied: …" with its Undo button; empty hides it.
    void show_applied(const QString& what, bool can_undo = true);

    Mood mood() const { return mood_; }
    std::size_t card_count() const { return cards_.size(); }

  Q_SIGNALS:
    void mood_changed(pentimento::ui::HealthPanel::Mood mood);
    void remedy_chosen(const pentimento::gan::Remedy& remedy);
    void undo_requested();

  private:
    void build_applied();
    void update_soon();
    void update_now();
    void show_mood();
    VerdictCard* card_for(gan::VerdictKind kind);

    std::optional<gan::HealthMonitor> monitor_;
    bool measured_ = false;
    Mood mood_ = Mood::NothingMeasured;
    QTimer* timer_;
    QLabel *state_, *hint_, *applied_text_;
    QFrame* applied_;
    QWidget* undo_;
    QVBoxLayout* column_;
    std::vector<VerdictCard*> cards_;
};

}  // namespace pentimento::ui
