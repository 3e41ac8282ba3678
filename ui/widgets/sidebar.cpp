// The column of page buttons.
#include "ui/widgets/sidebar.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace pentimento::ui {

Sidebar::Sidebar(QWidget* parent)
    : QFrame(parent),
      pages_(new QVBoxLayout),
      group_(new QButtonGroup(this)),
      theme_(new QToolButton) {
    setObjectName(QStringLiteral("sidebar"));
    setFixedWidth(208);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 16, 12, 12);
    column->setSpacing(4);
    auto* brand = new QHBoxLayout;
    brand->setContentsMargins(4, 0, 0, 12);
    auto* picture = new QLabel;
    picture->setPixmap(QIcon(QStringLiteral(":/program/pentimento.svg"))
                           .pixmap(QSize(28, 28), devicePixelRatioF()));
    auto* name = new QLabel(QStringLiteral("Pentimento"));
    name->setObjectName(QStringLiteral("brand"));
    brand->addWidget(picture);
    brand->addWidget(name, 1);
    column->addLayout(brand);
    pages_->setSpacing(4);
    column->addLayout(pages_);
    column->addStretch(1);
    theme_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    theme_->setIconSize({18, 18});
    theme_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    column->addWidget(theme_);
    connect(theme_, &QToolButton::clicked, this, &Sidebar::theme_toggled);
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, this,
            &Sidebar::update_theme_button);
    update_theme_button();
}

void Sidebar::add_page(const QString& id, const QString& title, const QString& icon, int number) {
    auto* button = new QToolButton;
    button->setText(title);
    button->setIcon(theme::icon(icon));
    button->setIconSize({20, 20});
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    button->setCheckable(true);
    button->setObjectName(id);
    button->setToolTip(tr("%1 (Ctrl+%2)").arg(title).arg(number));
    button->setAccessibleName(tr("%1 page").arg(title));
    group_->addButton(button);
    pages_->addWidget(button);
    connect(button, &QToolButton::clicked, this, [this, id] { Q_EMIT page_chosen(id); });
}

void Sidebar::show_current(const QString& id) {
    for (QAbstractButton* button : group_->buttons())
        if (button->objectName() == id) button->setChecked(true);
}

QString Sidebar::title(const QString& id) const {
    for (const QAbstractButton* button : group_->buttons())
        if (button->objectName() == id) return button->text();
    return {};
}

void Sidebar::update_theme_button() {
    theme_->setText(theme::dark() ? tr("Light theme") : tr("Dark theme"));
    theme_->setIcon(theme::icon(theme::dark() ? QStringLiteral("sun") : QStringLiteral("moon")));
}

}  // namespace pentimento::ui
