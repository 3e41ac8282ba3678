// Draws them.
#include "ui/plots/mark_lines.h"

#include <algorithm>

namespace pentimento::ui {

std::vector<double> MarkLines::shown() const {
    const QCPAxis& axis = *parentPlot()->xAxis;
    std::vector<double> pixels;
    for (auto step = std::lower_bound(steps_.begin(), steps_.end(), axis.range().lower);
         step != steps_.end() && *step <= axis.range().upper; ++step) {
        const double pixel = axis.coordToPixel(*step);
        if (pixels.empty() || pixel >= pixels.back() + kApart) pixels.push_back(pixel);
    }
    return pixels;
}

void MarkLines::draw(QCPPainter* painter) {
    painter->setPen(pen_);
    const QRectF area = clipRect();
    for (const double x : shown()) painter->drawLine(QLineF(x, area.top(), x, area.bottom()));
}

}  // namespace pentimento::ui
