// Above a stored run: what it is, and how to go on with it.
#pragma once

#include <QFrame>
#include <cstdint>

class QLabel;
class QPushButton;

namespace pentimento::ui {

class NumberBox;

class ResumeBar : public QFrame {
    Q_OBJECT
  public:
    explicit ResumeBar(QWidget* parent = nullptr);
    void show_run(const QString& name, std::int64_t steps, std::int64_t total_steps);
    std::int64_t total_steps() const;

  Q_SIGNALS:
    void resume_requested(qint64 total_steps);
    void closed();

  private:
    QLabel* text_;
    NumberBox* total_;
    QPushButton* resume_;
};

}  // namespace pentimento::ui
