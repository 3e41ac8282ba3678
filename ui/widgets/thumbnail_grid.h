// The pictures of a packed dataset as a grid that scrolls smoothly at any number of them: rows of a
// table over the mapped file; thumbnails are made away from the UI thread for what is on the
// screen.
#pragma once

#include <QAbstractTableModel>
#include <QCache>
#include <QPixmap>
#include <QTableView>
#include <QTimer>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "core/data/pack.h"
#include "ui/background.h"

namespace pentimento::ui {

/// Picture i of the dataset (or of one class) sits at row i / columns, column i % columns. A table
/// rather than a list: views lay out rows of equal height without visiting them.
class ThumbnailModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Role { PictureRole = Qt::UserRole };  ///< index of the picture in the dataset, qint64

    explicit ThumbnailModel(QObject* parent = nullptr);

    void set_dataset(std::optional<PackedDataset> dataset);
    /// Pictures with this label only; -1 for all.
    void set_class(int label);
    void set_columns(int columns);     ///< at least 1
    void set_edge(int device_pixels);  ///< of a thumbnail's square
    std::int64_t shown_count() const;
    /// Picture of the dataset in this cell; -1 for the empty cells after the last.
    std::int64_t picture_at(const QModelIndex& index) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    Qt::ItemFlags flags(const QModelIndex& index) const override;

  private:
    void load_wanted();
    void repaint_pictures(const std::vector<std::int64_t>& pictures);
    QModelIndex index_of(std::int64_t picture) const;

    std::optional<PackedDataset> dataset_;
    std::vector<std::int64_t> chosen_;  ///< pictures of the class, ascending; unused without one
    int class_ = -1;
    int columns_ = 8;
    int edge_ = 64;
    mutable QCache<std::int64_t, QPixmap> cache_{4096};
    mutable std::vector<std::int64_t> wanted_;  ///< newest last
    mutable QTimer wake_;
    Background loader_;
};

class ThumbnailGrid : public QTableView {
    Q_OBJECT
  public:
    explicit ThumbnailGrid(QWidget* parent = nullptr);
    ThumbnailModel& thumbnails() { return *model_; }
    void set_dataset(std::optional<PackedDataset> dataset);
    void set_class(int label);
    /// Widget pixels of a thumbnail, 24 … 256.
    void set_thumbnail_size(int pixels);

  Q_SIGNALS:
    void picture_activated(qint64 picture);

  protected:
    void resizeEvent(QResizeEvent*) override;

  private:
    void lay_out();
    ThumbnailModel* model_;
    int size_ = 64;
};

}  // namespace pentimento::ui
