// The table of runs and the pane beside it.
#include "ui/pages/runs_page.h"

#include <QDesktopServices>
#include <QFile>
#include <QHBoxLayout>
#include <QHeaderView>
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
#include "ui/theme.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

RunsPage::RunsPage(StudioContext& context, QWidget* parent)
    : Page(context, parent), sorted_(new QSortFilterProxyModel(this)), stack_(new QStackedWidget) {
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

    auto* split = new QSplitter(Qt::Horizontal);
    split->setObjectName(QStringLiteral("runs_split"));
    split->setHandleWidth(12);
    split->addWidget(build_table());
    split->addWidget(build_preview());
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

QWidget* RunsPage::build_table() {
    sorted_->setSourceModel(&model_);
    sorted_->setSortRole(RunsModel::kSortRole);
    sorted_->setFilterKeyColumn(-1);
    sorted_->setFilterCaseSensitivity(Qt::CaseInsensitive);
    table_ = new QTableView;
    table_->setModel(sorted_);
    table_->setSortingEnabled(true);
    table_->sortByColumn(RunsModel::Created, Qt::DescendingOrder);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
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

QWidget* RunsPage::build_preview() {
    auto* pane = new QFrame;
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

    const auto button = [](const QString& text, const QString& icon, const QString& tip) {
        auto* made = new QPushButton(theme::icon(icon), text);
        made->setToolTip(tip);
        return made;
    };
    open_ = new QPushButton(tr("Open"));
    open_->setToolTip(tr("Shows its curves and pictures"));
    theme::set_role(open_, "primary");
    resume_ =
        button(tr("Resume"), QStringLiteral("play"), tr("Goes on from the newest checkpoint"));
    reveal_ = button(tr("Folder"), QStringLiteral("folder"),
                     tr("Shows the run's folder in the file manager"));
    remove_ =
        button(tr("Delete"), QStringLiteral("trash"), tr("Moves the run's folder to the trash"));
    theme::set_role(remove_, "danger");
    auto* first = new QHBoxLayout;
    first->addWidget(open_, 1);
    first->addWidget(resume_, 1);
    auto* second = new QHBoxLayout;
    second->addWidget(reveal_, 1);
    second->addWidget(remove_, 1);
    column->addLayout(first);
    column->addLayout(second);

    connect(open_, &QPushButton::clicked, this, [this] { open(false); });
    connect(resume_, &QPushButton::clicked, this, [this] { open(true); });
    connect(reveal_, &QPushButton::clicked, this, [this] {
        if (const RunRow* row = selected())
            QDesktopServices::openUrl(QUrl::fromLocalFile(row->directory));
    });
    connect(remove_, &QPushButton::clicked, this, &RunsPage::ask_and_remove);
    return pane;
}

void RunsPage::activated() {
    refresh();
}

void RunsPage::refresh() {
    scan_.start([root = context_.workspace().runs()] { return scan_runs(root); },
                [this](std::vector<RunRow> rows) { show_rows(std::move(rows)); });
}

void RunsPage::show_rows(std::vector<RunRow> rows) {
    const RunRow* before = selected();
    const QString directory = before ? before->directory : QString();
    stack_->setCurrentIndex(rows.empty() ? 1 : 0);
    model_.set_rows(std::move(rows));
    int wanted = 0;
    for (int i = 0; i < sorted_->rowCount(); ++i)
        if (model_.row(sorted_->mapToSource(sorted_->index(i, 0)).row()).directory == directory)
            wanted = i;
    if (sorted_->rowCount() > 0) table_->selectRow(wanted);
    selection_changed();
}

const RunRow* RunsPage::selected() const {
    const QModelIndexList rows = table_->selectionModel()->selectedRows();
    if (rows.isEmpty()) return nullptr;
    return &model_.row(sorted_->mapToSource(rows.first()).row());
}

void RunsPage::selection_changed() {
    const RunRow* row = selected();
    for (QPushButton* button : {open_, resume_, reveal_, remove_})
        button->setEnabled(row != nullptr);
    name_->setText(row ? row->name : tr("Nothing chosen"));
    settings_->setText(row ? row->settings : tr("Choose a run in the table."));
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
