// The class list and the bars behind its rows.
#include "ui/widgets/class_list.h"

#include <QLocale>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>

#include "ui/theme.h"

namespace pentimento::ui {

namespace {

enum Role { CountRole = Qt::UserRole, ShareRole, LabelRole };

class BarDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const override {
        return {80, option.fontMetrics.height() + 12};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        const auto& colors = theme::colors();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        painter->setPen(Qt::NoPen);
        const QRectF row = QRectF(option.rect).adjusted(2, 1, -2, -1);
        if (option.state & (QStyle::State_Selected | QStyle::State_MouseOver)) {
            painter->setBrush(colors.raised);
            painter->drawRoundedRect(row, 5, 5);
        }
        QColor bar = colors.accent;
        bar.setAlphaF(option.state & QStyle::State_Selected ? 0.45f : 0.22f);
        painter->setBrush(bar);
        QRectF filled = row;
        filled.setWidth(std::max(3.0, row.width() * index.data(ShareRole).toDouble()));
        painter->drawRoundedRect(filled, 5, 5);
        const QString count = QLocale().toString(index.data(CountRole).toLongLong());
        const QRectF text = row.adjusted(8, 0, -8, 0);
        const int count_width = option.fontMetrics.horizontalAdvance(count);
        painter->setPen(colors.text);
        painter->drawText(
            text.adjusted(0, 0, -count_width - 8, 0), Qt::AlignVCenter,
            option.fontMetrics.elidedText(index.data().toString(), Qt::ElideRight,
                                          static_cast<int>(text.width()) - count_width - 8));
        painter->setPen(colors.muted);
        painter->drawText(text, Qt::AlignVCenter | Qt::AlignRight, count);
        painter->restore();
    }
};

}  // namespace

ClassList::ClassList(QWidget* parent) : QListWidget(parent) {
    setItemDelegate(new BarDelegate(this));
    setUniformItemSizes(true);
    setMouseTracking(true);
    setAccessibleName(tr("Classes"));
    setToolTip(tr("Choose a class to see its pictures only"));
    connect(this, &QListWidget::currentRowChanged, this, [this] { Q_EMIT class_chosen(chosen()); });
}

void ClassList::set_info(const PackInfo& info) {
    const QSignalBlocker block(this);
    clear();
    const auto add = [this](const QString& name, std::int64_t count, double share, int label) {
        auto* item = new QListWidgetItem(name, this);
        item->setData(CountRole, qint64{count});
        item->setData(ShareRole, share);
        item->setData(LabelRole, label);
        item->setData(Qt::AccessibleTextRole,
                      tr("%1, %n picture(s)", nullptr, static_cast<int>(count)).arg(name));
    };
    add(tr("All pictures"), info.count, 1, -1);
    const std::int64_t most =
        info.class_counts.empty()
            ? 1
            : *std::max_element(info.class_counts.begin(), info.class_counts.end());
    for (std::size_t i = 0; i < info.class_names.size(); ++i) {
        const std::int64_t count = i < info.class_counts.size() ? info.class_counts[i] : 0;
        add(QString::fromStdString(info.class_names[i]), count,
            static_cast<double>(count) / static_cast<double>(std::max<std::int64_t>(1, most)),
            static_cast<int>(i));
    }
    setCurrentRow(0);
}

int ClassList::chosen() const {
    return currentItem() ? currentItem()->data(LabelRole).toInt() : -1;
}

}  // namespace pentimento::ui
