// Draws the items of the family gallery's list: name, one sentence, and why it cannot be used.
#pragma once

#include <QStyledItemDelegate>

namespace pentimento::ui {

class FamilyCards : public QStyledItemDelegate {
    Q_OBJECT
  public:
    static constexpr int kId = Qt::UserRole + 1;
    static constexpr int kSummary = Qt::UserRole + 2;
    static constexpr int kObstacle = Qt::UserRole + 3;  ///< empty: it can be used

    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace pentimento::ui
