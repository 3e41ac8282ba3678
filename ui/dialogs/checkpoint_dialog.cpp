// The list of checkpoints, newest first.
#include "ui/dialogs/checkpoint_dialog.h"

#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "core/base/text.h"
#include "ui/theme.h"

namespace pentimento::ui {

CheckpointDialog::CheckpointDialog(Derivation::Kind kind, const Experiment& run,
                                   const std::vector<Experiment::Checkpoint>& checkpoints,
                                   QWidget* parent)
    : QDialog(parent),
      kind_(kind),
      directory_(QString::fromStdString(run.directory().string())),
      table_(new QTableWidget(0, 3)),
      name_(new QLineEdit) {
    const bool branch = kind == Derivation::Kind::Branch;
    setWindowTitle(branch ? tr("Branch from a checkpoint") : tr("Train from these weights"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    auto* hint = new QLabel(
        branch ? tr("A new run goes on from a copy of the checkpoint, with the settings of that "
                    "step. The old run stays as it is.")
               : tr("A new run with the old one's settings begins at step 0 on the dataset in use, "
                    "with the weights of the checkpoint instead of random ones."));
    hint->setWordWrap(true);
    theme::set_role(hint, "muted");
    column->addWidget(hint);

    table_->setAccessibleName(tr("Checkpoints"));
    table_->setHorizontalHeaderLabels({tr("Step"), tr("Score"), QString()});
    table_->horizontalHeaderItem(1)->setToolTip(
        tr("What the evaluation came to; lower is better. Most steps have none."));
    table_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    table_->setSelectionBehavior(QAbstractItemView::SelectRows);
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setShowGrid(false);
    table_->setTabKeyNavigation(false);
    table_->verticalHeader()->hide();
    table_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    table_->horizontalHeader()->setHighlightSections(false);
    table_->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    column->addWidget(table_, 1);

    name_->setText(branch ? tr("%1, branch").arg(QString::fromStdString(run.info().name))
                          : tr("%1, continued").arg(QString::fromStdString(run.info().name)));
    auto* form = new QFormLayout;
    form->addRow(tr("&Name of the new run"), name_);
    column->addLayout(form);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    go_ = buttons->addButton(branch ? tr("Branch") : tr("Train"), QDialogButtonBox::AcceptRole);
    theme::set_role(go_, "primary");
    go_->setDefault(true);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(name_, &QLineEdit::textChanged, this, &CheckpointDialog::update_button);
    connect(table_, &QTableWidget::itemSelectionChanged, this, &CheckpointDialog::update_button);
    connect(table_, &QTableWidget::itemActivated, this, [this] {
        if (go_->isEnabled()) accept();
    });
    fill(checkpoints);
    resize(460, 400);
}

void CheckpointDialog::fill(const std::vector<Experiment::Checkpoint>& checkpoints) {
    for (auto one = checkpoints.rbegin(); one != checkpoints.rend(); ++one) {
        const int row = table_->rowCount();
        table_->insertRow(row);
        auto* step = new QTableWidgetItem(QString::fromStdString(format_count(one->step)));
        step->setData(Qt::UserRole, static_cast<qlonglong>(one->step));
        table_->setItem(row, 0, step);
        table_->setItem(row, 1,
                        new QTableWidgetItem(one->score ? QString::number(*one->score, 'g', 4)
                                                        : QStringLiteral("–")));
        QStringList remarks;
        if (one == checkpoints.rbegin()) remarks << tr("newest");
        if (one->best) remarks << tr("best");
        table_->setItem(row, 2, new QTableWidgetItem(remarks.join(QStringLiteral(", "))));
    }
    if (table_->rowCount() > 0) table_->selectRow(0);
    update_button();
}

void CheckpointDialog::update_button() {
    QString why;
    if (table_->rowCount() == 0)
        why = tr("This run has no checkpoint yet.");
    else if (table_->selectedItems().isEmpty())
        why = tr("Choose a checkpoint.");
    else if (name_->text().trimmed().isEmpty())
        why = tr("Give the new run a name.");
    go_->setEnabled(why.isEmpty());
    go_->setToolTip(why);
}

Derivation CheckpointDialog::derivation() const {
    const QTableWidgetItem* step = table_->item(table_->currentRow(), 0);
    return {.kind = kind_,
            .directory = directory_,
            .name = name_->text().trimmed(),
            .at = step ? CheckpointChoice::at(step->data(Qt::UserRole).toLongLong())
                       : CheckpointChoice::latest()};
}

}  // namespace pentimento::ui
