// Assembles the window and routes what comes in from outside to the page that it is for.
#include "ui/main_window.h"

#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QMimeData>
#include <QSplitter>
#include <QStackedWidget>
#include <QStatusBar>
#include <QStyle>
#include <QTimer>

#include "core/session/experiment.h"
#include "ui/engine.h"
#include "ui/file_kinds.h"
#include "ui/pages/welcome_page.h"
#include "ui/preferences.h"
#include "ui/run_controller.h"
#include "ui/theme.h"
#include "ui/widgets/run_status.h"
#include "ui/widgets/sidebar.h"

namespace pentimento::ui {

namespace {
constexpr int kMessageMilliseconds = 6000;
constexpr QSize kFirstSize{1280, 820};

/// In the order of the sidebar, whether a page exists already or not.
struct Place {
    const char *id, *title, *icon;
};
constexpr Place kPlaces[] = {
    {"welcome", QT_TRANSLATE_NOOP("pentimento::ui::MainWindow", "Welcome"), "welcome"},
    {"dataset", QT_TRANSLATE_NOOP("pentimento::ui::MainWindow", "Dataset"), "dataset"},
    {"train", QT_TRANSLATE_NOOP("pentimento::ui::MainWindow", "Train"), "train"},
    {"style", QT_TRANSLATE_NOOP("pentimento::ui::MainWindow", "Style"), "style"},
    {"runs", QT_TRANSLATE_NOOP("pentimento::ui::MainWindow", "Runs"), "runs"},
};

/// What stands where a page will be in a second.
QWidget* placeholder() {
    auto* label = new QLabel(MainWindow::tr("Loading the engine…"));
    label->setAlignment(Qt::AlignCenter);
    theme::set_role(label, "muted");
    return label;
}
}  // namespace

MainWindow::MainWindow(StudioContext& context, QWidget* parent)
    : QMainWindow(parent), context_(context), sidebar_(new Sidebar), stack_(new QStackedWidget) {
    setWindowTitle(QStringLiteral("Pentimento"));
    setWindowIcon(QIcon(QStringLiteral(":/program/pentimento.svg")));
    setAcceptDrops(true);
    auto* centre = new QWidget;
    auto* row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(sidebar_);
    row->addWidget(stack_, 1);
    setCentralWidget(centre);

    for (const Place& place : kPlaces) {
        order_ << QString::fromLatin1(place.id);
        sidebar_->add_page(order_.back(), tr(place.title), QString::fromLatin1(place.icon),
                           static_cast<int>(order_.size()));
        stack_->addWidget(placeholder());
    }
    auto* welcome = new WelcomePage(context_, stack_);
    put_page(QStringLiteral("welcome"), welcome);
    connect(welcome, &WelcomePage::open_folder_requested, this, &MainWindow::open_folder);
    connect(welcome, &WelcomePage::open_run_folder_requested, this, &MainWindow::open_run_folder);
    connect(sidebar_, &Sidebar::page_chosen, this, &MainWindow::show_page);
    connect(sidebar_, &Sidebar::theme_toggled, this, &MainWindow::toggle_theme);

    make_menus();
    make_status_bar();
    connect_context();
    restore_layout();
    stack_->setFocus();  // not a button that Space would press
    if (context_.engine())
        while (make_next_page()) {
        }
}

MainWindow::~MainWindow() {
    for (const auto& [id, page] : pages_) page->shut_down();
    // Pages hold the context's signals and the undo stack's commands: they go while both still
    // live.
    delete centralWidget();
}

void MainWindow::put_page(const QString& id, Page* page) {
    pages_[id] = page;
    const int index = static_cast<int>(order_.indexOf(id));
    const bool shown = stack_->currentIndex() == index;
    QWidget* before = stack_->widget(index);
    stack_->removeWidget(before);
    delete before;
    stack_->insertWidget(index, page);
    if (shown) show_page(id);
    RunController* run = page->run_controller();
    if (!run) return;
    connect(run, &RunController::progress_changed, this, &MainWindow::show_status);
    connect(run, &RunController::state_changed, this, &MainWindow::show_status);
}

bool MainWindow::make_next_page() {
    // First the one that somebody looks at.
    QString next = order_.value(stack_->currentIndex());
    for (const QString& id : order_)
        if (pages_.count(next) > 0) next = id;
    if (pages_.count(next) > 0) return false;
    put_page(next, context_.engine()->make_page(next, context_, stack_));
    if (next == QLatin1String("train")) run_menu_->addActions(pages_[next]->run_actions());
    if (pages_.size() < static_cast<std::size_t>(order_.size())) return true;
    restore_splitters();
    // Asking for the machine takes a moment.
    environment_.start([engine = context_.engine()] { return engine->machine(); },
                       [this](const Json& environment) { status_->show_machine(environment); });
    if (!opened_early_.isEmpty()) open_path(std::exchange(opened_early_, {}));
    return false;
}

void MainWindow::make_pages_in_turn() {
    // A page at a time, so that the window answers in between. Not after 0 ms: that would be an
    // event among those that are being handled, and nothing else had its turn.
    constexpr int kTurn = 1;
    if (make_next_page()) QTimer::singleShot(kTurn, this, &MainWindow::make_pages_in_turn);
}

void MainWindow::make_status_bar() {
    message_ = new QLabel;
    message_->setObjectName(QStringLiteral("message"));
    message_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    message_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    status_ = new RunStatus;
    statusBar()->setSizeGripEnabled(false);
    statusBar()->addWidget(message_, 1);
    statusBar()->addPermanentWidget(status_);
}

void MainWindow::connect_context() {
    connect(&context_, &StudioContext::engine_loaded, this, &MainWindow::make_pages_in_turn);
    connect(&context_, &StudioContext::page_requested, this, &MainWindow::show_page);
    connect(&context_, &StudioContext::import_requested, this,
            [this] { show_page(QStringLiteral("dataset")); });
    connect(&context_, &StudioContext::style_requested, this,
            [this] { show_page(QStringLiteral("style")); });
    connect(&context_, &StudioContext::open_run_requested, this, &MainWindow::open_run);
    connect(&context_, &StudioContext::derive_requested, this,
            [this] { show_page(QStringLiteral("train")); });
    connect(&context_, &StudioContext::message, this, &MainWindow::show_message);
}

void MainWindow::show_page(const QString& id) {
    const auto index = order_.indexOf(id);
    if (index < 0) return;
    stack_->setCurrentIndex(static_cast<int>(index));
    sidebar_->show_current(id);
    if (Page* shown = page(id)) shown->activated();
    show_status();
}

QString MainWindow::current_page() const {
    return order_.value(stack_->currentIndex());
}

Page* MainWindow::page(const QString& id) const {
    const auto found = pages_.find(id);
    return found == pages_.end() ? nullptr : found->second;
}

void MainWindow::open_run(const QString& directory, bool resume) {
    const auto experiment = Experiment::open(directory.toStdString());
    if (!experiment) {
        show_message(QString::fromStdString(experiment.error().message), true);
        return;
    }
    // The page of another kind listens to the same signal and passes it over.
    if (experiment->info().kind == "gan") {
        show_page(QStringLiteral("train"));
        if (Page* train = page(QStringLiteral("train"))) train->open_run(directory, resume);
    } else {
        show_page(QStringLiteral("style"));
    }
}

void MainWindow::open_path(const QString& path) {
    const QFileInfo info(path);
    if (pages_.size() < static_cast<std::size_t>(order_.size())) {
        opened_early_ = path;
    } else if (!info.exists()) {
        show_message(tr("%1 does not exist.").arg(path), true);
    } else if (info.isDir() && QFileInfo::exists(info.filePath() + QStringLiteral("/run.json"))) {
        Q_EMIT context_.open_run_requested(info.absoluteFilePath(), false);
    } else if (ends_as(path, picture_endings()) || ends_as(path, film_endings())) {
        Q_EMIT context_.style_requested(info.absoluteFilePath(), {});
    } else {
        show_page(QStringLiteral("dataset"));
        page(QStringLiteral("dataset"))->open_path(info.absoluteFilePath());
    }
}

void MainWindow::open_folder() {
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open folder of pictures"));
    if (!folder.isEmpty()) open_path(folder);
}

void MainWindow::open_run_folder() {
    const QString runs = QString::fromStdString(context_.workspace().runs().string());
    const QString folder = QFileDialog::getExistingDirectory(this, tr("Open run"), runs);
    if (!folder.isEmpty()) Q_EMIT context_.open_run_requested(folder, false);
}

void MainWindow::show_message(const QString& text, bool error) {
    message_->setText(
        message_->fontMetrics().elidedText(text, Qt::ElideRight, std::max(240, width() - 700)));
    message_->setToolTip(text);
    message_->setProperty("error", error);
    message_->style()->polish(message_);
    if (error) return;  // stays until the next message
    QTimer::singleShot(kMessageMilliseconds, this, [this, text] {
        if (message_->toolTip() == text) message_->clear();
    });
}

void MainWindow::show_status() {
    // The visible page's run, unless only another page's is at work.
    auto* visible = qobject_cast<Page*>(stack_->currentWidget());
    RunController* shown = visible ? visible->run_controller() : nullptr;
    for (const auto& [id, page] : pages_) {
        RunController* run = page->run_controller();
        if (run && run->active() && !(shown && shown->active())) shown = run;
    }
    if (Page* train = page(QStringLiteral("train")); !shown && train)
        shown = train->run_controller();
    if (!shown) return;
    Progress progress = shown->progress();
    progress.state = shown->state();
    status_->show_progress(progress);
}

void MainWindow::toggle_theme() {
    theme::set_mode(theme::dark() ? theme::Mode::Light : theme::Mode::Dark);
    preferences::set_value(QStringLiteral("theme"), static_cast<int>(theme::mode()));
}

void MainWindow::restore_layout() {
    resize(kFirstSize);
    restoreGeometry(preferences::value(QStringLiteral("window/geometry")).toByteArray());
    const QString last = preferences::value(QStringLiteral("window/page")).toString();
    show_page(order_.contains(last) ? last : QStringLiteral("welcome"));
}

void MainWindow::restore_splitters() {
    for (QSplitter* splitter : findChildren<QSplitter*>())
        if (!splitter->objectName().isEmpty())
            splitter->restoreState(
                preferences::value(QStringLiteral("window/") + splitter->objectName())
                    .toByteArray());
}

void MainWindow::save_layout() const {
    preferences::set_value(QStringLiteral("window/geometry"), saveGeometry());
    for (const QSplitter* splitter : findChildren<QSplitter*>())
        if (!splitter->objectName().isEmpty())
            preferences::set_value(QStringLiteral("window/") + splitter->objectName(),
                                   splitter->saveState());
    preferences::set_value(QStringLiteral("window/page"), current_page());
}

void MainWindow::closeEvent(QCloseEvent* event) {
    for (const auto& [id, page] : pages_) {
        if (page->may_close()) continue;
        event->ignore();
        return;
    }
    save_layout();
    show_message(tr("Saving…"), false);
    statusBar()->repaint();
    for (const auto& [id, page] : pages_) page->shut_down();
    event->accept();
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls()) {
        if (!url.isLocalFile()) continue;
        event->acceptProposedAction();
        open_path(url.toLocalFile());
        return;
    }
}

}  // namespace pentimento::ui
