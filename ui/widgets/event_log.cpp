// The list of events.
#include "ui/widgets/event_log.h"

#include <QListWidget>

#include "core/base/text.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {
constexpr int kMostLines = 1000;  // a slider that is dragged for long makes many
}

EventLog::EventLog(QWidget* parent) : Section(tr("Events"), parent), list_(new QListWidget) {
    list_->setAccessibleName(tr("Events"));
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setMinimumHeight(56);
    content()->setContentsMargins(0, 4, 0, 0);
    content()->addWidget(list_);
}

void EventLog::clear() {
    list_->clear();
}

int EventLog::count() const {
    return list_->count();
}

void EventLog::append(const std::vector<Event>& events) {
    for (const Event& event : events) {
        auto* item = new QListWidgetItem(tr("Step %1   %2")
                                             .arg(QString::fromStdString(format_count(event.step)),
                                                  QString::fromStdString(event.text)));
        item->setToolTip(QString::fromStdString(event.text));
        if (event.severity == Severity::Warning) item->setForeground(theme::colors().warning);
        if (event.severity == Severity::Error) item->setForeground(theme::colors().bad);
        list_->addItem(item);
    }
    while (list_->count() > kMostLines) delete list_->takeItem(0);
    list_->scrollToBottom();
}

}  // namespace pentimento::ui
