// The list of events.
#include "ui/widgets/event_log.h"

#include <QListWidget>
#include <span>

#include "core/base/text.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {

constexpr int kMostLines = 1000;  // a slider that is dragged for long makes many
constexpr int kSeverity = Qt::UserRole;

void colour(QListWidgetItem& item) {
    const auto severity = static_cast<Severity>(item.data(kSeverity).toInt());
    if (severity == Severity::Warning) item.setForeground(theme::colors().warning);
    if (severity == Severity::Error) item.setForeground(theme::colors().bad);
}

}  // namespace

EventLog::EventLog(QWidget* parent) : Section(tr("Events"), parent), list_(new QListWidget) {
    list_->setAccessibleName(tr("Events"));
    list_->setUniformItemSizes(true);
    list_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    list_->setMinimumHeight(56);
    content()->setContentsMargins(0, 4, 0, 0);
    content()->addWidget(list_);
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, this, [this] {
        for (int i = 0; i < list_->count(); ++i) colour(*list_->item(i));
    });
}

void EventLog::clear() {
    list_->clear();
}

int EventLog::count() const {
    return list_->count();
}

void EventLog::append(const std::vector<Event>& events) {
    const std::size_t skipped =
        events.size() > static_cast<std::size_t>(kMostLines) ? events.size() - kMostLines : 0;
    for (const Event& event : std::span(events).subspan(skipped)) {
        auto* item = new QListWidgetItem(tr("Step %1   %2")
                                             .arg(QString::fromStdString(format_count(event.step)),
                                                  QString::fromStdString(event.text)));
        item->setToolTip(QString::fromStdString(event.text));
        item->setData(kSeverity, static_cast<int>(event.severity));
        colour(*item);
        list_->addItem(item);
    }
    while (list_->count() > kMostLines) delete list_->takeItem(0);
    list_->scrollToBottom();
}

}  // namespace pentimento::ui
