// An editor for a ParamSet, made from its schema: groups, labels, sliders, spin boxes, combos,
// check boxes, tooltips, "changed" marks with reset, a Basic/Advanced switch, a search when there
// are many. Every edit is one undo step (a slider drag is one).
#pragma once

#include <QStringList>
#include <QWidget>
#include <memory>

#include "core/params/param_set.h"

class QUndoStack;

namespace pentimento::ui {

class ParamPanel : public QWidget {
    Q_OBJECT
  public:
    /// `undo` may be null. `only`: ids to show; empty shows all.
    ParamPanel(ParamSet params, QUndoStack* undo, QStringList only = {}, QWidget* parent = nullptr);
    ~ParamPanel() override;

    const ParamSet& params() const;
    /// Replaces all values (a preset, a run opened); one undo step named `reason`. Without a reason
    /// there is no undo step and edited() is not emitted.
    void set_params(const ParamSet& params, const QString& reason = {});
    /// A change of a few values from elsewhere (a remedy), as if made here: one undo step.
    void apply(const Patch& patch, const QString& reason);
    /// Remembers under `key` which groups are folded; those of `folded_at_first` are until the
    /// person unfolds them.
    void remember_groups(const QString& key, const QStringList& folded_at_first = {});
    /// Shows the settings whose name, group or help has all words of `text`, advanced ones
    /// included; empty shows the usual ones.
    void set_filter(const QString& text);
    /// While a run is active, restart parameters are disabled with this tooltip; empty enables all.
    void set_restart_locked(const QString& reason);
    void set_show_advanced(bool on);
    /// The bare editor (label with help, slider, spin box …) of one parameter, for pages that place
    /// it themselves; it stays in step with the panel.
    QWidget* editor(const QString& id);

  Q_SIGNALS:
    void edited(const pentimento::Patch&
                    patch);  ///< one or more values have changed, undo and redo included

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::ui
