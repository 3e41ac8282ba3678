// The folding heading.
#include "ui/widgets/section.h"

#include "ui/theme.h"

namespace pentimento::ui {

Section::Section(const QString& title, QWidget* parent)
    : QWidget(parent), title_(title), heading_(new QToolButton(this)), body_(new QWidget(this)) {
    heading_->setText(title);
    heading_->setCheckable(true);
    heading_->setChecked(true);
    heading_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    heading_->setArrowType(Qt::DownArrow);
    heading_->setAutoRaise(true);
    heading_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    heading_->setAccessibleDescription(tr("Shows or hides this group"));
    theme::set_role(heading_, "section");
    content_ = new QVBoxLayout(body_);
    content_->setContentsMargins(4, 4, 0, 8);
    content_->setSpacing(8);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(heading_);
    column->addWidget(body_);
    connect(heading_, &QToolButton::toggled, this, [this](bool open) {
        heading_->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
        body_->setVisible(open);
        Q_EMIT toggled(open);
    });
}

void Section::set_note(const QString& note) {
    heading_->setText(note.isEmpty() ? title_ : tr("%1 · %2").arg(title_, note));
}

void Section::set_open(bool open) {
    heading_->setChecked(open);
}
bool Section::is_open() const {
    return heading_->isChecked();
}

}  // namespace pentimento::ui
