// Shows a Frame: fits or zooms (wheel, pinch, keys), pans, copies, saves; can compare two pictures
// with a draggable divider.
#pragma once

#include <QImage>
#include <QWidget>

#include "core/base/frame.h"

namespace pentimento::ui {

/// Wraps the frame's pixels without copying; the QImage keeps the owner alive.
QImage to_image(const Frame& frame);
/// Without copying when the image already is Format_RGBA8888.
Frame to_frame(const QImage& image);

class PictureView : public QWidget {
    Q_OBJECT
  public:
    explicit PictureView(QWidget* parent = nullptr);

    /// Keeps zoom and position while the size stays the same, so that a live picture can be watched
    /// close up; another size fits again.
    void set_frame(const Frame& frame);
    /// What the picture was before; an empty frame switches comparing off.
    void set_before(const Frame& frame);
    enum class Before { Hidden, Divider, Whole };  ///< Whole: in place of the picture
    void set_before_shown(Before how);
    Before before_shown() const { return before_shown_; }
    /// A word in the picture's corner, such as "After"; a divider has its own two.
    void set_caption(const QString& caption);
    /// Shown while there is no picture: what to do to get one.
    void set_empty_text(const QString& title, const QString& hint);
    const Frame& frame() const { return frame_; }
    void set_smooth(bool smooth);  ///< off: sharp pixels when enlarged, for small samples

    /// With a divider.
    bool comparing() const { return before_shown_ == Before::Divider && has_both(); }
    bool fits() const { return zoom_ <= 0; }
    /// Screen (device) pixels a picture pixel, as shown now; 0 without a picture.
    double zoom() const;
    /// 0 fits; else clamped to 1/32 … 64. `anchor`, in widget coordinates, stays where it is.
    void set_zoom(double zoom, QPointF anchor);
    void set_zoom(double zoom) { set_zoom(zoom, QRectF(rect()).center()); }
    void toggle_fit(QPointF anchor);  ///< fit ↔ 100 %
    void pan(QPointF by);             ///< widget pixels; stays within the picture
    /// Takes over zoom and position from a view of the same picture in another resolution.
    void follow(const PictureView& other);
    /// Where the divider stands, 0 … 1 of the picture's width.
    double divider() const { return divider_; }
    void set_divider(double fraction);
    QRectF target_rect() const;  ///< where the picture is drawn, in widget coordinates
    void copy_to_clipboard() const;

    QSize sizeHint() const override { return {480, 360}; }
    QSize minimumSizeHint() const override { return {120, 90}; }

  Q_SIGNALS:
    void export_requested();
    void moved();  ///< zoom or position have changed; not by follow()

  protected:
    bool event(QEvent*) override;
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void wheelEvent(QWheelEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void mouseDoubleClickEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;

  private:
    struct Cached {
        QImage whole;  ///< wraps the frame
        QImage small;  ///< shrunk for the screen, so that painting it again costs no filtering
    };

    bool has_both() const { return !before_.empty() && !frame_.empty(); }
    double fit_zoom() const;
    void clamp_offset();
    QPointF divider_position() const;
    bool on_divider(QPointF position) const;
    void update_cursor(QPointF position);
    void draw_picture(QPainter& painter, const Frame& frame, Cached& cache,
                      const QRectF& target) const;
    void draw_empty(QPainter& painter) const;
    void draw_divider(QPainter& painter, const QRectF& target) const;

    Frame frame_, before_;
    mutable Cached frame_image_, before_image_;
    QString empty_title_, empty_hint_, caption_;
    Before before_shown_ = Before::Divider;
    double zoom_ = 0;  ///< screen pixels a picture pixel; 0: fit
    QPointF offset_;   ///< of the picture's centre from the widget's
    double divider_ = 0.5;
    bool smooth_ = true;
    enum class Drag { None, Pan, Divider } drag_ = Drag::None;
    QPointF drag_from_;
};

}  // namespace pentimento::ui
