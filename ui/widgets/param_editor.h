// The controls of one parameter, made from its declaration: label, number box and slider, check
// box, combo or line edit, and a button that goes back to the default.
#pragma once

#include <QWidget>
#include <functional>

#include "core/params/param_spec.h"

class QLabel;
class QToolButton;

namespace pentimento::ui {

/// What a tooltip says of a parameter: help, unit, range, default, when a change acts.
QString param_tooltip(const ParamSpec& spec);

/// Where a value lies on a slider of `positions` + 1 places, and back (rounded to a readable
/// number).
int slider_position(const ParamSpec& spec, double value, int positions);
double slider_value(const ParamSpec& spec, int position, int positions);

class ParamEditor : public QWidget {
    Q_OBJECT
  public:
    explicit ParamEditor(ParamSpec spec, QWidget* parent = nullptr);

    const ParamSpec& spec() const { return spec_; }
    /// Shows a value; says nothing.
    void set_value(const ParamValue& value);
    /// Disabled with this reason as tooltip; empty enables.
    void set_locked(const QString& reason);

  Q_SIGNALS:
    /// The person chose a value. Choices of one slider drag share a gesture; 0: an edit of its own.
    void value_chosen(const pentimento::ParamValue& value, quint64 gesture);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void build_number();
    void build_check();
    void build_combo();
    void build_text();
    void lay_out(QWidget* beside_label, QWidget* below, bool with_label = true);
    void adopt(QWidget* control, const QString& what = {});
    void choose(double number, quint64 gesture);
    void browse();

    ParamSpec spec_;
    ParamValue value_;
    QLabel* label_ = nullptr;
    QToolButton* reset_ = nullptr;
    std::vector<QWidget*> controls_;
    std::function<void()> show_value_;
    quint64 gesture_ = 0;  ///< of the drag in progress
};

}  // namespace pentimento::ui
