// A network as a row of blocks: tall where pictures are large, wide where there are many channels.
#pragma once

#include <QWidget>
#include <vector>

#include "core/gan/describe.h"

namespace pentimento::ui {

/// Where a layer's output is drawn, in pixels; the base line is common to all.
struct LayerBlock {
    double left = 0;    ///< of the layer's column
    double column = 0;  ///< width of the column with its text
    double width =
        0;  ///< of the block: grows with the logarithm of the channels, relative to the most
    double height = 0;  ///< grows with the logarithm of the picture's edge
};
/// One block for the input, then one for each layer.
std::vector<LayerBlock> lay_out(const gan::NetworkInfo& network, double height);

/// "256 × 8 × 8"; "512" for a vector.
QString shape_text(const std::vector<std::int64_t>& shape);
/// "3.6 M", "1,024": for a number of weights or operations.
QString amount_text(std::int64_t count);

class NetworkDrawing : public QWidget {
    Q_OBJECT
  public:
    explicit NetworkDrawing(QWidget* parent = nullptr);
    void set_network(const gan::NetworkInfo& network);
    /// What it shows, line by line: for screen readers and tooltips.
    QString description() const;

  protected:
    bool event(QEvent*) override;
    void paintEvent(QPaintEvent*) override;

  private:
    QString layer_text(const gan::LayerInfo& layer) const;
    gan::NetworkInfo network_;
    std::vector<LayerBlock> blocks_;
};

}  // namespace pentimento::ui
