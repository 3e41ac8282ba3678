// The combo of presets with its explanation.
#include "ui/widgets/preset_picker.h"

#include <QComboBox>
#include <QLabel>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace pentimento::ui {

PresetPicker::PresetPicker(const std::vector<Preset>& presets, QWidget* parent)
    : QWidget(parent), presets_(presets), combo_(new QComboBox), help_(new QLabel) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(4);
    auto* label = new QLabel(tr("Start from"));
    label->setBuddy(combo_);
    combo_->setAccessibleName(tr("Preset"));
    combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo_->setMinimumContentsLength(12);
    combo_->addItem(tr("Own settings"), QString());
    for (const Preset& preset : presets_) {
        combo_->addItem(QString::fromStdString(preset.label), QString::fromStdString(preset.id));
        combo_->setItemData(combo_->count() - 1,
                            QStringLiteral("<p>%1</p><p><i>%2</i></p>")
                                .arg(QString::fromStdString(preset.help).toHtmlEscaped(),
                                     QString::fromStdString(preset.reference).toHtmlEscaped()),
                            Qt::ToolTipRole);
    }
    help_->setWordWrap(true);
    theme::set_role(help_, "muted");
    column->addWidget(label);
    column->addWidget(combo_);
    column->addWidget(help_);
    connect(combo_, &QComboBox::activated, this, [this] {
        update_help();
        Q_EMIT chosen(combo_->currentData().toString());
    });
    update_help();
}

const Preset* PresetPicker::find(const QString& id) const {
    for (const Preset& preset : presets_)
        if (QString::fromStdString(preset.id) == id) return &preset;
    return nullptr;
}

void PresetPicker::show_choice(const QString& id) {
    combo_->setCurrentIndex(std::max(0, combo_->findData(id)));
    update_help();
}

void PresetPicker::set_locked(const QString& reason) {
    combo_->setEnabled(reason.isEmpty());
    combo_->setToolTip(reason);
}

void PresetPicker::update_help() {
    const Preset* preset = find(combo_->currentData().toString());
    // The first sentence is enough here; the rest is in the tooltip.
    QString text = preset ? QString::fromStdString(preset->help) : QString();
    help_->setToolTip(text);
    const auto stop = text.indexOf(QStringLiteral(". "));
    help_->setText(stop > 0 ? text.left(stop + 1) : text);
    help_->setVisible(!text.isEmpty());
}

}  // namespace pentimento::ui
