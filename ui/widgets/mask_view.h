// A picture with a mask over it that is painted on; zooms and pans like any PictureView.
#pragma once

#include <functional>

#include "ui/widgets/mask_canvas.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

/// The left button paints, the right one erases; the middle one, or the left with Space held,
/// moves the picture.
class MaskView : public PictureView {
    Q_OBJECT
  public:
    explicit MaskView(QWidget* parent = nullptr);

    /// `mask`: black when null; stretched to the picture otherwise.
    void set_picture(const Frame& frame, const QImage& mask);
    const MaskCanvas& canvas() const { return canvas_; }
    /// All edits but strokes go through here, so that the screen follows.
    void edit(const std::function<QRect(MaskCanvas&)>& edit);
    const MaskCanvas::Brush& brush() const { return brush_; }
    void set_brush(const MaskCanvas::Brush& brush);
    void set_tint(const QColor& tint);  ///< of where the mask is white

    /// Widget coordinates of a place on the mask.
    QPointF to_widget(QPointF mask) const;
    QPointF to_mask(QPointF widget) const;

  Q_SIGNALS:
    void edited();  ///< after each edit and at the end of each stroke

  protected:
    void paintEvent(QPaintEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void keyReleaseEvent(QKeyEvent*) override;
    void focusOutEvent(QFocusEvent*) override;
    void leaveEvent(QEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;

  private:
    void show_changed(const QRect& mask_rect);
    void move_cursor(std::optional<QPointF> to);
    QRect cursor_rect() const;
    void set_grabbing(bool on);

    MaskCanvas canvas_;
    MaskCanvas::Brush brush_;
    QColor tint_;
    QImage overlay_;  ///< the mask in its tint
    std::optional<QPointF> cursor_;
    bool grabbing_ = false;  ///< Space is held
};

}  // namespace pentimento::ui
