// Where the popover stands and what is in it.
#include "ui/widgets/popover.h"

#include <QLabel>
#include <QScreen>
#include <QVBoxLayout>

#include "ui/theme.h"

namespace pentimento::ui {

namespace {
constexpr int kTextWidth = 300;
}

Popover::Popover(QWidget* parent, const QString& title, const QString& text)
    : QFrame(parent, Qt::Popup) {
    setAttribute(Qt::WA_DeleteOnClose);
    theme::set_role(this, "popover");
    setAccessibleName(title);
    setAccessibleDescription(text);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(14, 12, 14, 12);
    column->setSpacing(6);
    auto* heading = new QLabel(title);
    heading->setTextFormat(Qt::PlainText);
    theme::set_role(heading, "subheading");
    auto* body = new QLabel(text);
    body->setTextFormat(Qt::PlainText);
    body->setWordWrap(true);
    body->setFixedWidth(kTextWidth);
    column->addWidget(heading);
    column->addWidget(body);
}

Popover* Popover::show_at(QWidget* anchor, const QString& title, const QString& text) {
    auto* popover = new Popover(anchor->window(), title, text);
    popover->adjustSize();
    const QRect screen = anchor->screen()->availableGeometry();
    const QSize size = popover->size();
    QPoint at = anchor->mapToGlobal(QPoint(0, anchor->height() + 4));
    if (at.y() + size.height() > screen.bottom())
        at.setY(anchor->mapToGlobal(QPoint()).y() - 4 - size.height());
    at.setX(
        std::clamp(at.x(), screen.left(), std::max(screen.left(), screen.right() - size.width())));
    popover->move(at);
    popover->show();
    return popover;
}

}  // namespace pentimento::ui
