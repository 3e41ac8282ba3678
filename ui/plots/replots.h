// Drawing plots again, a few in a turn of the event loop: twelve plots of a long run take a tenth
// of a second when the window gets another size or theme.
#pragma once

#include <QPointer>
#include <vector>

#include "ui/turns.h"

namespace pentimento::ui {

class MetricPlot;

class Replots : public QObject {
  public:
    static Replots& instance();

    /// Once, however often it is asked for; the first ones before the window is painted.
    void add(MetricPlot* plot);

  private:
    Replots();
    bool draw_one();

    std::vector<QPointer<MetricPlot>> waiting_;
    Turns turns_;
    bool posted_ = false;
};

}  // namespace pentimento::ui
