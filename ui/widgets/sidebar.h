// The pages as a column of buttons, with the theme switch at its foot.
#pragma once

#include <QFrame>

class QButtonGroup;
class QToolButton;
class QVBoxLayout;

namespace pentimento::ui {

class Sidebar : public QFrame {
    Q_OBJECT
  public:
    explicit Sidebar(QWidget* parent = nullptr);
    void add_page(const QString& id, const QString& title, const QString& icon, int number);
    void show_current(const QString& id);
    QString title(const QString& id) const;

  Q_SIGNALS:
    void page_chosen(const QString& id);
    void theme_toggled();

  private:
    void update_theme_button();
    QVBoxLayout* pages_;
    QButtonGroup* group_;
    QToolButton* theme_;
};

}  // namespace pentimento::ui
