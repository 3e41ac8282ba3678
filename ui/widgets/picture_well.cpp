// The picture well: input and painting. Reading happens on a thread of its own.
#include "ui/widgets/picture_well.h"

#include <QApplication>
#include <QClipboard>
#include <QContextMenuEvent>
#include <QDrag>
#include <QFileDialog>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolButton>
#include <QUrl>

#include "ui/background.h"
#include "ui/file_kinds.h"
#include "ui/preferences.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {
constexpr int kPadding = 8;
constexpr double kRadius = 8;
}  // namespace

PictureWell::PictureWell(std::filesystem::path inputs, const QString& prompt, QWidget* parent)
    : QWidget(parent),
      inputs_(std::move(inputs)),
      prompt_(prompt),
      loader_(std::make_unique<Background>()) {
    setAcceptDrops(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    remove_ = new QToolButton(this);
    remove_->setText(QStringLiteral("✕"));
    remove_->setAutoRaise(true);
    remove_->setCursor(Qt::ArrowCursor);
    remove_->setFocusPolicy(Qt::NoFocus);  // the Delete key does the same
    remove_->setFixedSize(24, 24);
    remove_->hide();
    connect(remove_, &QToolButton::clicked, this, [this] {
        clear();
        Q_EMIT remove_requested();
    });
    update_texts();
}

PictureWell::~PictureWell() = default;

bool PictureWell::loading() const {
    return loader_->busy();
}

void PictureWell::load(const PictureSource& source) {
    if (!locked_.isEmpty()) return;
    if (takes_films_ && ends_as(source.path, film_endings())) {
        Q_EMIT film_offered(source.path);
        return;
    }
    error_.clear();
    loader_->start([source, inputs = inputs_] { return load_picture(source, inputs); },
                   [this](const Result<WellPicture>& picture) {
                       if (!picture)
                           return show_error(QString::fromStdString(picture.error().message));
                       set_picture(*picture);
                   });
    update_texts();
}

void PictureWell::set_picture(std::optional<WellPicture> picture) {
    loader_->cancel();
    picture_ = std::move(picture);
    error_.clear();
    thumbnail_ = {};
    update_texts();
    Q_EMIT changed();
}

void PictureWell::clear() {
    if (!locked_.isEmpty()) return;
    const bool was_there = picture_.has_value();
    loader_->cancel();
    picture_.reset();
    error_.clear();
    thumbnail_ = {};
    update_texts();
    if (was_there) Q_EMIT changed();
}

// The picture that was there stays: a failed drop loses nothing.
void PictureWell::show_error(const QString& text) {
    error_ = text;
    update_texts();
}

void PictureWell::set_locked(const QString& reason) {
    locked_ = reason;
    setCursor(reason.isEmpty() ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update_texts();
}

void PictureWell::update_texts() {
    setAccessibleName(picture_ ? tr("%1: %2").arg(prompt_, picture_->name) : prompt_);
    const QString how = tr("Drop a picture here, press Ctrl+V, or click to choose a file.");
    setAccessibleDescription(error_.isEmpty() ? how : error_);
    QString tip = locked_.isEmpty() ? how : locked_;
    if (picture_) {
        tip = tr("%1, %2 × %3 pixels")
                  .arg(picture_->name)
                  .arg(picture_->size.width())
                  .arg(picture_->size.height()) +
              QLatin1Char('\n') + tip;
    }
    if (!error_.isEmpty()) tip = error_ + QLatin1Char('\n') + tip;
    setToolTip(tip);
    remove_->setAccessibleName(tr("Remove %1").arg(prompt_));
    remove_->setToolTip(tr("Remove this picture (Delete)"));
    remove_->setVisible(picture_ && locked_.isEmpty() && (hovered_ || hasFocus()));
    update();
}

void PictureWell::take(const QMimeData* mime) {
    auto source = picture_from_mime(mime);
    if (!source) return show_error(QString::fromStdString(source.error().message));
    load(*source);
}

void PictureWell::paste() {
    if (locked_.isEmpty()) take(QApplication::clipboard()->mimeData());
}

void PictureWell::choose_file() {
    if (!locked_.isEmpty()) return;
    const QString key = QStringLiteral("pictures/folder");
    const QString folder = preferences::folder(key);
    const QString path = QFileDialog::getOpenFileName(this, prompt_, folder, picture_filter());
    if (path.isEmpty()) return;
    preferences::set_value(key, QFileInfo(path).absolutePath());
    load(path);
}

QRect PictureWell::picture_area() const {
    return rect().adjusted(kPadding, kPadding, -kPadding, -kPadding - fontMetrics().height() - 6);
}

void PictureWell::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QColor text = palette().color(QPalette::WindowText);
    const QColor highlight = palette().color(QPalette::Highlight);
    QColor line = text;
    line.setAlphaF(0.3f);
    const bool strong = drop_hovered_ || hasFocus();
    QPen border(strong ? highlight : line, strong ? 2 : 1.2,
                picture_ ? Qt::SolidLine : Qt::DashLine);
    painter.setPen(border);
    QColor fill = palette().color(QPalette::Base);
    if (drop_hovered_) {
        fill = highlight;
        fill.setAlphaF(0.15f);
    }
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), kRadius, kRadius);

    QColor muted = text;
    muted.setAlphaF(0.7f);
    const QRect inside = rect().adjusted(kPadding, kPadding, -kPadding, -kPadding);
    if (loading()) {
        painter.setPen(muted);
        painter.drawText(inside, Qt::AlignCenter, tr("Reading…"));
        return;
    }
    if (!picture_) {
        const int flags = Qt::AlignCenter | Qt::TextWordWrap;
        if (!error_.isEmpty()) {
            painter.setPen(text);
            painter.drawText(inside, flags, QStringLiteral("⚠ ") + error_);
            return;
        }
        QFont bold = font();
        bold.setWeight(QFont::DemiBold);
        painter.setFont(bold);
        painter.setPen(text);
        const int middle = inside.center().y();
        painter.drawText(QRect(inside.left(), inside.top(), inside.width(), middle - inside.top()),
                         Qt::AlignHCenter | Qt::AlignBottom | Qt::TextWordWrap, prompt_);
        painter.setFont(font());
        painter.setPen(muted);
        painter.drawText(QRect(inside.left(), middle + 2, inside.width(), inside.bottom() - middle),
                         Qt::AlignHCenter | Qt::AlignTop | Qt::TextWordWrap,
                         tr("drop, paste or click"));
        return;
    }

    const QRect area = picture_area();
    const double ratio = devicePixelRatioF();
    const QSize shown = picture_->size.scaled(area.size(), Qt::KeepAspectRatio);
    const QSize device = (QSizeF(shown) * ratio).toSize();
    if (thumbnail_.size() != device && !device.isEmpty()) {
        thumbnail_ = QPixmap::fromImage(
            to_image(picture_->frame)
                .scaled(device, Qt::IgnoreAspectRatio, Qt::SmoothTransformation));
        thumbnail_.setDevicePixelRatio(ratio);
    }
    QRect target(QPoint(), shown);
    target.moveCenter(area.center());
    QPainterPath corners;
    corners.addRoundedRect(target, 4, 4);
    painter.save();
    painter.setClipPath(corners);
    painter.drawPixmap(target.topLeft(), thumbnail_);
    painter.restore();

    const QRect caption(inside.left(), inside.bottom() - fontMetrics().height(), inside.width(),
                        fontMetrics().height() + 2);
    if (!error_.isEmpty()) {
        painter.setPen(text);
        painter.drawText(caption, Qt::AlignVCenter,
                         fontMetrics().elidedText(QStringLiteral("⚠ ") + error_, Qt::ElideRight,
                                                  caption.width()));
        return;
    }
    const QString size =
        QStringLiteral("%1 × %2").arg(picture_->size.width()).arg(picture_->size.height());
    const int size_width = fontMetrics().horizontalAdvance(size);
    const bool both = caption.width() > size_width + 60;
    painter.setPen(text);
    painter.drawText(caption.adjusted(0, 0, both ? -size_width - 10 : 0, 0), Qt::AlignVCenter,
                     fontMetrics().elidedText(picture_->name, Qt::ElideMiddle,
                                              caption.width() - (both ? size_width + 10 : 0)));
    painter.setPen(muted);
    if (both) painter.drawText(caption, Qt::AlignVCenter | Qt::AlignRight, size);
}

void PictureWell::resizeEvent(QResizeEvent*) {
    remove_->move(width() - remove_->width() - 4, 4);
}

void PictureWell::enterEvent(QEnterEvent*) {
    hovered_ = true;
    update_texts();
}

void PictureWell::leaveEvent(QEvent*) {
    hovered_ = false;
    update_texts();
}

void PictureWell::dragEnterEvent(QDragEnterEvent* event) {
    if (!locked_.isEmpty() || event->source() == this || !offers_picture(event->mimeData()))
        return event->ignore();
    event->setDropAction(Qt::CopyAction);
    event->accept();
    drop_hovered_ = true;
    update();
}

void PictureWell::dragLeaveEvent(QDragLeaveEvent*) {
    drop_hovered_ = false;
    update();
}

void PictureWell::dropEvent(QDropEvent* event) {
    drop_hovered_ = false;
    event->setDropAction(Qt::CopyAction);
    event->accept();
    take(event->mimeData());
    update();
}

void PictureWell::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) pressed_ = event->pos();
}

void PictureWell::mouseMoveEvent(QMouseEvent* event) {
    if (!pressed_ || !picture_) return;
    if ((event->pos() - *pressed_).manhattanLength() < QApplication::startDragDistance()) return;
    pressed_.reset();
    start_drag();
}

void PictureWell::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !pressed_) return;
    pressed_.reset();
    if (rect().contains(event->pos())) choose_file();
}

void PictureWell::start_drag() {
    auto* drag = new QDrag(this);
    auto* mime = new QMimeData;
    mime->setUrls({QUrl::fromLocalFile(picture_->path)});
    drag->setMimeData(mime);
    drag->setPixmap(QPixmap::fromImage(
        to_image(picture_->frame).scaled(96, 96, Qt::KeepAspectRatio, Qt::SmoothTransformation)));
    drag->exec(Qt::CopyAction);
}

void PictureWell::keyPressEvent(QKeyEvent* event) {
    if (event->matches(QKeySequence::Paste)) return paste();
    if (event->matches(QKeySequence::Copy) && picture_)
        return QApplication::clipboard()->setImage(to_image(picture_->frame).copy());
    switch (event->key()) {
        case Qt::Key_Return:
        case Qt::Key_Enter:
        case Qt::Key_Space:
            return choose_file();
        case Qt::Key_Delete:
        case Qt::Key_Backspace:
            if (!picture_ || !locked_.isEmpty()) break;
            clear();
            Q_EMIT remove_requested();
            return;
        default:
            break;
    }
    QWidget::keyPressEvent(event);
}

void PictureWell::contextMenuEvent(QContextMenuEvent* event) {
    QMenu menu(this);
    const bool free = locked_.isEmpty();
    menu.addAction(tr("&Choose file…"), this, &PictureWell::choose_file)->setEnabled(free);
    menu.addAction(tr("&Paste"), QKeySequence(QKeySequence::Paste), this, &PictureWell::paste)
        ->setEnabled(free && offers_picture(QApplication::clipboard()->mimeData()));
    QMenu* samples = menu.addMenu(tr("&Sample picture"));
    for (const QString& path : sample_pictures())
        samples->addAction(QFileInfo(path).completeBaseName(), this, [this, path] { load(path); });
    samples->setEnabled(free && !samples->isEmpty());
    if (keepable_)
        menu.addAction(tr("Add to the &library"), this,
                       [this] { Q_EMIT keep_wanted(picture_->path); })
            ->setEnabled(picture_.has_value());
    menu.addSeparator();
    menu.addAction(tr("&Remove"), QKeySequence(Qt::Key_Delete), this,
                   [this] {
                       clear();
                       Q_EMIT remove_requested();
                   })
        ->setEnabled(free && picture_);
    menu.exec(event->globalPos());
}

}  // namespace pentimento::ui
