// The table of runs and the pane beside it.
#include "ui/pages/runs_page.h"

#include <QDesktopServices>
#include <QFile>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QUrl>
#include <QVBoxLayout>

#include "core/jobs/jobs.h"
#include "ui/dialogs/checkpoint_dialog.h"
#include "ui/dialogs/compare_dialog.h"
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

RunsPage::RunsPage(StudioContext& context, QWidget* parent)
    : Page(context, parent),
      sorted_(new QSortFilterProxyModel(this)),
      stack_(new QStackedWidget(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(24, 20, 24, 16);
    column->setSpacing(12);

    auto* heading = new QLabel(tr("Runs"));
    theme::set_role(heading, "title");
    auto* search = new QLineEdit;
    search->setPlaceholderText(tr("Filter by name, kind or source"));
    search->setClearButtonEnabled(true);
    search->setAccessibleName(tr("Filter runs"));
    search->setFixedWidth(280);
    auto* row = new QHBoxLayout;
    row->addWidget(heading);
    row->addStretch(1);
    row->addWidget(search);
    column->addLayout(row);

    auto* split = new QSplitter(Qt::Horizontal, stack_);
    split->setObjectName(QStringLiteral("runs_split"));
    split->setHandleWidth(12);
    split->addWidget(build_table(split));
    split->addWidget(build_preview(split));
    split->setStretchFactor(0, 1);
    split->setCollapsible(0, false);
    split->setSizes({800, 320});
    stack_->addWidget(split);

    auto* empty = new EmptyState(
        QStringLiteral("runs"), tr("No runs yet"),
        tr("Every training and every style transfer is kept here, with its pictures, "
           "curves and settings, and can be continued at any time."));
    empty->add_action(tr("Train on emoji"), true, [this] {
        Q_EMIT context_.import_requested(QStringLiteral("emoji"), true, QStringLiteral("emoji-32"));
    });
    empty->add_action(tr("Blend two pictures"), false,
                      [this] { Q_EMIT context_.page_requested(QStringLiteral("style")); });
    stack_->addWidget(empty);
    stack_->setCurrentIndex(1);
    column->addWidget(stack_, 1);

    connect(search, &QLineEdit::textChanged, sorted_, &QSortFilterProxyModel::setFilterFixedString);
    connect(&context_, &StudioContext::runs_changed, this, &RunsPage::refresh);
    selection_changed();
}

QWidget* RunsPage::build_table(QWidget* parent) {
    sorted_->setSourceModel(&model_);
    sorted_->setSortRole(RunsModel::kSortRole);
    sorted_->setFilterKeyColumn(-1);
    sorted_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    table_ = new QTableView(parent);
    table_->setModel(sorted_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(RunsModel::Created, Qt::DescendingOrder);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    table_->setShowGrid(false);
    table_->setAccessibleName(tr("Runs"));
    table_->setIconSize({56, 56});
    table_->setWordWrap(false);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->verticalHeader()->setDefaultSectionSize(64);
    QHeaderView* header = table_->horizontalHeader();
    header->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    header->setHighlightSections(false);
    header->setSectionResizeMode(QHeaderView::ResizeToContents);
    header->setSectionResizeMode(RunsModel::Name, QHeaderView::Stretch);
    header->setSectionResizeMode(RunsModel::Thumbnail, QHeaderView::Fixed);
    header->resizeSection(RunsModel::Thumbnail, 84);
    header->setSectionResizeMode(RunsModel::Source, QHeaderView::Interactive);
    header->resizeSection(RunsModel::Source, 120);
    header->setMinimumSectionSize(64);
    connect(table_->selectionModel(), &QItemSelectionModel::selectionChanged, this,
            &RunsPage::selection_changed);
    connect(table_, &QTableView::activated, this, [this] { open(false); });
    return table_;
}

QWidget* RunsPage::build_preview(QWidget* parent) {
    auto* pane = new QFrame(parent);
    theme::set_role(pane, "panel");
    auto* column = new QVBoxLayout(pane);
    column->setContentsMargins(16, 16, 16, 16);
    column->setSpacing(8);
    picture_ = new PictureView;
    picture_->set_smooth(false);
    picture_->set_empty_text(tr("No picture yet"),
                             tr("The first one is saved soon after the start."));
    picture_->setMinimumHeight(220);
    column->addWidget(picture_, 1);
    name_ = new QLabel;
    name_->setWordWrap(true);
    theme::set_role(name_, "heading");
    column->addWidget(name_);
    settings_ = new QLabel;
    settings_->setWordWrap(true);
    settings_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    theme::set_role(settings_, "muted");
    column->addWidget(settings_);

    column->addLayout(build_actions());
    return pane;
}

QLayout* RunsPage::build_actions() {
    const auto button = [](const QString& text, const QString& icon) {
        return icon.isEmpty() ? new QPushButton(text) : new QPushButton(theme::icon(icon), text);
    };
    open_ = button(tr("Open"), {});
    theme::set_role(open_, "primary");
    resume_ = button(tr("Resume"), QStringLiteral("play"));
    compare_ = button(tr("Compare"), QStringLiteral("swap"));
    compare_->setObjectName(QStringLiteral("compare"));
    branch_ = button(tr("Branch from…"), {});
    branch_->setObjectName(QStringLiteral("branch"));
    replay_ = button(tr("Replay"), QStringLiteral("redo"));
    weights_ = button(tr("Train from these weights…"), {});
    reveal_ = button(tr("Folder"), QStringLiteral("folder"));
    remove_ = button(tr("Delete"), QStringLiteral("trash"));
    theme::set_role(remove_, "danger");
    auto* grid = new QGridLayout;
    grid->setSpacing(8);
    grid->addWidget(open_, 0, 0);
    grid->addWidget(resume_, 0, 1);
    grid->addWidget(branch_, 1, 0);
    grid->addWidget(replay_, 1, 1);
    grid->addWidget(weights_, 2, 0, 1, 2);
    grid->addWidget(compare_, 3, 0, 1, 2);
    grid->addWidget(reveal_, 4, 0);
    grid->addWidget(remove_, 4, 1);

    connect(open_, &QPushButton::clicked, this, [this] { open(false); });
    connect(resume_, &QPushButton::clicked, this, [this] { open(true); });
    connect(compare_, &QPushButton::clicked, this, &RunsPage::compare);
    connect(branch_, &QPushButton::clicked, this, [this] { derive(Derivation::Kind::Branch); });
    connect(weights_, &QPushButton::clicked, this, [this] { derive(Derivation::Kind::Weights); });
    connect(replay_, &QPushButton::clicked, this, &RunsPage::replay);
    connect(reveal_, &QPushButton::clicked, this, [this] {
        if (const RunRow* row = selected())
            QDesktopServices::openUrl(QUrl::fromLocalFile(row->directory));
    });
    connect(remove_, &QPushButton::clicked, this, &RunsPage::ask_and_remove);
    return grid;
}

void RunsPage::activated() {
    refresh();
}

void RunsPage::refresh() {
    scan_.start([root = context_.workspace().runs()] { return scan_runs(root); },
                [this](std::vector<RunRow> rows) { show_rows(std::move(rows)); });
}

void RunsPage::show_rows(std::vector<RunRow> rows) {
    const QStringList before = chosen();
    stack_->setCurrentIndex(rows.empty() ? 1 : 0);
    model_.set_rows(std::move(rows));
    choose(before);
    if (chosen().isEmpty() && sorted_->rowCount() > 0) table_->selectRow(0);
    selection_changed();
}

void RunsPage::choose(const QStringList& directories) {
    QItemSelection selection;
    for (int i = 0; i < sorted_->rowCount(); ++i) {
        const QModelIndex index = sorted_->index(i, 0);
        if (directories.contains(model_.row(sorted_->mapToSource(index).row()).directory))
            selection.select(index, index);
    }
    table_->selectionModel()->select(
        selection, QItemSelectionModel::ClearAndSelect | QItemSelectionModel::Rows);
}

QStringList RunsPage::chosen() const {
    QStringList directories;
    for (const QModelIndex& index : table_->selectionModel()->selectedRows())
        directories << model_.row(sorted_->mapToSource(index).row()).directory;
    return directories;
}

const RunRow* RunsPage::selected() const {
    const QModelIndexList rows = table_->selectionModel()->selectedRows();
    if (rows.size() != 1) return nullptr;
    return &model_.row(sorted_->mapToSource(rows.first()).row());
}

void RunsPage::update_actions() {
    const RunRow* row = selected();
    const qsizetype count = chosen().size();
    const auto set = [](QPushButton* button, const QString& what, const QString& why_not) {
        button->setEnabled(why_not.isEmpty());
        button->setToolTip(why_not.isEmpty() ? what : why_not);
    };
    const QString one = row ? QString() : tr("Choose one run in the table.");
    const QString gan = !row                                 ? one
                        : row->kind == QStringLiteral("gan") ? QString()
                                                             : tr("For GAN trainings only.");
    set(open_, tr("Shows its curves and pictures"), one);
    set(resume_, tr("Goes on from the newest checkpoint"), one);
    set(branch_, tr("Starts a new run from one of its checkpoints; this one stays as it is"), gan);
    set(replay_, tr("Does the whole run again, with every edit at its step"), gan);
    set(weights_, tr("Starts a new run on the dataset in use with the weights of a checkpoint"),
        gan);
    set(reveal_, tr("Shows the run's folder in the file manager"), one);
    set(remove_, tr("Moves the run's folder to the trash"), one);
    set(compare_, tr("Puts curves, settings and pictures of the chosen runs side by side"),
        count < 2 ? tr("Choose two or more runs in the table: Ctrl+click, or Shift and the arrow "
                       "keys.")
        : count > CompareDialog::kMostRuns
            ? tr("At most %1 runs can be compared at a time.").arg(CompareDialog::kMostRuns)
            : QString());
    compare_->setText(count > 1 ? tr("Compare %1 runs").arg(count) : tr("Compare"));
    theme::set_role(compare_, count > 1 ? "primary" : "");
}

void RunsPage::selection_changed() {
    update_actions();
    const RunRow* row = selected();
    const qsizetype count = chosen().size();
    name_->setText(row         ? row->name
                   : count > 1 ? tr("%1 runs chosen").arg(count)
                               : tr("Nothing chosen"));
    settings_->setText(row         ? row->settings
                       : count > 1 ? tr("Compare them, or choose one to open it.")
                                   : tr("Choose a run in the table; Ctrl+click adds others to "
                                        "compare."));
    preview_work_.cancel();
    picture_->set_frame(row ? to_frame(row->thumbnail) : Frame{});
    if (!row) return;
    preview_work_.start(
        [directory = row->directory.toStdString()]() -> Result<Frame> {
            const auto experiment = Experiment::open(directory);
            if (!experiment) return experiment.error();
            return latest_picture(*experiment);
        },
        [this](const Result<Frame>& frame) {
            if (frame) picture_->set_frame(*frame);
        });
}

void RunsPage::compare() {
    std::vector<std::filesystem::path> directories;
    for (const QString& directory : chosen()) directories.push_back(directory.toStdString());
    compare_->setEnabled(false);
    compare_->setText(tr("Reading…"));
    comparison_.start([directories] { return load_comparison(directories); },
                      [this](Result<ComparedRuns> runs) {
                          update_actions();
                          if (!runs) {
                              Q_EMIT context_.message(QString::fromStdString(runs.error().message),
                                                      true);
                              return;
                          }
                          CompareDialog(*std::move(runs), this).exec();
                      });
}

void RunsPage::derive(Derivation::Kind kind) {
    const RunRow* row = selected();
    if (!row) return;
    const auto run = Experiment::open(row->directory.toStdString());
    if (!run) {
        Q_EMIT context_.message(QString::fromStdString(run.error().message), true);
        return;
    }
    CheckpointDialog dialog(kind, *run, run->checkpoints(), this);
    if (dialog.exec() == QDialog::Accepted) Q_EMIT context_.derive_requested(dialog.derivation());
}

void RunsPage::replay() {
    const RunRow* row = selected();
    if (!row) return;
    Q_EMIT context_.derive_requested({.kind = Derivation::Kind::Replay,
                                      .directory = row->directory,
                                      .name = tr("%1, replay").arg(row->name)});
}

void RunsPage::open(bool resume) {
    if (const RunRow* row = selected()) Q_EMIT context_.open_run_requested(row->directory, resume);
}

void RunsPage::ask_and_remove() {
    const RunRow* row = selected();
    if (!row) return;
    QMessageBox box(QMessageBox::Question, tr("Delete run"),
                    tr("Move the run “%1” to the trash?").arg(row->name), QMessageBox::Cancel,
                    this);
    box.setInformativeText(
        tr("Its pictures, curves and checkpoints go with it: %1.").arg(row->directory));
    QPushButton* yes = box.addButton(tr("Move to trash"), QMessageBox::DestructiveRole);
    box.setDefaultButton(QMessageBox::Cancel);
    const QString directory = row->directory;  // the table may be refreshed meanwhile
    box.exec();
    if (box.clickedButton() == yes) remove(directory);
}

bool RunsPage::remove(const QString& directory) {
    if (!QFile::moveToTrash(directory)) {
        Q_EMIT context_.message(
            tr("%1 could not be moved to the trash. Delete the folder in your file manager.")
                .arg(directory),
            true);
        return false;
    }
    Q_EMIT context_.runs_changed();
    return true;
}

}  // namespace pentimento::ui
