// A small panel with a title and a text at a widget; Escape or a click elsewhere closes it.
#pragma once

#include <QFrame>

namespace pentimento::ui {

class Popover : public QFrame {
    Q_OBJECT
  public:
    /// Shows one below `anchor`, or above it near the lower edge of the screen. It deletes itself.
    static Popover* show_at(QWidget* anchor, const QString& title, const QString& text);

  private:
    Popover(QWidget* parent, const QString& title, const QString& text);
};

}  // namespace pentimento::ui
