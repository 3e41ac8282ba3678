// Training a GAN: settings, controls, curves, pictures, and what happened.
#pragma once

#include <QAction>
#include <map>

#include "ui/background.h"
#include "ui/pages/page.h"
#include "ui/run_controller.h"

class QLabel;
class QProgressBar;
class QSplitter;
class QStackedWidget;
class QVBoxLayout;

namespace pentimento::ui {

class EventLog;
class MetricPlot;
class ParamPanel;
class PresetPicker;
class ResumeBar;
class SampleGallery;
struct StoredRun;

class TrainPage : public Page {
    Q_OBJECT
  public:
    explicit TrainPage(StudioContext& context, QWidget* parent = nullptr);
    ~TrainPage() override;

    QString title() const override { return tr("Train"); }
    QString icon_name() const override { return QStringLiteral("train"); }
    void shut_down() override;
    RunController* run_controller() override { return &controller_; }

    struct Actions {
        QAction *start, *pause, *step, *stop, *snapshot;
    };
    /// For menus; enabled and explained as the state allows.
    const Actions& actions() const { return actions_; }
    ParamPanel& panel() { return *panel_; }
    const std::vector<MetricPlot*>& plots() const { return plots_; }
    SampleGallery& gallery() { return *gallery_; }

    void start();
    void pause_or_resume();
    /// A new run with the named preset (empty: the settings as they are) on the dataset in use.
    void train(const QString& preset);
    /// Shows a stored GAN run; with resume it goes on to the end that it had, or to twice its steps
    /// when it had reached that.
    void open_run(const QString& directory, bool resume);
    /// Runs something else, e.g. a fake in tests.
    Status start(Worker::Factory factory, WorkerOptions options);

  protected:
    void keyPressEvent(QKeyEvent*) override;

  private:
    QWidget* build_settings();
    QWidget* build_work();
    QWidget* build_toolbar();
    void make_actions();
    void connect_run();
    void fit_to_dataset();
    void update_actions();
    void update_summary();
    void show_progress(const Progress& progress);
    void show_metric_specs(const std::vector<MetricSpec>& specs);
    void receive(const std::vector<Event>& events);
    void show_stored(const StoredRun& stored, bool resume);
    void resume_stored(std::int64_t total_steps);
    void begin(PreparedRun run, bool fresh);
    void export_picture();
    void tell(const QString& text, bool error = false);

    RunController controller_;
    Background loading_;
    Actions actions_{};
    std::optional<Experiment> shown_;  ///< the run on the screen, stored or at work
    std::vector<MetricSpec> specs_;

    ParamPanel* panel_ = nullptr;
    PresetPicker* presets_ = nullptr;
    QLabel* summary_ = nullptr;
    QStackedWidget* stack_ = nullptr;
    QProgressBar* bar_ = nullptr;
    QLabel* note_ = nullptr;
    ResumeBar* resume_bar_ = nullptr;
    QSplitter* plot_split_ = nullptr;
    std::vector<MetricPlot*> plots_;
    SampleGallery* gallery_ = nullptr;
    EventLog* log_ = nullptr;
};

}  // namespace pentimento::ui
