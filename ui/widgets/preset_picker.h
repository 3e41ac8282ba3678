// Chooses among the presets of a schema and says what the chosen one shows.
#pragma once

#include <QWidget>

#include "core/params/param_set.h"

class QComboBox;
class QLabel;

namespace pentimento::ui {

class PresetPicker : public QWidget {
    Q_OBJECT
  public:
    explicit PresetPicker(const std::vector<Preset>& presets, QWidget* parent = nullptr);

    const Preset* find(const QString& id) const;
    /// Shows this preset as chosen; empty: "Own settings". Says nothing.
    void show_choice(const QString& id);
    /// Disabled with this reason as tooltip; empty enables.
    void set_locked(const QString& reason);

  Q_SIGNALS:
    void chosen(const QString& id);

  private:
    void update_help();
    const std::vector<Preset>& presets_;
    QComboBox* combo_;
    QLabel* help_;
};

}  // namespace pentimento::ui
