// Shows a Frame: fits or zooms (wheel, pinch, keys), pans, copies, saves; can compare two pictures
// with a draggable divider.
#pragma once

#include <QWidget>

#include "core/base/frame.h"

namespace pentimento::ui {

/// Wraps the frame's pixels without copying; the QImage keeps the owner alive.
QImage to_image(const Frame& frame);
Frame to_frame(const QImage& image);

class PictureView : public QWidget {
    Q_OBJECT
  public:
    explicit PictureView(QWidget* parent = nullptr);

    void set_frame(const Frame& frame);
    /// The "before" of a before/after divider; an empty frame switches comparing off.
    void set_before(const Frame& frame);
    /// Shown while there is no picture: what to do to get one.
    void set_empty_text(const QString& title, const QString& hint);
    const Frame& frame() const { return frame_; }
    void set_smooth(bool smooth);  ///< off: sharp pixels when enlarged, for small samples

  Q_SIGNALS:
    void export_requested();

  protected:
    void paintEvent(QPaintEvent*) override;
    void wheelEvent(QWheelEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;

  private:
    QRectF target_rect() const;
    Frame frame_, before_;
    QString empty_title_, empty_hint_;
    double zoom_ = 0;  ///< screen pixels a picture pixel; 0: fit
    QPointF offset_;
    double divider_ = 0.5;
    bool smooth_ = true;
    enum class Drag { None, Pan, Divider } drag_ = Drag::None;
    QPointF drag_from_;
};

}  // namespace pentimento::ui
