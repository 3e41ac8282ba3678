// How the Train page is put together. What it does with a run is in train_page_run.cpp.
#include "ui/pages/train_page.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/text.h"
#include "core/gan/gan_run.h"
#include "ui/plots/plot_deck.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/event_log.h"
#include "ui/widgets/health_panel.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/preset_picker.h"
#include "ui/widgets/resume_bar.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

namespace {

constexpr int kPlotsLater = 20;                          // ms
constexpr int kCalmHealth = 112, kTroubledHealth = 320;  // heights of the health panel
}

TrainPage::TrainPage(StudioContext& context, QWidget* parent) : Page(context, parent) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(12);

    auto* heading = new QLabel(tr("Train"));
    theme::set_role(heading, "title");
    summary_ = new QLabel;
    theme::set_role(summary_, "muted");
    auto* choose = new QPushButton(tr("Choose dataset…"));
    theme::set_role(choose, "link");
    connect(choose, &QPushButton::clicked, this,
            [this] { Q_EMIT context_.page_requested(QStringLiteral("dataset")); });
    auto* top = new QHBoxLayout;
    top->setSpacing(12);
    top->addWidget(heading);
    top->addWidget(summary_);
    top->addWidget(choose);
    top->addStretch(1);
    column->addLayout(top);

    make_actions();
    auto* split = new QSplitter(Qt::Horizontal, this);
    split->setObjectName(QStringLiteral("train_split"));
    split->setHandleWidth(12);
    split->addWidget(build_settings(split));
    split->addWidget(build_work(split));
    split->setStretchFactor(1, 1);
    split->setChildrenCollapsible(false);
    split->setSizes({336, 900});
    column->addWidget(split, 1);

    connect(&context_, &StudioContext::dataset_changed, this, [this] {
        fit_to_dataset();
        update_summary();
        update_actions();
        // Nine plots take as long to make as all the rest of a training's beginning.
        QTimer::singleShot(kPlotsLater, this, [this] {
            if (deck_->plots().empty()) deck_->set_metrics(gan::metric_specs());
        });
    });
    connect(&context_, &StudioContext::train_requested, this, &TrainPage::train);
    connect(&context_, &StudioContext::derive_requested, this, &TrainPage::derive);
    connect_run();
    fit_to_dataset();
    update_summary();
    update_actions();
}

TrainPage::~TrainPage() = default;

QWidget* TrainPage::build_settings(QWidget* parent) {
    auto* pane = new QFrame(parent);
    theme::set_role(pane, "panel");
    pane->setMinimumWidth(288);
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(12, 12, 8, 12);
    column->setSpacing(12);
    presets_ = new PresetPicker(gan::presets(), pane);
    panel_ = new ParamPanel(ParamSet(gan::schema()), &context_.undo_stack(), {}, pane);
    // What is seldom touched begins folded.
    panel_->remember_groups(QStringLiteral("train"),
                            {QStringLiteral("Regularisation"), QStringLiteral("Augmentation"),
                             QStringLiteral("Evaluation"), QStringLiteral("Machine")});
    auto* families = new QPushButton(tr("Choose a family…"));
    families->setToolTip(
        tr("All kinds of GANs with what they are, what they cost here, and how they are built"));
    theme::set_role(families, "link");
    connect(families, &QPushButton::clicked, this, &TrainPage::choose_family);
    column->addWidget(presets_);
    column->addWidget(families, 0, Qt::AlignLeft);
    column->addWidget(panel_, 1);
    return pane;
}

QWidget* TrainPage::build_work(QWidget* parent) {
    auto* work = new QWidget(parent);
    auto* column = new QVBoxLayout(work);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(12);
    column->addWidget(build_toolbar(work));
    resume_bar_ = new ResumeBar(work);
    column->addWidget(resume_bar_);
    stack_ = new QStackedWidget(work);
    stack_->addWidget(build_empty(false, stack_));
    stack_->addWidget(build_empty(true, stack_));
    auto* filled = new QWidget(stack_);
    stack_->addWidget(filled);
    column->addWidget(stack_, 1);

    auto* beside = new QSplitter(Qt::Horizontal, filled);
    beside->setObjectName(QStringLiteral("train_pictures_split"));
    beside->setHandleWidth(12);
    beside->setChildrenCollapsible(false);
    beside->addWidget(build_curves(beside));
    beside->addWidget(build_pictures(beside));
    beside->setStretchFactor(0, 3);
    beside->setStretchFactor(1, 2);
    beside->setSizes({540, 400});

    log_ = new EventLog(filled);
    log_->setMaximumHeight(132);
    auto* filled_column = new QVBoxLayout(filled);
    filled_column->setContentsMargins(0, 0, 0, 0);
    filled_column->addWidget(beside, 1);
    filled_column->addWidget(log_);

    return work;
}

QWidget* TrainPage::build_curves(QWidget* parent) {
    auto* curves = new QFrame(parent);
    theme::set_role(curves, "panel");
    auto* column = new QVBoxLayout(curves);
    column->setContentsMargins(12, 10, 12, 8);
    deck_ = new PlotDeck(
        QStringLiteral("train"),
        {QStringLiteral("Losses"), QStringLiteral("Scores"), QStringLiteral("Quality")}, curves);
    connect(deck_, &PlotDeck::message, &context_, &StudioContext::message);
    column->addWidget(deck_);
    return curves;
}

QWidget* TrainPage::build_pictures(QWidget* parent) {
    auto* above = new QSplitter(Qt::Vertical, parent);
    auto* pictures = new QFrame(above);
    theme::set_role(pictures, "panel");
    auto* column = new QVBoxLayout(pictures);
    column->setContentsMargins(12, 8, 12, 8);
    auto* samples = new QLabel(tr("Samples"));
    samples->setToolTip(
        tr("What the generator makes of the same random numbers, again and again while it learns"));
    theme::set_role(samples, "subheading");
    gallery_ = new SampleGallery(pictures);
    column->addWidget(samples);
    column->addWidget(gallery_, 1);

    auto* health = new QFrame(above);
    theme::set_role(health, "panel");
    auto* health_column = new QVBoxLayout(health);
    health_column->setContentsMargins(12, 8, 12, 8);
    health_ = new HealthPanel(health);
    health_column->addWidget(health_);

    above->setObjectName(QStringLiteral("train_health_split"));
    above->setHandleWidth(12);
    above->setChildrenCollapsible(false);
    above->addWidget(pictures);
    above->addWidget(health);
    above->setStretchFactor(0, 1);
    above->setSizes({400, kCalmHealth});
    // What goes wrong needs room; when all is well again the pictures get it back.
    connect(health_, &HealthPanel::mood_changed, above, [above](HealthPanel::Mood mood) {
        const QList<int> sizes = above->sizes();
        const bool trouble = mood == HealthPanel::Mood::Trouble;
        const int wanted = trouble ? std::max(sizes[1], kTroubledHealth) : kCalmHealth;
        if (trouble || sizes[1] == kTroubledHealth)
            above->setSizes({std::max(0, sizes[0] + sizes[1] - wanted), wanted});
    });
    return above;
}

QWidget* TrainPage::build_empty(bool with_data, QWidget* parent) {
    EmptyState* empty = nullptr;
    if (with_data) {
        empty = new EmptyState(
            QStringLiteral("train"), tr("Ready to train"),
            tr("Curves and pictures appear here within seconds of the start. Settings can be "
               "changed while it trains; what needs a new start is locked until then."),
            parent);
        empty->add_action(tr("Start training"), true, [this] { start(); });
    } else {
        empty = new EmptyState(
            QStringLiteral("dataset"), tr("What should it learn from?"),
            tr("Training needs pictures. Choose a folder or an archive of your own, or begin "
               "with the emoji that are on this computer already."),
            parent);
        empty->add_action(tr("Choose dataset"), true,
                          [this] { Q_EMIT context_.page_requested(QStringLiteral("dataset")); });
        empty->add_action(tr("Use emoji"), false, [this] {
            Q_EMIT context_.import_requested(QStringLiteral("emoji"), true,
                                             QStringLiteral("emoji-32"));
        });
    }
    empty->add_action(tr("Choose a family…"), false, [this] { choose_family(); });
    return empty;
}

QWidget* TrainPage::build_toolbar(QWidget* parent) {
    auto* bar = new QWidget(parent);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    for (QAction* action :
         {actions_.start, actions_.pause, actions_.step, actions_.stop, actions_.snapshot}) {
        auto* button = new QToolButton;
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setFocusPolicy(
            Qt::TabFocus);  // a click leaves the keys, Space above all, to the page
        theme::set_role(button, action == actions_.start ? "start" : "tool");
        row->addWidget(button);
    }
    row->addSpacing(12);
    bar_ = new QProgressBar;
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Progress of the run"));
    bar_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    bar_->setRange(0, 1000);
    bar_->setValue(0);
    row->addWidget(bar_, 1);
    note_ = new QLabel;
    note_->setMinimumWidth(96);
    note_->setMaximumWidth(340);
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    theme::set_role(note_, "muted");
    row->addWidget(note_);
    return bar;
}

void TrainPage::make_actions() {
    const auto make = [this](const QString& text, const QString& icon, const QKeySequence& keys,
                             const std::function<void()>& act) {
        auto* action = new QAction(theme::icon(icon), text, this);
        action->setShortcut(keys);
        connect(action, &QAction::triggered, this, act);
        return action;
    };
    actions_.start =
        make(tr("Start"), QStringLiteral("play"), QKeySequence(Qt::Key_F5), [this] { start(); });
    actions_.pause = make(tr("Pause"), QStringLiteral("pause"), QKeySequence(Qt::Key_F6),
                          [this] { pause_or_resume(); });
    actions_.step = make(tr("Step"), QStringLiteral("step"), QKeySequence(Qt::Key_F7),
                         [this] { controller_.step_once(); });
    actions_.stop = make(tr("Stop"), QStringLiteral("stop"), QKeySequence(Qt::SHIFT | Qt::Key_F5),
                         [this] { controller_.stop(); });
    actions_.snapshot =
        make(tr("Snapshot"), QStringLiteral("snapshot"),
             QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S), [this] { controller_.snapshot(); });
}

void TrainPage::update_actions() {
    const auto set = [](QAction* action, const Permission& permission, const QString& what) {
        action->setEnabled(permission.allowed);
        const QString reason = QString::fromUtf8(permission.reason.data(),
                                                 static_cast<qsizetype>(permission.reason.size()));
        action->setToolTip(permission.allowed
                               ? QStringLiteral("%1 (%2)").arg(
                                     what, action->shortcut().toString(QKeySequence::NativeText))
                               : reason);
    };
    const State state = controller_.state();
    Permission may_start = controller_.permitted(Action::Start);
    if (!controller_.active())  // a new run is prepared by start() itself
        may_start = context_.dataset() ? Permission{true, {}}
                                       : Permission{false, "Choose a dataset first."};
    set(actions_.start, may_start, tr("Start a new run with these settings"));
    const bool paused = state == State::Paused;
    actions_.pause->setText(paused ? tr("Resume") : tr("Pause"));
    actions_.pause->setIcon(theme::icon(paused ? QStringLiteral("play") : QStringLiteral("pause")));
    set(actions_.pause, controller_.permitted(paused ? Action::Resume : Action::Pause),
        paused ? tr("Go on") : tr("Pause; the model stays in memory"));
    set(actions_.step, controller_.permitted(Action::Step), tr("One step, then pause again"));
    set(actions_.stop, controller_.permitted(Action::Stop),
        tr("Stop and save; it can be resumed later"));
    set(actions_.snapshot, controller_.permitted(Action::Snapshot),
        tr("Save a checkpoint and a sample now"));

    const Permission restart = controller_.permitted(Action::EditRestart);
    const QString lock = restart.allowed
                             ? QString()
                             : QString::fromUtf8(restart.reason.data(),
                                                 static_cast<qsizetype>(restart.reason.size()));
    panel_->set_restart_locked(lock);
    presets_->set_locked(lock);
    const bool something = shown_ || state != State::Empty;
    stack_->setCurrentIndex(something ? 2 : context_.dataset() ? 1 : 0);
}

void TrainPage::update_summary() {
    if (!context_.dataset()) {
        summary_->setText(tr("No dataset chosen"));
        return;
    }
    const PackInfo& info = context_.dataset()->info();
    summary_->setText(tr("%1 · %2 pictures · %3 × %4 px · %5")
                          .arg(QString::fromStdString(info.name),
                               QString::fromStdString(format_count(info.count)))
                          .arg(info.width)
                          .arg(info.height)
                          .arg(info.channels == 1 ? tr("grey") : tr("colour")));
}

void TrainPage::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Space && actions_.pause->isEnabled()) {
        pause_or_resume();
        return;
    }
    Page::keyPressEvent(event);
}

QList<QAction*> TrainPage::run_actions() const {
    return {actions_.start, actions_.pause, actions_.step, actions_.stop, actions_.snapshot};
}

bool TrainPage::export_shown() {
    if (gallery_->current_frame().empty()) return false;
    Q_EMIT gallery_->export_requested();
    return true;
}

}  // namespace pentimento::ui
