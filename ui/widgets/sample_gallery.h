// The samples of a run: the newest live preview, and one time slider over everything saved on disk.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>

#include "core/session/experiment.h"
#include "core/session/run.h"

namespace pentimento::ui {

class SampleGallery : public QWidget {
    Q_OBJECT
  public:
    explicit SampleGallery(QWidget* parent = nullptr);
    ~SampleGallery() override;

    void clear();
    /// Lists what the run has on disk and shows the newest.
    void set_experiment(const std::optional<Experiment>& experiment);
    void refresh();  ///< looks for new files
    /// Shown while the slider stands at "now".
    void show_live(const Preview& preview);
    Frame current_frame() const;
    std::int64_t current_step() const;

  Q_SIGNALS:
    void export_requested();

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::ui
