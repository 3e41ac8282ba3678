// The classes of a dataset with their counts as bars; choosing one filters the pictures.
#pragma once

#include <QListWidget>

#include "core/data/pack.h"

namespace pentimento::ui {

class ClassList : public QListWidget {
    Q_OBJECT
  public:
    explicit ClassList(QWidget* parent = nullptr);
    void set_info(const PackInfo& info);
    /// The chosen class; -1 for all pictures.
    int chosen() const;

  Q_SIGNALS:
    void class_chosen(int label);
};

}  // namespace pentimento::ui
