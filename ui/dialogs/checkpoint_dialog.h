// Chooses the checkpoint that a new run begins from, and the new run's name.
#pragma once

#include <QDialog>

#include "ui/derivation.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QTableWidget;

namespace pentimento::ui {

class CheckpointDialog : public QDialog {
    Q_OBJECT
  public:
    /// `kind`: Branch or Weights. `checkpoints` by step, as Experiment lists them.
    CheckpointDialog(Derivation::Kind kind, const Experiment& run,
                     const std::vector<Experiment::Checkpoint>& checkpoints,
                     QWidget* parent = nullptr);

    /// What was chosen.
    Derivation derivation() const;
    QTableWidget& table() { return *table_; }
    QLineEdit& name() { return *name_; }

  private:
    void fill(const std::vector<Experiment::Checkpoint>& checkpoints);
    void update_button();

    Derivation::Kind kind_;
    QString directory_;
    QTableWidget* table_;
    QLineEdit* name_;
    QPushButton* go_;
};

}  // namespace pentimento::ui
