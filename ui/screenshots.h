// Pictures of every page, light and dark, from a real short run: for the documentation and for
// eyes.
#pragma once

#include <QString>

#include "core/base/result.h"

namespace pentimento::ui {

class MainWindow;
class StudioContext;

struct ScreenshotOptions {
    QString directory;
    QString weights;  ///< feature network for the Style page; empty: the built-in one
    QString only;     ///< "style": that page and its dialogs alone; empty: everything
    int training_steps = 240;
    int seconds = 90;  ///< at most, for each of the two runs
};

/// Drives the window and returns when all files are written.
Status take_screenshots(MainWindow& window, StudioContext& context,
                        const ScreenshotOptions& options);

}  // namespace pentimento::ui
