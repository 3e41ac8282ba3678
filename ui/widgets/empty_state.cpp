// Lays the empty state out in the middle of its page.
#include "ui/widgets/empty_state.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace pentimento::ui {

EmptyState::EmptyState(const QString& icon, const QString& title, const QString& text,
                       QWidget* parent)
    : QWidget(parent), buttons_(new QHBoxLayout) {
    auto* column = new QVBoxLayout(this);
    column->setSpacing(12);
    column->addStretch(2);
    auto* picture = new QLabel;
    picture->setAlignment(Qt::AlignCenter);
    const auto draw = [picture, icon] {
        picture->setPixmap(theme::icon(icon).pixmap(QSize(56, 56), picture->devicePixelRatioF(),
                                                    QIcon::Normal, QIcon::On));
    };
    draw();
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, picture, draw);
    column->addWidget(picture);
    auto* heading = new QLabel(title);
    heading->setAlignment(Qt::AlignCenter);
    theme::set_role(heading, "title");
    column->addWidget(heading);
    auto* hint = new QLabel(text);
    hint->setWordWrap(true);
    hint->setAlignment(Qt::AlignCenter);
    hint->setMaximumWidth(520);
    hint->setMinimumWidth(360);
    theme::set_role(hint, "muted");
    column->addWidget(hint, 0, Qt::AlignHCenter);
    column->addSpacing(8);
    buttons_->setSpacing(12);
    buttons_->addStretch(1);
    buttons_->addStretch(1);
    column->addLayout(buttons_);
    column->addStretch(3);
}

void EmptyState::add_action(const QString& text, bool primary, std::function<void()> action) {
    auto* button = new QPushButton(text);
    if (primary) theme::set_role(button, "primary");
    connect(button, &QPushButton::clicked, this, std::move(action));
    buttons_->insertWidget(buttons_->count() - 1, button);
}

}  // namespace pentimento::ui
