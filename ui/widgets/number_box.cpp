// Text and steps of the number box.
#include "ui/widgets/number_box.h"

#include <QLineEdit>
#include <QLocale>
#include <QStyleOptionSpinBox>
#include <cmath>
#include <limits>

namespace pentimento::ui {

QString number_text(double value) {
    const double magnitude = std::abs(value);
    if (value == 0) return QStringLiteral("0");
    if (magnitude >= 1e-3 && magnitude < 1e9)
        return QString::number(value, 'f', QLocale::FloatingPointShortest);
    QString text = QString::number(value, 'e', QLocale::FloatingPointShortest);
    const auto exponent = text.indexOf(QLatin1Char('e'));
    // "2e-04" → "2e-4", "1e+10" → "1e10"
    return text.left(exponent + 1) + QString::number(text.mid(exponent + 1).toInt());
}

NumberBox::NumberBox(QWidget* parent) : QDoubleSpinBox(parent) {
    setDecimals(std::numeric_limits<double>::max_digits10 + 3);  // no rounding of small values
    setKeyboardTracking(false);
    setButtonSymbols(QAbstractSpinBox::NoButtons);  // the slider, the keys and the wheel do that
    setLocale(QLocale::c());
    setAlignment(Qt::AlignRight);
    setFocusPolicy(Qt::StrongFocus);  // the wheel must not take the focus while a panel scrolls
    setCorrectionMode(QAbstractSpinBox::CorrectToNearestValue);
}

QString NumberBox::textFromValue(double value) const {
    if (whole_numbers_) return QString::number(static_cast<qint64>(std::llround(value)));
    return number_text(value);
}

QString NumberBox::stripped(const QString& text) const {
    QString number = text;
    if (!suffix().isEmpty() && number.endsWith(suffix())) number.chop(suffix().size());
    return number.trimmed().replace(QLatin1Char(','), QLatin1Char('.'));
}

double NumberBox::valueFromText(const QString& text) const {
    bool ok = false;
    const double value = QLocale::c().toDouble(stripped(text), &ok);
    if (!ok) return this->value();
    return whole_numbers_ ? std::round(value) : value;
}

QValidator::State NumberBox::validate(QString& text, int&) const {
    const QString number = stripped(text);
    bool ok = false;
    const double value = QLocale::c().toDouble(number, &ok);
    if (ok && std::isfinite(value))
        return value >= minimum() && value <= maximum() ? QValidator::Acceptable
                                                        : QValidator::Intermediate;
    for (const QChar c : number)
        if (!c.isDigit() && !QStringLiteral("+-.eE").contains(c)) return QValidator::Invalid;
    return QValidator::Intermediate;
}

void NumberBox::stepBy(int steps) {
    if (!logarithmic_ || value() <= 0) {
        QDoubleSpinBox::stepBy(steps);
        return;
    }
    constexpr double kMantissas[] = {1, 2, 5};
    double value = this->value();
    for (int i = 0; i < std::abs(steps); ++i) {
        const double decade = std::pow(10.0, std::floor(std::log10(value) + 1e-9));
        const double mantissa = value / decade;
        double next = steps > 0 ? 10 : 0.5;
        if (steps > 0) {
            for (const double m : {5.0, 2.0})
                if (mantissa < m * (1 - 1e-9)) next = m;
        } else {
            for (const double m : kMantissas)
                if (mantissa > m * (1 + 1e-9)) next = m;
        }
        // Through text, since 5 · 10⁻⁵ as a product is not the number that "5e-5" reads as.
        value = QString::number(next * decade, 'g', 6).toDouble();
    }
    if (whole_numbers_) value = std::round(value);
    setValue(value);
    selectAll();
}

QSize NumberBox::sizeHint() const {
    // QDoubleSpinBox measures its extreme values with all decimals, which is far too wide here.
    QSize size = QDoubleSpinBox::sizeHint();
    size.setWidth(fontMetrics().horizontalAdvance(QStringLiteral("00000000")) + 20 +
                  fontMetrics().horizontalAdvance(suffix()));
    return size;
}

QSize NumberBox::minimumSizeHint() const {
    return {sizeHint().width(), QDoubleSpinBox::minimumSizeHint().height()};
}

}  // namespace pentimento::ui
