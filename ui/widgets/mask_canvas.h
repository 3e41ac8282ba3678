// A grey mask and the strokes that paint it. Knows nothing of widgets.
#pragma once

#include <QImage>
#include <QPointF>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace pentimento::ui {

/// White is what counts. Every edit gives the rectangle in which pixels may have changed, so that
/// only that needs to be drawn again; an empty one when nothing has.
class MaskCanvas {
  public:
    static constexpr int kLongEdge = 1024;  ///< pixels
    static constexpr int kMostEdits = 60;   ///< that can be undone

    struct Brush {
        double diameter = 80;  ///< mask pixels
        /// Part of the radius over which it fades, 0 … 1; even at 0 the edge is smooth to a pixel.
        double feather = 0.5;
        bool erase = false;
    };

    /// Of a mask for such a picture: its proportions, longer edge kLongEdge at most.
    static QSize size_for(QSize picture);

    /// Black.
    explicit MaskCanvas(QSize size = {1, 1});

    const QImage& image() const { return image_; }  ///< Format_Grayscale8
    QSize size() const { return image_.size(); }
    bool empty() const;  ///< black throughout

    /// A stroke goes over its own track without becoming stronger there.
    QRect begin_stroke(QPointF at, const Brush& brush);
    QRect stroke_to(QPointF at);
    void end_stroke();
    bool painting() const { return painting_; }

    QRect fill(std::uint8_t grey);
    QRect invert();
    /// Stretched to the canvas; colours become the mean of their channels.
    QRect replace(const QImage& image);

    bool can_undo() const { return !undo_.empty(); }
    bool can_redo() const { return !redo_.empty(); }
    QRect undo();
    QRect redo();
    void forget_edits();  ///< what there is now becomes the beginning

  private:
    struct Edit {
        QPoint corner;
        QImage pixels;  ///< what was there
    };
    QRect commit(const QImage& before, const QRect& changed);
    QRect swap(std::deque<Edit>& from, std::deque<Edit>& to);
    QRect paint_segment(QPointF from, QPointF to);

    QImage image_;
    std::deque<Edit> undo_, redo_;
    bool painting_ = false;
    Brush brush_;
    QPointF last_;
    QImage before_stroke_;
    QRect stroke_rect_;
    std::vector<std::uint8_t> coverage_;  ///< how far the stroke in progress covers each pixel
};

/// Grey (the mean of the channels, over black where transparent), as the engine reads masks.
QImage to_grey(const QImage& image);
/// The mean of a mask, 0 … 1.
double mask_share(const QImage& grey);

}  // namespace pentimento::ui
