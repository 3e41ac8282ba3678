// The picture that an export dialog is about; a click chooses a cell of a grid.
#pragma once

#include <QWidget>
#include <optional>

#include "core/base/frame.h"

namespace pentimento::ui {

class ExportPreview : public QWidget {
    Q_OBJECT
  public:
    ExportPreview(const Frame& frame, int columns, int rows, QWidget* parent = nullptr);
    /// Highlights one cell and dims the others; nothing shows the whole.
    void set_cell(std::optional<int> cell);
    QSize sizeHint() const override { return {260, 260}; }

  Q_SIGNALS:
    void cell_clicked(int cell);

  protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;

  private:
    QRectF target() const;
    QRectF cell_rect(int cell) const;
    Frame frame_;
    int columns_, rows_;
    std::optional<int> cell_;
    QPixmap scaled_;
};

}  // namespace pentimento::ui
