// A spin box for any number: shows 2e-4 as "2e-4", accepts scientific notation, and steps by a
// factor where the range is logarithmic.
#pragma once

#include <QDoubleSpinBox>

namespace pentimento::ui {

/// The shortest text that reads back as `value`: "0.5", "2e-4", "100000".
QString number_text(double value);

class NumberBox : public QDoubleSpinBox {
    Q_OBJECT
  public:
    explicit NumberBox(QWidget* parent = nullptr);

    void set_whole_numbers(bool on) { whole_numbers_ = on; }
    /// Arrow keys walk 1, 2, 5, 10 … instead of adding.
    void set_logarithmic(bool on) { logarithmic_ = on; }

    QString textFromValue(double value) const override;
    double valueFromText(const QString& text) const override;
    QValidator::State validate(QString& text, int& position) const override;
    void stepBy(int steps) override;
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  private:
    QString stripped(const QString& text) const;
    bool whole_numbers_ = false;
    bool logarithmic_ = false;
};

}  // namespace pentimento::ui
