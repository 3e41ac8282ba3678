// A dialog of what Qt draws by the style sheet, in a few states.
#pragma once

#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QScrollArea>
#include <QSlider>
#include <QSpinBox>
#include <QTableWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace pentimento::ui::test {

class Sampler : public QDialog {
  public:
    explicit Sampler(QWidget* parent = nullptr) : QDialog(parent) {
        setAttribute(Qt::WA_ShowWithoutActivating);
        auto* column = new QVBoxLayout(this);
        for (const char* role : {"title", "muted", "error", "warning", "good"}) {
            auto* label = new QLabel(QLatin1String(role));
            theme::set_role(label, role);
            column->addWidget(label);
        }
        for (const char* role : {"", "primary", "danger", "link"}) {
            auto* button = new QPushButton(QLatin1String(role));
            theme::set_role(button, role);
            button->setDisabled(*role == 'd');
            column->addWidget(button);
        }
        for (const char* role : {"tile", "pill", "section"}) {
            auto* button = new QToolButton;
            button->setText(QLatin1String(role));
            button->setIcon(theme::icon(QStringLiteral("train")));
            theme::set_role(button, role);
            column->addWidget(button);
        }
        auto* combo = new QComboBox;
        combo->addItems({QStringLiteral("one"), QStringLiteral("two")});
        auto* bar = new QProgressBar;
        bar->setValue(40);
        auto* slider = new QSlider(Qt::Horizontal);
        slider->setValue(40);
        auto* table = new QTableWidget(20, 2);
        table->selectRow(1);
        auto* list = new QListWidget;
        list->addItems({QStringLiteral("one"), QStringLiteral("two")});
        auto* frame = new QFrame;
        theme::set_role(frame, "panel");
        auto* area = new QScrollArea;
        area->setWidget(new QLabel(QStringLiteral("inside\n\n\n\n\n\n\n\n\n\nof an area")));
        (new QVBoxLayout(frame))->addWidget(area);
        for (QWidget* widget : std::initializer_list<QWidget*>{
                 combo, bar, slider, table, list, frame, new QLineEdit(QStringLiteral("text")),
                 new QSpinBox, new QRadioButton(QStringLiteral("choice"))})
            column->addWidget(widget);
        for (QWidget* widget : findChildren<QWidget*>()) widget->setFocusPolicy(Qt::NoFocus);
        resize(400, 1200);
    }
    QImage picture() { return grab().toImage(); }
};

}  // namespace pentimento::ui::test
