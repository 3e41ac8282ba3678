// A dataset that is open: its pictures, classes, facts, and the sources that were left out.
#pragma once

#include <QWidget>

#include "core/data/pack.h"

class QLabel;
class QTableWidget;

namespace pentimento::ui {

class ClassList;
class PictureView;
class ThumbnailGrid;

class ContentsView : public QWidget {
    Q_OBJECT
  public:
    explicit ContentsView(QWidget* parent = nullptr);
    void set_dataset(const PackedDataset& dataset);

    ThumbnailGrid& grid() { return *grid_; }
    ClassList& classes() { return *classes_; }
    QTableWidget& problems() { return *problems_; }
    void copy_problems() const;

  Q_SIGNALS:
    void train_wanted();

  private:
    void show_picture(qint64 picture);

    std::optional<PackedDataset> dataset_;
    QLabel *name_, *facts_, *classes_title_, *problems_title_;
    QWidget* problems_box_;
    ThumbnailGrid* grid_;
    ClassList* classes_;
    QTableWidget* problems_;
};

}  // namespace pentimento::ui
