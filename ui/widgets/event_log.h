// What happened in a run, newest last; folds away.
#pragma once

#include <vector>

#include "core/session/run.h"
#include "ui/widgets/section.h"

class QListWidget;

namespace pentimento::ui {

class EventLog : public Section {
    Q_OBJECT
  public:
    explicit EventLog(QWidget* parent = nullptr);
    void clear();
    void append(const std::vector<Event>& events);
    int count() const;

  private:
    QListWidget* list_;
};

}  // namespace pentimento::ui
