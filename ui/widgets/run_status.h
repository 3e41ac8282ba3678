// The status bar's right half: state, step, speed, time left, device and threads.
#pragma once

#include <QWidget>

#include "core/session/worker.h"

class QLabel;

namespace pentimento::ui {

class RunStatus : public QWidget {
    Q_OBJECT
  public:
    explicit RunStatus(QWidget* parent = nullptr);

    void show_progress(const Progress& progress);
    void show_machine(const Json& environment);
    /// What is shown, as text: for tests and screen readers.
    QString text() const;

  protected:
    void paintEvent(QPaintEvent*) override;

  private:
    State state_ = State::Empty;
    QLabel *state_text_, *note_, *step_, *speed_, *left_, *machine_;
};

}  // namespace pentimento::ui
