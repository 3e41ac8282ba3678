// What the window asks of the libraries that take a second to load (LibTorch, OpenCV): it shows
// itself first and asks when they are there.
#pragma once

#include <QImage>
#include <QString>
#include <filesystem>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "ui/models/runs_model.h"

namespace pentimento::ui {

class MainWindow;
class Page;
class StudioContext;
struct ScreenshotOptions;

class Engine {
  public:
    virtual ~Engine() = default;
    /// Versions, device and threads, as runs record them. Any thread; takes a moment.
    virtual Json machine() const = 0;
    /// Some `count` pictures of what can be imported ("emoji", "idx:…"), evenly chosen; fewer or
    /// none where it has not so many. Any thread.
    virtual std::vector<QImage> sample_pictures(const QString& source, int count) const = 0;
    /// scan_runs(). Any thread.
    virtual std::vector<RunRow> runs(const std::filesystem::path& root) const = 0;
    /// "dataset", "train", "style" or "runs".
    virtual Page* make_page(const QString& id, StudioContext& context, QWidget* parent) const = 0;
    virtual Status take_screenshots(MainWindow& window, StudioContext& context,
                                    const ScreenshotOptions& options) const = 0;
};

}  // namespace pentimento::ui

/// Of the library pentimento_ui, which brings the others along.
extern "C" const pentimento::ui::Engine* pentimento_engine();
