// The buttons of a style run and how far it is.
#pragma once

#include <QWidget>

#include "ui/run_controller.h"

class QLabel;
class QProgressBar;
class QPushButton;

namespace pentimento::ui {

class Sparkline;

class StyleRunBar : public QWidget {
    Q_OBJECT
  public:
    explicit StyleRunBar(RunController& controller, QWidget* parent = nullptr);

    /// Why blending cannot start; empty when it can.
    void set_blocked(const QString& reason);
    /// Why there is nothing to take a snapshot of; empty when there is.
    void set_snapshot_blocked(const QString& reason);
    /// While the pictures are copied, before the worker has begun.
    void set_preparing(bool on);
    /// A stored or ended run is shown that Resume can continue.
    void set_continuable(bool on);
    void set_exportable(bool on);
    void reset_losses();

    QPushButton& blend() { return *blend_; }
    QPushButton& pause() { return *pause_; }
    QPushButton& resume() { return *resume_; }
    QPushButton& stop() { return *stop_; }
    QPushButton& snapshot() { return *snapshot_; }
    QPushButton& export_button() { return *export_; }
    void update_buttons();

  Q_SIGNALS:
    void blend_wanted();
    void continue_wanted();
    void export_wanted();

  private:
    void show_progress(const Progress& progress);

    RunController& controller_;
    QPushButton *blend_, *pause_, *resume_, *stop_, *snapshot_, *export_;
    QProgressBar* progress_;
    QLabel* text_;
    Sparkline* losses_;
    QString blocked_, snapshot_blocked_;
    bool preparing_ = false, continuable_ = false, exportable_ = false;
};

}  // namespace pentimento::ui
