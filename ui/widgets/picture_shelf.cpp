// The strip: one row of icons that scrolls sideways.
#include "ui/widgets/picture_shelf.h"

#include <QContextMenuEvent>
#include <QDragEnterEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QUrl>

#include "ui/theme.h"

namespace pentimento::ui {

namespace {

enum Role { kId = Qt::UserRole, kPath, kRemovable };
constexpr int kGap = 8;

// Every icon fills the same square, so that the strip is even: the middle of the picture.
QPixmap icon_of(const QImage& thumbnail, double ratio) {
    const int edge = static_cast<int>(PictureShelf::kEdge * ratio);
    const QImage filling =
        thumbnail.scaled(edge, edge, Qt::KeepAspectRatioByExpanding, Qt::SmoothTransformation);
    QPixmap square = QPixmap::fromImage(
        filling.copy((filling.width() - edge) / 2, (filling.height() - edge) / 2, edge, edge));
    square.setDevicePixelRatio(ratio);
    return square;
}

/// The picture as it is, with a frame around the chosen one: the usual delegate would tint it and
/// mark the place of its missing text.
class PictureDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        QRect square(QPoint(), QSize(PictureShelf::kEdge, PictureShelf::kEdge));
        square.moveCenter(option.rect.center());
        index.data(Qt::DecorationRole).value<QIcon>().paint(painter, square);
        const bool chosen = option.state.testFlag(QStyle::State_Selected);
        if (!chosen && !option.state.testFlag(QStyle::State_MouseOver)) return;
        painter->save();
        painter->setPen(QPen(chosen ? theme::colors().accent : theme::colors().muted, kFrame));
        painter->drawRect(
            QRectF(square).adjusted(kFrame / 2, kFrame / 2, -kFrame / 2, -kFrame / 2));
        painter->restore();
    }

  private:
    static constexpr double kFrame = 2;
};

}  // namespace

PictureShelf::PictureShelf(const QString& name, QWidget* parent) : QListWidget(parent) {
    setAccessibleName(name);
    setViewMode(QListView::IconMode);
    setFlow(QListView::LeftToRight);
    setWrapping(false);
    setMovement(QListView::Static);
    setResizeMode(QListView::Adjust);
    setItemDelegate(new PictureDelegate(this));
    setMouseTracking(true);  // the frame under the mouse
    setIconSize({kEdge, kEdge});
    setGridSize({kEdge + kGap, kEdge + kGap});
    setSpacing(0);
    setViewportMargins(kGap / 2, kGap / 2, kGap / 2, 0);
    setUniformItemSizes(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    setDragEnabled(true);
    setDefaultDropAction(Qt::CopyAction);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    const auto choose = [this](const QListWidgetItem* item) {
        Q_EMIT chosen(item->data(kId).toString());
    };
    connect(this, &QListWidget::itemClicked, this, choose);
    // Where a click activates, a second signal would choose twice.
    connect(this, &QListWidget::itemActivated, this, [this, choose](const QListWidgetItem* item) {
        if (!style()->styleHint(QStyle::SH_ItemView_ActivateItemOnSingleClick)) choose(item);
    });
}

void PictureShelf::set_items(const std::vector<ShelfItem>& items) {
    const QString before = currentItem() ? currentItem()->data(kId).toString() : QString();
    clear();
    for (const ShelfItem& entry : items) {
        auto* item = new QListWidgetItem(QIcon(icon_of(entry.thumbnail, devicePixelRatioF())),
                                         QString(), this);
        item->setData(kId, entry.id);
        item->setData(kPath, entry.path);
        item->setData(kRemovable, entry.removable);
        item->setToolTip(entry.name);
        item->setData(Qt::AccessibleTextRole, entry.name);
        if (entry.id == before) setCurrentItem(item);
    }
    viewport()->update();
}

void PictureShelf::set_empty_text(const QString& text) {
    empty_text_ = text;
    viewport()->update();
}

void PictureShelf::set_takes_drops(bool on) {
    takes_drops_ = on;
    setAcceptDrops(on);
    viewport()->setAcceptDrops(on);
}

QSize PictureShelf::sizeHint() const {
    return {5 * (kEdge + kGap),
            kEdge + 3 * kGap / 2 + 2 * frameWidth() + horizontalScrollBar()->sizeHint().height()};
}

QSize PictureShelf::minimumSizeHint() const {
    return {kEdge + kGap, sizeHint().height()};
}

QMimeData* PictureShelf::mimeData(const QList<QListWidgetItem*>& items) const {
    if (items.isEmpty() || items.first()->data(kPath).toString().isEmpty()) return nullptr;
    auto* mime = new QMimeData;
    mime->setUrls({QUrl::fromLocalFile(items.first()->data(kPath).toString())});
    return mime;
}

void PictureShelf::paintEvent(QPaintEvent* event) {
    QListWidget::paintEvent(event);
    if (count() > 0) return;
    QPainter painter(viewport());
    painter.setPen(theme::colors().muted);
    painter.drawText(viewport()->rect().adjusted(12, 4, -12, -4),
                     Qt::AlignCenter | Qt::TextWordWrap, empty_text_);
}

void PictureShelf::keyPressEvent(QKeyEvent* event) {
    const QListWidgetItem* item = currentItem();
    if (item && item->data(kRemovable).toBool() &&
        (event->key() == Qt::Key_Delete || event->key() == Qt::Key_Backspace))
        return Q_EMIT removal_wanted(item->data(kId).toString());
    QListWidget::keyPressEvent(event);
}

void PictureShelf::contextMenuEvent(QContextMenuEvent* event) {
    const QListWidgetItem* item = itemAt(event->pos());
    if (!item) return;
    const QString id = item->data(kId).toString();
    QMenu menu(this);
    for (const MenuEntry& entry : menu_)
        menu.addAction(entry.text, this,
                       [this, key = entry.id, id] { Q_EMIT menu_chosen(key, id); });
    if (!menu_.empty()) menu.addSeparator();
    menu.addAction(tr("&Remove"), QKeySequence(Qt::Key_Delete), this,
                   [this, id] { Q_EMIT removal_wanted(id); })
        ->setEnabled(item->data(kRemovable).toBool());
    menu.exec(event->globalPos());
}

void PictureShelf::dragEnterEvent(QDragEnterEvent* event) {
    if (!takes_drops_ || event->source() == this || !offers_picture(event->mimeData()))
        return event->ignore();
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void PictureShelf::dragMoveEvent(QDragMoveEvent* event) {
    event->setDropAction(Qt::CopyAction);
    event->accept();
}

void PictureShelf::dropEvent(QDropEvent* event) {
    event->setDropAction(Qt::CopyAction);
    event->accept();
    if (const auto source = picture_from_mime(event->mimeData())) Q_EMIT dropped(*source);
}

// A wheel has one direction, and so has the strip.
void PictureShelf::wheelEvent(QWheelEvent* event) {
    const QPoint by = event->angleDelta();
    horizontalScrollBar()->setValue(horizontalScrollBar()->value() - (by.x() ? by.x() : by.y()));
    event->accept();
}

}  // namespace pentimento::ui
