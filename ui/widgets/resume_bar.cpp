// The bar above a stored run.
#include "ui/widgets/resume_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>

#include "core/base/text.h"
#include "ui/theme.h"
#include "ui/widgets/number_box.h"

namespace pentimento::ui {

ResumeBar::ResumeBar(QWidget* parent)
    : QFrame(parent),
      text_(new QLabel),
      total_(new NumberBox),
      resume_(new QPushButton(tr("Resume"))) {
    theme::set_role(this, "panel");
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(12, 8, 12, 8);
    text_->setWordWrap(true);
    row->addWidget(text_, 1);
    auto* label = new QLabel(tr("Train until step"));
    label->setBuddy(total_);
    total_->set_whole_numbers(true);
    total_->setRange(1, 1e9);
    total_->setSingleStep(100);
    total_->setAccessibleName(tr("Total steps after resuming"));
    theme::set_role(resume_, "primary");
    resume_->setToolTip(
        tr("Goes on from the newest checkpoint, exactly as if it had never stopped"));
    auto* close = new QPushButton(tr("Close"));
    close->setToolTip(tr("Puts this run away and shows the settings for a new one"));
    row->addWidget(label);
    row->addWidget(total_);
    row->addWidget(resume_);
    row->addWidget(close);
    connect(resume_, &QPushButton::clicked, this,
            [this] { Q_EMIT resume_requested(total_steps()); });
    connect(close, &QPushButton::clicked, this, &ResumeBar::closed);
    hide();
}

void ResumeBar::show_run(const QString& name, std::int64_t steps, std::int64_t total_steps) {
    text_->setText(tr("<b>%1</b> stands at step %2.")
                       .arg(name.toHtmlEscaped(), QString::fromStdString(format_count(steps))));
    total_->setMinimum(static_cast<double>(steps + 1));
    total_->setValue(static_cast<double>(
        total_steps > steps ? total_steps : 2 * std::max<std::int64_t>(steps, 1)));
    show();
}

std::int64_t ResumeBar::total_steps() const {
    return static_cast<std::int64_t>(total_->value());
}

}  // namespace pentimento::ui
