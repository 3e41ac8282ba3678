// The Style page: pictures in wells, one live weight a style, and the result as it is painted.
#pragma once

#include <functional>
#include <memory>

#include "core/style/instant/networks.h"
#include "ui/background.h"
#include "ui/pages/page.h"
#include "ui/run_controller.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace pentimento {
struct VideoRequest;
}

namespace pentimento::ui {

class CompareChooser;
class InputsPanel;
class InstantPreview;
class PainterChooser;
class ParamPanel;
class SampleGallery;
class StyleRunBar;
class StyleShelf;
class WeightsChooser;
struct PainterPlan;
struct SeriesPlan;
struct StyleResult;
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
    /// Shows a stored run, a blend or the training of a style network; with `resume`: goes on with
    /// it.
    void open_run(const QString& directory, bool resume) override;
    /// Asks what a painter shall learn, and trains it here.
    void plan_painter();
    void train_painter(const PainterPlan& plan);
    /// Makes a file of the trained painter that is shown, and paints with it.
    void use_painter();
    /// Asks which pictures or which film to paint as the page is set, and does.
    void plan_series(const QStringList& paths = {});
    void paint_series(const SeriesPlan& plan);
    void export_picture();

    /// Many pictures, or a film, and what came of them.
    struct Series {
        std::shared_ptr<const SeriesPlan> plan;
        std::vector<std::filesystem::path> styles;
        std::filesystem::path weights;
        style::InstantNetworks networks;
        int made = 0, left_out = 0, failed = 0;
        QString problem;    ///< of the last that failed
        bool done = false;  ///< to its end: nothing to go on with

        VideoRequest film() const;
    };

    RunController& controller() { return *controller_; }
    InputsPanel& inputs() { return *inputs_; }
    ParamPanel& panel() { return *panel_; }
    WeightsChooser& weights() { return *weights_; }
    StyleRunBar& bar() { return *bar_; }
    SampleGallery& gallery() { return *gallery_; }
    InstantPreview& instant() { return *instant_; }
    PainterChooser& painters() { return *painters_; }
    StyleShelf& shelf() { return *shelf_; }
    /// The button beside the banner, with what it offers.
    QPushButton& offer() { return *offer_; }
    CompareChooser& compare() { return *compare_; }
    /// Why blending cannot start, for the button's tooltip; without regard to the content.
    QString blocked() const;
    QString blocked_for_any() const;
    QString banner() const;
    /// What blend() starts. There must be a content.
    StyleRequest request() const;

  private:
    QWidget* make_settings(QWidget* parent);
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
    /// A button beside the banner, until the next banner.
    void make_offer(const QString& text, const QString& tip, std::function<void()> act);
    /// What the gallery shows and Resume goes on with: this run, or none.
    void set_shown(std::optional<Experiment> run);
    std::string method() const;
    style::InstantNetworks networks() const;
    /// Of the pictures in the styles' wells; none with a painter.
    std::vector<std::filesystem::path> style_paths() const;
    void change_masks();
    /// Into the history: what is shown is a result of this session.
    void remember_instant(const Frame& frame);
    void bring_back(const StyleResult& result);
    bool training_shown() const;  ///< the run that is shown trains a network
    void show_training(const Experiment& experiment, bool resume);
    void training_ended();
    void start_training(const PainterPlan& plan, const std::filesystem::path& pack);
    void import_ended();
    void start_series(Series series);
    void follow_series(const Event& event);
    void series_ended();
    void offer_folder(const QString& text);

    RunController* controller_;
    InputsPanel* inputs_;
    ParamPanel* panel_;
    WeightsChooser* weights_;
    QComboBox* presets_;
    SampleGallery* gallery_;
    StyleRunBar* bar_;
    CompareChooser* compare_;
    QWidget* banner_row_;
    QLabel* banner_;
    QPushButton* offer_;
    std::function<void()> offered_;
    PainterChooser* painters_;
    StyleShelf* shelf_;
    InstantPreview* instant_;
    std::optional<ParamSet> instant_params_;  ///< of the picture shown, while it is an instant one
    std::optional<Experiment> shown_;         ///< the run whose pictures are in the gallery
    struct Import {
        std::shared_ptr<const PainterPlan> plan;
        std::filesystem::path pack;
    };
    std::optional<Import> importing_;  ///< the run at work reads pictures for a training
    std::optional<Series> series_;     ///< instead of `shown_`
    Background preparer_, opener_, masker_, exporter_;
};

}  // namespace pentimento::ui
