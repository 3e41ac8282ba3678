// A heading that folds and unfolds what stands below it.
#pragma once

#include <QToolButton>
#include <QVBoxLayout>
#include <QWidget>

namespace pentimento::ui {

class Section : public QWidget {
    Q_OBJECT
  public:
    explicit Section(const QString& title, QWidget* parent = nullptr);

    /// Where the contents go, and their parent.
    QVBoxLayout* content() const { return content_; }
    QWidget* body() const { return body_; }
    /// A few words after the title, "2 changed"; empty for none.
    void set_note(const QString& note);
    void set_open(bool open);
    bool is_open() const;

  Q_SIGNALS:
    void toggled(bool open);

  private:
    QString title_;
    QToolButton* heading_;
    QWidget* body_;
    QVBoxLayout* content_;
};

}  // namespace pentimento::ui
