// What an empty page says: a picture, what this place is for, and buttons for what to do.
#pragma once

#include <QWidget>
#include <functional>

class QHBoxLayout;

namespace pentimento::ui {

class EmptyState : public QWidget {
    Q_OBJECT
  public:
    EmptyState(const QString& icon, const QString& title, const QString& text,
               QWidget* parent = nullptr);
    void add_action(const QString& text, bool primary, std::function<void()> action);

  private:
    QHBoxLayout* buttons_;
};

}  // namespace pentimento::ui
