// Sizes and painting of the blocks.
#include "ui/widgets/network_drawing.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {

constexpr double kColumn = 134;     // a layer with weights: room for its text
constexpr double kThinColumn = 44;  // one without
constexpr double kWidest = 56, kNarrowest = 8, kLowest = 10;
constexpr int kHeight = 196, kTextLines = 4;

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

double log2_of(std::int64_t value) {
    return std::log2(static_cast<double>(std::max<std::int64_t>(1, value)));
}

bool is_picture(const std::vector<std::int64_t>& shape) {
    return shape.size() >= 3;
}

/// What the largest picture, the most channels and the longest vector of a network come to.
struct Extent {
    double edge = 1, channels = 1, numbers = 1;

    void take(const std::vector<std::int64_t>& shape) {
        if (shape.empty()) return;
        if (is_picture(shape)) {
            edge = std::max(edge, log2_of(shape.back()));
            channels = std::max(channels, log2_of(shape.front()));
        } else {
            numbers = std::max(numbers, log2_of(shape.front()));
        }
    }
};

/// {C, H, W} → C and H; {N} → a thin column, at most half as high as the largest picture.
LayerBlock block_for(const std::vector<std::int64_t>& shape, const Extent& most, double height) {
    LayerBlock block;
    const std::int64_t channels = shape.empty() ? 1 : shape.front();
    const double edge = is_picture(shape) ? log2_of(shape.back()) / most.edge
                                          : log2_of(channels) / (2 * most.numbers);
    block.height = kLowest + (height - kLowest) * edge;
    block.width = kNarrowest;
    if (is_picture(shape))
        block.width += (kWidest - kNarrowest) * log2_of(channels) / most.channels;
    return block;
}

bool is_wide(const gan::LayerInfo& layer) {
    return layer.parameters > 0 || layer.input != layer.output;
}

/// Convolutions, linear maps, normalisation, change of size, the rest.
QColor color_of(const gan::LayerInfo& layer) {
    const auto& curves = theme::colors().curves;
    const QString kind = text(layer.kind).toLower();
    if (kind.contains(QLatin1String("conv"))) return curves[0];
    if (kind.contains(QLatin1String("linear")) || kind.contains(QLatin1String("dense")))
        return curves[1];
    if (kind.contains(QLatin1String("norm"))) return curves[3];
    if (layer.parameters == 0) return curves[2];
    return curves[4];
}

}  // namespace

std::vector<LayerBlock> lay_out(const gan::NetworkInfo& network, double height) {
    std::vector<LayerBlock> blocks;
    double left = 0;
    const auto place = [&](LayerBlock block, double column) {
        block.left = left;
        block.column = column;
        left += column;
        blocks.push_back(block);
    };
    if (network.layers.empty()) return blocks;
    Extent most;
    most.take(network.layers.front().input);
    for (const gan::LayerInfo& layer : network.layers) most.take(layer.output);
    place(block_for(network.layers.front().input, most, height), kColumn);
    for (const gan::LayerInfo& layer : network.layers)
        place(block_for(layer.output, most, height), is_wide(layer) ? kColumn : kThinColumn);
    return blocks;
}

QString shape_text(const std::vector<std::int64_t>& shape) {
    QStringList parts;
    for (const std::int64_t size : shape) parts << QString::number(size);
    return parts.join(QStringLiteral(" × "));
}

QString amount_text(std::int64_t count) {
    const auto value = static_cast<double>(count);
    const auto shortened = [&](double unit, const char* suffix) {
        const double scaled = value / unit;
        return QString::number(scaled, 'f', scaled < 10 ? 1 : 0) + QLatin1String(suffix);
    };
    if (value >= 1e9) return shortened(1e9, " G");
    if (value >= 1e6) return shortened(1e6, " M");
    if (value >= 1e4) return shortened(1e3, " k");
    return text(format_count(count));
}

NetworkDrawing::NetworkDrawing(QWidget* parent) : QWidget(parent) {
    setFixedHeight(kHeight);
    setMouseTracking(true);
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, this, [this] { update(); });
}

void NetworkDrawing::set_network(const gan::NetworkInfo& network) {
    network_ = network;
    const int line = fontMetrics().height();
    blocks_ = lay_out(network_, kHeight - kTextLines * line - 24);
    const double width = blocks_.empty() ? 0 : blocks_.back().left + blocks_.back().column;
    setMinimumWidth(static_cast<int>(std::ceil(width)));
    setAccessibleDescription(description());
    update();
}

QString NetworkDrawing::layer_text(const gan::LayerInfo& layer) const {
    QString line = text(layer.kind);
    if (!layer.detail.empty()) line += QStringLiteral(", %1").arg(text(layer.detail));
    line += QStringLiteral(": %1 → %2").arg(shape_text(layer.input), shape_text(layer.output));
    if (layer.parameters > 0) line += tr(", %1 weights").arg(text(format_count(layer.parameters)));
    return line;
}

QString NetworkDrawing::description() const {
    QStringList lines;
    for (const gan::LayerInfo& layer : network_.layers) lines << layer_text(layer);
    return lines.join(QLatin1Char('\n'));
}

bool NetworkDrawing::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (std::size_t i = 1; i < blocks_.size(); ++i) {
        const LayerBlock& block = blocks_[i];
        if (help->pos().x() < block.left || help->pos().x() >= block.left + block.column) continue;
        const gan::LayerInfo& layer = network_.layers[i - 1];
        QString tip = layer_text(layer);
        if (layer.multiply_adds > 0)
            tip += tr("\n%1 multiplications for a picture").arg(amount_text(layer.multiply_adds));
        QToolTip::showText(help->globalPos(), tip, this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

void NetworkDrawing::paintEvent(QPaintEvent*) {
    if (blocks_.empty()) return;
    const theme::Colors& colors = theme::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int line = fontMetrics().height();
    QFont small = font();
    small.setPointSizeF(small.pointSizeF() * 0.85);
    painter.setFont(small);
    const double base = kHeight - kTextLines * line - 8;
    const double middle = (base + 8) / 2;  // blocks stand around a common axis
    painter.setPen(QPen(colors.border, 1));
    painter.drawLine(QPointF(blocks_.front().left + blocks_.front().column / 2, middle),
                     QPointF(blocks_.back().left + blocks_.back().column / 2, middle));

    for (std::size_t i = 0; i < blocks_.size(); ++i) {
        const LayerBlock& block = blocks_[i];
        const gan::LayerInfo* layer = i == 0 ? nullptr : &network_.layers[i - 1];
        const QColor color = layer ? color_of(*layer) : colors.muted;
        const QRectF box(block.left + (block.column - block.width) / 2, middle - block.height / 2,
                         block.width, block.height);
        painter.fillRect(box, colors.surface);
        QColor fill = color;
        fill.setAlphaF(0.28F);
        painter.setBrush(fill);
        painter.setPen(QPen(color, 1.4));
        painter.drawRoundedRect(box, 2, 2);
        if (layer && !is_wide(*layer)) continue;  // its text is in the tooltip

        QStringList lines;
        if (!layer) {
            lines << tr("Input") << QString() << shape_text(network_.layers.front().input);
        } else {
            lines << text(layer->kind) << text(layer->detail) << shape_text(layer->output);
            if (layer->parameters > 0) lines << amount_text(layer->parameters);
        }
        const QFontMetrics metrics(small);
        for (qsizetype k = 0; k < lines.size(); ++k) {
            painter.setPen(k == 0 ? colors.text : colors.muted);
            const QRectF row(block.left + 2, base + static_cast<double>(k) * line, block.column - 4,
                             line);
            painter.drawText(
                row, Qt::AlignCenter,
                metrics.elidedText(lines[k], Qt::ElideRight, static_cast<int>(row.width())));
        }
    }
}

}  // namespace pentimento::ui
