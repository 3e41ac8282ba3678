// The Style page: pictures in wells, one live weight a style, and the result as it is painted.
#pragma once

#include "ui/background.h"
#include "ui/pages/page.h"
#include "ui/run_controller.h"

class QComboBox;
class QLabel;

namespace pentimento::ui {

class CompareChooser;
class InputsPanel;
class InstantPreview;
class ParamPanel;
class SampleGallery;
class StyleRunBar;
class WeightsChooser;
struct StoredStyleRun;

class StylePage : public Page {
    Q_OBJECT
  public:
    explicit StylePage(StudioContext& context, QWidget* parent = nullptr);
    ~StylePage() override;

    void shut_down() override;
    RunController* run_controller() override { return controller_; }

    /// Starts a run with what the wells and the panel hold.
    void blend();
    /// Shows a stored run; with `resume`: goes on with it.
    void open_run(const QString& directory, bool resume) override;
    void export_picture();

    RunController& controller() { return *controller_; }
    InputsPanel& inputs() { return *inputs_; }
    ParamPanel& panel() { return *panel_; }
    WeightsChooser& weights() { return *weights_; }
    StyleRunBar& bar() { return *bar_; }
    SampleGallery& gallery() { return *gallery_; }
    InstantPreview& instant() { return *instant_; }
    CompareChooser& compare() { return *compare_; }
    /// Why blending cannot start, for the button's tooltip.
    QString blocked() const;
    QString banner() const;
    /// What blend() starts. There must be a content.
    StyleRequest request() const;

  private:
    QWidget* make_settings();
    void connect_all();
    void continue_run();
    void start_prepared(Result<PreparedRun> prepared);
    void show_stored(const StoredStyleRun& stored, bool resume);
    void follow_edit(const Patch& patch);
    void network_changed();
    void choose_preset(int index);
    void update_controls();
    void update_before();
    void blend_instantly();
    void show_instant(const Frame& frame);
    void show_banner(const QString& text, bool error);

    RunController* controller_;
    InputsPanel* inputs_;
    ParamPanel* panel_;
    WeightsChooser* weights_;
    QComboBox* presets_;
    SampleGallery* gallery_;
    StyleRunBar* bar_;
    CompareChooser* compare_;
    QLabel* banner_;
    InstantPreview* instant_;
    std::optional<ParamSet> instant_params_;  ///< of the picture shown, while it is an instant one
    std::optional<Experiment> shown_;         ///< the run whose pictures are in the gallery
    Background preparer_, opener_;
};

}  // namespace pentimento::ui
