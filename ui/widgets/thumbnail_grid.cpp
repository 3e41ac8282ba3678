// The thumbnail grid and its model.
#include "ui/widgets/thumbnail_grid.h"

#include <QHeaderView>
#include <QImage>
#include <QPainter>
#include <QStyledItemDelegate>
#include <algorithm>
#include <limits>

#include "core/media/picture.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

constexpr std::size_t kBatch = 48;       // thumbnails made before they are shown
constexpr std::size_t kMaxWanted = 600;  // what scrolled past is forgotten
constexpr int kGap = 6;                  // widget pixels between thumbnails

class ThumbnailDelegate : public QStyledItemDelegate {
  public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override {
        if (!(index.flags() & Qt::ItemIsEnabled)) return;
        const QRect cell = option.rect.adjusted(kGap / 2, kGap / 2, -kGap / 2, -kGap / 2);
        const auto pixmap = qvariant_cast<QPixmap>(index.data(Qt::DecorationRole));
        if (pixmap.isNull()) {
            painter->fillRect(cell, option.palette.color(QPalette::AlternateBase));
        } else {
            QRect target(QPoint(), pixmap.size().scaled(cell.size(), Qt::KeepAspectRatio));
            target.moveCenter(cell.center());
            painter->drawPixmap(target, pixmap);
        }
        if (option.state & QStyle::State_Selected) {
            painter->setPen(QPen(option.palette.color(QPalette::Highlight), 2));
            painter->drawRect(cell.adjusted(-1, -1, 0, 0));
        }
    }
};

// Small pictures keep their pixels; large ones are averaged down.
QImage thumbnail(const PackedDataset& dataset, std::int64_t picture, int edge) {
    const Frame frame = dataset.frame(picture);
    const QSize size(frame.width, frame.height);
    const QSize fitted = size.scaled(edge, edge, Qt::KeepAspectRatio);
    const bool enlarge = fitted.width() >= size.width();
    return to_image(frame)
        .scaled(fitted, Qt::IgnoreAspectRatio,
                enlarge && fitted.width() >= 2 * size.width() ? Qt::FastTransformation
                                                              : Qt::SmoothTransformation)
        .convertToFormat(QImage::Format_RGB32);
}

}  // namespace

ThumbnailModel::ThumbnailModel(QObject* parent) : QAbstractTableModel(parent) {
    wake_.setSingleShot(true);
    connect(&wake_, &QTimer::timeout, this, &ThumbnailModel::load_wanted);
}

void ThumbnailModel::set_dataset(std::optional<PackedDataset> dataset) {
    beginResetModel();
    loader_.cancel();
    wanted_.clear();
    cache_.clear();
    chosen_.clear();
    class_ = -1;
    dataset_ = std::move(dataset);
    endResetModel();
}

void ThumbnailModel::set_class(int label) {
    if (label == class_ || !dataset_) return;
    beginResetModel();
    class_ = label;
    chosen_.clear();
    if (label >= 0) {
        for (std::int64_t i = 0; i < dataset_->count(); ++i)
            if (dataset_->label(i) == label) chosen_.push_back(i);
    }
    endResetModel();
}

void ThumbnailModel::set_columns(int columns) {
    columns = std::max(1, columns);
    if (columns == columns_) return;
    beginResetModel();
    columns_ = columns;
    endResetModel();
}

void ThumbnailModel::set_edge(int device_pixels) {
    if (device_pixels == edge_) return;
    edge_ = std::max(8, device_pixels);
    loader_.cancel();
    cache_.clear();
    // About 128 MB of thumbnails, whatever their size.
    cache_.setMaxCost(std::max(512, static_cast<int>(128'000'000ll / (4ll * edge_ * edge_))));
    if (rowCount() > 0) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, columns_ - 1));
}

std::int64_t ThumbnailModel::shown_count() const {
    if (!dataset_) return 0;
    return class_ >= 0 ? static_cast<std::int64_t>(chosen_.size()) : dataset_->count();
}

int ThumbnailModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid()) return 0;
    const std::int64_t rows = (shown_count() + columns_ - 1) / columns_;
    return static_cast<int>(std::min<std::int64_t>(rows, std::numeric_limits<int>::max()));
}

int ThumbnailModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns_;
}

std::int64_t ThumbnailModel::picture_at(const QModelIndex& index) const {
    const std::int64_t position = std::int64_t{index.row()} * columns_ + index.column();
    if (!index.isValid() || position >= shown_count()) return -1;
    return class_ >= 0 ? chosen_[static_cast<std::size_t>(position)] : position;
}

QModelIndex ThumbnailModel::index_of(std::int64_t picture) const {
    std::int64_t position = picture;
    if (class_ >= 0) {
        const auto found = std::lower_bound(chosen_.begin(), chosen_.end(), picture);
        if (found == chosen_.end() || *found != picture) return {};
        position = found - chosen_.begin();
    }
    return index(static_cast<int>(position / columns_), static_cast<int>(position % columns_));
}

Qt::ItemFlags ThumbnailModel::flags(const QModelIndex& index) const {
    return picture_at(index) < 0 ? Qt::NoItemFlags : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

QVariant ThumbnailModel::data(const QModelIndex& index, int role) const {
    const std::int64_t picture = picture_at(index);
    if (picture < 0) return {};
    switch (role) {
        case PictureRole:
            return qint64{picture};
        case Qt::DecorationRole:
            if (const QPixmap* known = cache_.object(picture)) return *known;
            wanted_.push_back(picture);
            if (!wake_.isActive()) wake_.start(0);
            return {};
        case Qt::ToolTipRole:
        case Qt::AccessibleTextRole: {
            const auto source = dataset_->source(picture);
            QString text = QString::fromUtf8(source.data(), static_cast<qsizetype>(source.size()));
            const auto& names = dataset_->info().class_names;
            const std::int32_t label = dataset_->label(picture);
            if (label >= 0 && label < static_cast<std::int32_t>(names.size()))
                text += QStringLiteral("\n") +
                        tr("Class: %1")
                            .arg(QString::fromStdString(names[static_cast<std::size_t>(label)]));
            return text;
        }
        default:
            return {};
    }
}

void ThumbnailModel::load_wanted() {
    if (loader_.busy() || wanted_.empty() || !dataset_) return;
    if (wanted_.size() > kMaxWanted) wanted_.erase(wanted_.begin(), wanted_.end() - kMaxWanted);
    const std::size_t count = std::min(kBatch, wanted_.size());
    std::vector<std::int64_t> batch(wanted_.end() - static_cast<std::ptrdiff_t>(count),
                                    wanted_.end());
    wanted_.resize(wanted_.size() - count);
    struct Made {
        std::vector<std::int64_t> pictures;
        std::vector<QImage> images;
    };
    loader_.start(
        [batch = std::move(batch), dataset = *dataset_, edge = edge_] {
            Made made{batch, {}};
            for (const std::int64_t picture : batch)
                made.images.push_back(thumbnail(dataset, picture, edge));
            return made;
        },
        [this](const Made& made) {
            for (std::size_t i = 0; i < made.pictures.size(); ++i)
                cache_.insert(made.pictures[i], new QPixmap(QPixmap::fromImage(made.images[i])));
            repaint_pictures(made.pictures);
            if (!wanted_.empty()) wake_.start(0);
        });
}

void ThumbnailModel::repaint_pictures(const std::vector<std::int64_t>& pictures) {
    int first = std::numeric_limits<int>::max(), last = -1;
    for (const std::int64_t picture : pictures) {
        const QModelIndex index = index_of(picture);
        if (!index.isValid()) continue;
        first = std::min(first, index.row());
        last = std::max(last, index.row());
    }
    if (last >= 0)
        Q_EMIT dataChanged(index(first, 0), index(last, columns_ - 1), {Qt::DecorationRole});
}

ThumbnailGrid::ThumbnailGrid(QWidget* parent)
    : QTableView(parent), model_(new ThumbnailModel(this)) {
    setModel(model_);
    setItemDelegate(new ThumbnailDelegate(this));
    setAccessibleName(tr("Pictures of the dataset"));
    horizontalHeader()->hide();
    verticalHeader()->hide();
    horizontalHeader()->setMinimumSectionSize(8);
    verticalHeader()->setMinimumSectionSize(8);
    verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    horizontalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    setShowGrid(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setTabKeyNavigation(false);
    setFrameShape(QFrame::NoFrame);
    const auto activate = [this](const QModelIndex& index) {
        const std::int64_t picture = model_->picture_at(index);
        if (picture >= 0) Q_EMIT picture_activated(picture);
    };
    connect(this, &QTableView::activated, this, activate);
    lay_out();
}

void ThumbnailGrid::set_dataset(std::optional<PackedDataset> dataset) {
    model_->set_dataset(std::move(dataset));
    scrollToTop();
}

void ThumbnailGrid::set_class(int label) {
    model_->set_class(label);
    scrollToTop();
}

void ThumbnailGrid::set_thumbnail_size(int pixels) {
    size_ = std::clamp(pixels, 24, 256);
    lay_out();
}

void ThumbnailGrid::lay_out() {
    const int cell = size_ + kGap;
    const int columns = std::max(1, viewport()->width() / cell);
    horizontalHeader()->setDefaultSectionSize(std::max(cell, viewport()->width() / columns));
    verticalHeader()->setDefaultSectionSize(cell);
    model_->set_columns(columns);
    model_->set_edge(static_cast<int>(size_ * devicePixelRatioF()));
}

void ThumbnailGrid::resizeEvent(QResizeEvent* event) {
    QTableView::resizeEvent(event);
    lay_out();
}

}  // namespace pentimento::ui
