// One thing that goes wrong in a training: what, how it shows, why it happens, and what to do.
#pragma once

#include <QFrame>
#include <vector>

#include "core/gan/health/health.h"

class QGridLayout;
class QLabel;
class QPushButton;

namespace pentimento::ui {

class FlowLayout;
class Sparkline;

class VerdictCard : public QFrame {
    Q_OBJECT
  public:
    explicit VerdictCard(gan::VerdictKind kind, QWidget* parent = nullptr);

    gan::VerdictKind kind() const { return kind_; }
    /// New numbers; what is unfolded stays so.
    void show_verdict(const gan::Verdict& verdict);

  Q_SIGNALS:
    void remedy_chosen(const pentimento::gan::Remedy& remedy);

  protected:
    void resizeEvent(QResizeEvent*) override;

  private:
    void show_evidence(const std::vector<gan::Evidence>& evidence);
    void show_remedies(const std::vector<gan::Remedy>& remedies);
    void fit_remedies();

    gan::VerdictKind kind_;
    std::vector<std::string> shown_;  ///< what the plots and buttons are for
    std::vector<gan::Remedy> remedies_;
    QLabel *text_, *since_, *explanation_;
    QGridLayout* plots_;
    std::vector<Sparkline*> sparklines_;
    QWidget* buttons_holder_;
    FlowLayout* buttons_;
};

/// "Learning rate, discriminator: 1e-4; Label smoothing: 0.1"
QString edits_text(const Patch& edits, const Schema& schema);

}  // namespace pentimento::ui
