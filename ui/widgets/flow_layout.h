// Lays widgets side by side and wraps them into further lines, like words.
#pragma once

#include <QLayout>
#include <QList>

namespace pentimento::ui {

class FlowLayout : public QLayout {
  public:
    explicit FlowLayout(int gap = 4, QWidget* parent = nullptr);
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override { items_.append(item); }
    int count() const override { return static_cast<int>(items_.size()); }
    QLayoutItem* itemAt(int index) const override { return items_.value(index); }
    QLayoutItem* takeAt(int index) override;
    Qt::Orientations expandingDirections() const override { return {}; }
    bool hasHeightForWidth() const override { return true; }
    int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), false); }
    void setGeometry(const QRect& area) override;
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSize() const override;

  private:
    /// The height used within `area`'s width; `move`: also places the widgets.
    int arrange(const QRect& area, bool move) const;
    QList<QLayoutItem*> items_;
};

}  // namespace pentimento::ui
