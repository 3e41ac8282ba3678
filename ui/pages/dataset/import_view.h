// Import settings with a live preview, and the progress of the import itself.
#pragma once

#include <QWidget>
#include <filesystem>
#include <functional>

#include "core/media/import.h"
#include "ui/background.h"
#include "ui/run_controller.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QTimer;

namespace pentimento::ui {

class CropPreview;
class ParamPanel;
class PictureView;

class ImportView : public QWidget {
    Q_OBJECT
  public:
    /// `packs`: the folder of imported datasets.
    ImportView(std::filesystem::path packs, QUndoStack* undo, QWidget* parent = nullptr);
    ~ImportView() override;

    void set_source(const SourceGuess& source);
    const SourceGuess& source() const { return source_; }
    ParamPanel& panel() { return *panel_; }
    CropPreview& preview() { return *preview_; }
    RunController& controller() { return *controller_; }

    /// Opens the pack made earlier with the same settings, or imports. Ends with imported(),
    /// failed() or cancelled().
    void import();
    void cancel();
    bool importing() const;
    void shut_down();

  Q_SIGNALS:
    void imported(const QString& pack, bool from_cache);
    void failed(const QString& message);
    void cancelled();

  private:
    void update_preview();
    void start_run(const std::filesystem::path& pack);
    void run_ended();
    void update_controls();

    std::filesystem::path packs_, pack_;
    SourceGuess source_;
    ParamPanel* panel_;
    CropPreview* preview_;
    PictureView* progress_picture_;
    QLabel *source_label_, *progress_text_;
    QProgressBar* progress_;
    QPushButton *import_, *cancel_;
    RunController* controller_;
    QTimer* debounce_;
    bool preparing_ = false, running_ = false;
    std::int64_t skipped_ = 0;
    Background previewer_, cache_;
};

}  // namespace pentimento::ui
