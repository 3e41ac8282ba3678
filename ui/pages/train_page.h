// Training a GAN: settings, controls, curves, pictures, and what happened.
#pragma once

#include <QAction>
#include <functional>
#include <map>

#include "core/gan/health/health.h"
#include "ui/background.h"
#include "ui/pages/page.h"
#include "ui/run_controller.h"

class QLabel;
class QProgressBar;
class QStackedWidget;
class QVBoxLayout;

namespace pentimento::ui {

class EventLog;
class FamilyGallery;
class HealthPanel;
class MetricPlot;
class ParamPanel;
class PlotDeck;
class PresetPicker;
class ResumeBar;
class SampleGallery;
struct StoredRun;

class TrainPage : public Page {
    Q_OBJECT
  public:
    explicit TrainPage(StudioContext& context, QWidget* parent = nullptr);
    ~TrainPage() override;

    void shut_down() override;
    RunController* run_controller() override { return &controller_; }

    struct Actions {
        QAction *start, *pause, *step, *stop, *snapshot;
    };
    /// For menus; enabled and explained as the state allows.
    const Actions& actions() const { return actions_; }
    ParamPanel& panel() { return *panel_; }
    const std::vector<MetricPlot*>& plots() const;
    PlotDeck& deck() { return *deck_; }
    HealthPanel& health() { return *health_; }
    SampleGallery& gallery() { return *gallery_; }

    void start();
    void pause_or_resume();
    /// A new run with the named preset (empty: the settings as they are) on the dataset in use.
    void train(const QString& preset);
    /// Shows a stored GAN run; with resume it goes on to the end that it had, or to twice its steps
    /// when it had reached that.
    void open_run(const QString& directory, bool resume) override;
    QList<QAction*> run_actions() const override;
    bool export_shown() override;
    /// Makes a new run out of a stored one and starts it.
    void derive(const Derivation& derivation);
    /// The gallery, ready for the dataset in use; it is not shown by this.
    FamilyGallery& gallery_of_families();
    void choose_family();
    /// Runs something else, e.g. a fake in tests.
    Status start(Worker::Factory factory, WorkerOptions options);

  protected:
    void keyPressEvent(QKeyEvent*) override;

  private:
    QWidget* build_settings(QWidget* parent);
    QWidget* build_work(QWidget* parent);
    QWidget* build_curves(QWidget* parent);
    QWidget* build_pictures(QWidget* parent);
    QWidget* build_empty(bool with_data, QWidget* parent);
    QWidget* build_toolbar(QWidget* parent);
    void make_actions();
    void connect_run();
    void fit_to_dataset();
    void update_actions();
    void update_summary();
    void show_progress(const Progress& progress);
    void choose_preset(const QString& id);
    void use_remedy(const gan::Remedy& remedy);
    void undo_remedy();
    void go_to_best(const Patch& edits);
    void receive(const std::vector<Event>& events);
    void show_stored(StoredRun stored, bool resume);
    void resume_stored(std::int64_t total_steps);
    void begin(PreparedRun run, bool fresh);
    /// `prepare` waits for the disk, so it is called away from the window.
    void begin_when_ready(std::function<Result<PreparedRun>()> prepare, bool fresh);
    void export_picture();
    void tell(const QString& text, bool error = false);

    RunController controller_;
    Background loading_;
    Actions actions_{};
    std::optional<Experiment> shown_;       ///< the run on the screen, stored or at work
    std::optional<Derivation> after_stop_;  ///< waits for the present run to end
    /// What a remedy changed, and where on the undo stack that stands.
    Patch before_remedy_;
    int remedy_index_ = -1;

    ParamPanel* panel_ = nullptr;
    PresetPicker* presets_ = nullptr;
    QLabel* summary_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* note_ = nullptr;
    ResumeBar* resume_bar_ = nullptr;
    PlotDeck* deck_ = nullptr;
    SampleGallery* gallery_ = nullptr;
    HealthPanel* health_ = nullptr;
    FamilyGallery* families_ = nullptr;
    EventLog* log_ = nullptr;
};

}  // namespace pentimento::ui
