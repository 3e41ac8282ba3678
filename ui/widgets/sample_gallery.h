// The samples of a run: the newest live preview, and one time slider over everything saved on disk.
#pragma once

#include <QWidget>
#include <memory>
#include <optional>

#include "core/session/experiment.h"
#include "core/session/run.h"

namespace pentimento::ui {

class PictureCompare;
class PictureView;

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
    /// Cells of the shown grid; 1 × 1 when it is a single picture or not known.
    QSize current_grid() const;

    /// Saved samples in the slider, without "now".
    int sample_count() const;
    /// 0 … sample_count(); the last one is "now" when there is a live picture.
    int position() const;
    void set_position(int position);
    bool at_now() const;
    bool playing() const;
    void set_playing(bool on);  ///< the whole run as a time-lapse

    /// For empty text and sharpness.
    PictureView& view();
    /// Puts a picture of before beside the samples.
    PictureCompare& compare();

  Q_SIGNALS:
    void export_requested();
    void shown(qint64 step);  ///< another picture is on the screen

  protected:
    void keyPressEvent(QKeyEvent*) override;

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::ui
