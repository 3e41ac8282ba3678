// Builds the controls of one parameter and keeps them in step with its value.
#include "ui/widgets/param_editor.h"

#include <QCheckBox>
#include <QComboBox>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSignalBlocker>
#include <QSlider>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "ui/theme.h"
#include "ui/widgets/number_box.h"

namespace pentimento::ui {

namespace {

constexpr int kSliderPositions = 400;
constexpr double kLargestSliderSpan = 1e7;  // wider linear ranges (seeds) have no use for a slider

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

double number_of(const ParamValue& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* number = std::get_if<double>(&value)) return *number;
    return 0;
}

QString shown(const ParamSpec& spec, const ParamValue& value) {
    for (const Choice& choice : spec.choices)
        if (choice.id == to_text(value)) return text(choice.label);
    if (std::holds_alternative<double>(value)) return number_text(std::get<double>(value));
    if (const auto* on = std::get_if<bool>(&value))
        return *on ? ParamEditor::tr("on") : ParamEditor::tr("off");
    const QString plain = text(to_text(value));
    return plain.isEmpty() ? ParamEditor::tr("empty") : plain;
}

bool is_path(const ParamSpec& spec) {
    if (!spec.choices.empty()) return false;
    for (const char* part : {"path", "file", "folder", "weights", "font"})
        if (spec.id.find(part) != std::string::npos || spec.unit == part) return true;
    return false;
}

double round_to_digits(double value, int digits) {
    return QString::number(value, 'g', digits).toDouble();
}

/// A logarithmic slider whose range begins at 0 keeps its first place for 0.
double log_floor(const ParamSpec& spec) {
    return *spec.min > 0 ? *spec.min : *spec.max * 1e-6;
}

}  // namespace

QString param_tooltip(const ParamSpec& spec) {
    QStringList facts;
    if (!spec.unit.empty()) facts << ParamEditor::tr("Unit: %1").arg(text(spec.unit));
    if (spec.min && spec.max)
        facts << ParamEditor::tr("Range: %1 … %2")
                     .arg(number_text(*spec.min), number_text(*spec.max));
    facts << ParamEditor::tr("Default: %1").arg(shown(spec, spec.default_value));
    facts << (spec.apply == Apply::Live ? ParamEditor::tr("Acts live, from the next step on")
                                        : ParamEditor::tr("Acts at the next start"));
    return QStringLiteral("<p><b>%1</b></p><p>%2</p><p>%3</p>")
        .arg(text(spec.label).toHtmlEscaped(), text(spec.help).toHtmlEscaped(),
             facts.join(QStringLiteral("\n"))
                 .toHtmlEscaped()
                 .replace(QLatin1Char('\n'), QStringLiteral("<br>")));
}

int slider_position(const ParamSpec& spec, double value, int positions) {
    double fraction = 0;
    if (spec.scale == Scale::Log) {
        const double floor = log_floor(spec);
        if (value >= floor) fraction = std::log(value / floor) / std::log(*spec.max / floor);
    } else if (*spec.max > *spec.min) {
        fraction = (value - *spec.min) / (*spec.max - *spec.min);
    }
    return static_cast<int>(std::lround(std::clamp(fraction, 0.0, 1.0) * positions));
}

double slider_value(const ParamSpec& spec, int position, int positions) {
    if (position <= 0) return *spec.min;
    if (position >= positions) return *spec.max;
    const double fraction = static_cast<double>(position) / positions;
    const bool whole = std::holds_alternative<std::int64_t>(spec.default_value);
    double value = 0;
    if (spec.scale == Scale::Log) {
        const double floor = log_floor(spec);
        value = round_to_digits(floor * std::pow(*spec.max / floor, fraction), 2);
    } else {
        value = *spec.min + fraction * (*spec.max - *spec.min);
        const double grid = spec.step.value_or(0);
        if (grid > 0)
            value = round_to_digits(*spec.min + std::round((value - *spec.min) / grid) * grid, 12);
        else
            value = round_to_digits(value, 3);
    }
    return std::clamp(whole ? std::round(value) : value, *spec.min, *spec.max);
}

ParamEditor::ParamEditor(ParamSpec spec, QWidget* parent)
    : QWidget(parent), spec_(std::move(spec)), value_(spec_.default_value) {
    setToolTip(param_tooltip(spec_));
    label_ = new QLabel(text(spec_.label), this);
    label_->setWordWrap(true);
    label_->setMinimumWidth(72);
    reset_ = new QToolButton(this);
    reset_->setAutoRaise(true);
    reset_->setIcon(theme::icon(QStringLiteral("undo")));
    reset_->setIconSize({14, 14});
    reset_->setFixedSize(20, 20);
    reset_->setAccessibleName(tr("Reset %1").arg(text(spec_.label)));
    QSizePolicy keep = reset_->sizePolicy();
    keep.setRetainSizeWhenHidden(true);  // rows must not jump when a value changes
    reset_->setSizePolicy(keep);
    connect(reset_, &QToolButton::clicked, this,
            [this] { Q_EMIT value_chosen(spec_.default_value, 0); });

    if (!spec_.choices.empty())
        build_combo();
    else if (std::holds_alternative<bool>(spec_.default_value))
        build_check();
    else if (std::holds_alternative<std::string>(spec_.default_value))
        build_text();
    else
        build_number();
    setFocusProxy(controls_.front());
    set_value(spec_.default_value);
}

void ParamEditor::adopt(QWidget* control, const QString& what) {
    control->setFocusPolicy(Qt::StrongFocus);
    control->installEventFilter(this);
    const QString name = what.isEmpty() ? text(spec_.label) : text(spec_.label) + what;
    control->setAccessibleName(name);
    control->setAccessibleDescription(text(spec_.help));
    control->setObjectName(text(spec_.id) + what.simplified().remove(QLatin1Char(' ')));
    if (controls_.empty()) label_->setBuddy(control);
    controls_.push_back(control);
}

void ParamEditor::lay_out(QWidget* beside_label, QWidget* below, bool with_label) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    auto* row = new QHBoxLayout;
    row->setSpacing(4);
    if (with_label)
        row->addWidget(label_, 1);
    else
        label_->hide();
    if (beside_label) row->addWidget(beside_label, with_label ? 0 : 1);
    row->addWidget(reset_);
    column->addLayout(row);
    if (!below) return;
    auto* second = new QHBoxLayout;
    second->addWidget(below, 1);
    second->setContentsMargins(0, 0, 24, 0);  // aligned with what stands left of the reset button
    column->addLayout(second);
}

void ParamEditor::choose(double number, quint64 gesture) {
    if (std::holds_alternative<std::int64_t>(spec_.default_value))
        Q_EMIT value_chosen(static_cast<std::int64_t>(std::llround(number)), gesture);
    else
        Q_EMIT value_chosen(number, gesture);
}

void ParamEditor::build_number() {
    const bool whole = std::holds_alternative<std::int64_t>(spec_.default_value);
    constexpr double kExact = 9007199254740992.0;  // whole numbers up to 2^53 fit a double
    const double low = spec_.min.value_or(whole ? -kExact : -1e300);
    const double high = spec_.max.value_or(whole ? kExact : 1e300);
    auto* box = new NumberBox(this);
    box->set_whole_numbers(whole);
    box->set_logarithmic(spec_.scale == Scale::Log);
    box->setRange(low, high);
    box->setSingleStep(
        spec_.step.value_or(whole ? 1 : (spec_.min && spec_.max ? (high - low) / 100 : 0.1)));
    if (!spec_.unit.empty() && spec_.unit.size() <= 3)
        box->setSuffix(QStringLiteral(" ") + text(spec_.unit));
    adopt(box);
    connect(box, &QDoubleSpinBox::valueChanged, this, [this](double value) { choose(value, 0); });

    QSlider* slider = nullptr;
    int positions = kSliderPositions;
    if (spec_.min && spec_.max && (spec_.scale == Scale::Log || high - low <= kLargestSliderSpan)) {
        if (whole && spec_.scale == Scale::Linear && high - low < positions)
            positions = std::max(1, static_cast<int>(high - low));
        slider = new QSlider(Qt::Horizontal, this);
        slider->setRange(0, positions);
        slider->setPageStep(std::max(1, positions / 10));
        adopt(slider, tr(" slider"));
        connect(slider, &QSlider::sliderPressed, this, [this] {
            static quint64 gestures = 0;
            gesture_ = ++gestures;
        });
        connect(slider, &QSlider::sliderReleased, this, [this] { gesture_ = 0; });
        connect(slider, &QSlider::valueChanged, this, [this, positions](int position) {
            choose(slider_value(spec_, position, positions), gesture_);
        });
    }
    show_value_ = [this, box, slider, positions] {
        const double number = number_of(value_);
        const QSignalBlocker quiet_box(box);
        box->setValue(number);
        // While dragged, the handle belongs to the hand: rounding must not pull it away.
        if (!slider || slider->isSliderDown()) return;
        const QSignalBlocker quiet_slider(slider);
        slider->setValue(slider_position(spec_, number, positions));
    };
    lay_out(box, slider);
}

void ParamEditor::build_check() {
    auto* check = new QCheckBox(text(spec_.label), this);
    adopt(check);
    connect(check, &QCheckBox::toggled, this, [this](bool on) { Q_EMIT value_chosen(on, 0); });
    show_value_ = [this, check] {
        const QSignalBlocker quiet(check);
        check->setChecked(std::get<bool>(value_));
    };
    lay_out(check, nullptr, false);
}

void ParamEditor::build_combo() {
    auto* combo = new QComboBox(this);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(8);
    for (const Choice& choice : spec_.choices) {
        combo->addItem(text(choice.label.empty() ? choice.id : choice.label), text(choice.id));
        if (!choice.help.empty())
            combo->setItemData(combo->count() - 1,
                               QStringLiteral("<p>%1</p>").arg(text(choice.help).toHtmlEscaped()),
                               Qt::ToolTipRole);
    }
    adopt(combo);
    connect(combo, &QComboBox::activated, this, [this, combo](int index) {
        const auto value = spec_.parse(combo->itemData(index).toString().toStdString());
        if (value) Q_EMIT value_chosen(*value, 0);
    });
    show_value_ = [this, combo] { combo->setCurrentIndex(combo->findData(text(to_text(value_)))); };
    lay_out(nullptr, combo);
}

void ParamEditor::build_text() {
    auto* line = new QLineEdit(this);
    adopt(line);
    connect(line, &QLineEdit::editingFinished, this, [this, line] {
        const std::string now = line->text().toStdString();
        if (now != std::get<std::string>(value_)) Q_EMIT value_chosen(now, 0);
    });
    show_value_ = [this, line] { line->setText(text(std::get<std::string>(value_))); };
    if (is_path(spec_)) {
        QAction* open =
            line->addAction(theme::icon(QStringLiteral("folder")), QLineEdit::TrailingPosition);
        open->setText(tr("Browse…"));
        open->setToolTip(tr("Choose a file"));
        connect(open, &QAction::triggered, this, &ParamEditor::browse);
    }
    lay_out(nullptr, line);
}

void ParamEditor::browse() {
    const QString now = text(std::get<std::string>(value_));
    const QString file = QFileDialog::getOpenFileName(this, text(spec_.label), now);
    if (!file.isEmpty()) Q_EMIT value_chosen(file.toStdString(), 0);
}

void ParamEditor::set_value(const ParamValue& value) {
    value_ = value;
    show_value_();
    const bool changed = !(value_ == spec_.default_value);
    reset_->setVisible(changed);
    reset_->setToolTip(tr("Back to the default, %1").arg(shown(spec_, spec_.default_value)));
    // The style sheet paints the names of changed settings in the accent colour.
    if (label_->property("changed").toBool() != changed) {
        for (QWidget* mark : {static_cast<QWidget*>(label_), controls_.front()}) {
            mark->setProperty("changed", changed);
            mark->style()->unpolish(mark);
            mark->style()->polish(mark);
        }
    }
}

void ParamEditor::set_locked(const QString& reason) {
    const bool locked = !reason.isEmpty();
    label_->setEnabled(!locked);
    reset_->setEnabled(!locked);
    for (QWidget* control : controls_) control->setEnabled(!locked);
    setToolTip(locked ? QStringLiteral("<p><i>%1</i></p>").arg(reason.toHtmlEscaped()) +
                            param_tooltip(spec_)
                      : param_tooltip(spec_));
}

bool ParamEditor::eventFilter(QObject* watched, QEvent* event) {
    // Scrolling a panel must not change the values that pass under the pointer.
    if (event->type() == QEvent::Wheel && !static_cast<QWidget*>(watched)->hasFocus()) {
        event->ignore();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace pentimento::ui
