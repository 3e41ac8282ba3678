// The plan of a painter's training.
#include "ui/dialogs/painter_dialog.h"

#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include "core/style/train/style_training.h"
#include "ui/file_path.h"
#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/text_label.h"

namespace pentimento::ui {

namespace {

constexpr int kFewPictures = 100;

// What belongs to other networks is not asked for.
QStringList shown_ids() {
    QStringList ids;
    for (const ParamSpec& spec : style::train::schema().specs()) {
        const QString id = QString::fromStdString(spec.id);
        if (id != QStringLiteral("network") && id != QStringLiteral("identity_weight")) ids << id;
    }
    return ids;
}

}  // namespace

PainterDialog::PainterDialog(std::filesystem::path inputs, const std::optional<WellPicture>& style,
                             const std::optional<PackedDataset>& dataset, const QString& judge,
                             QWidget* parent)
    : QDialog(parent), dataset_(dataset) {
    setWindowTitle(tr("Train a painter"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    column->addWidget(
        text_label(tr("A painter learns the style of one picture and then paints any "
                      "picture in it at once. It learns on pictures of the kind that it "
                      "shall paint: a few hundred photographs or more."),
                   "muted"));
    style_ = new PictureWell(std::move(inputs), tr("Style picture"));
    style_->setFixedSize(220, 190);
    style_->set_picture(style);
    connect(style_, &PictureWell::changed, this, &PainterDialog::update_button);

    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    left->addWidget(text_label(tr("Style to learn"), "subheading"));
    left->addWidget(style_);
    left->addSpacing(8);
    left->addWidget(make_sources());
    left->addStretch(1);
    ParamSet params(style::train::schema());
    panel_ = new ParamPanel(params, nullptr, shown_ids());
    panel_->setMinimumWidth(330);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(20);
    columns->addLayout(left);
    columns->addWidget(panel_, 1);
    column->addLayout(columns, 1);
    column->addWidget(text_label(tr("Judged by: %1.").arg(judge), "muted"));

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    train_ = buttons->addButton(tr("Train"), QDialogButtonBox::AcceptRole);
    theme::set_role(train_, "primary");
    train_->setDefault(true);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    update_button();
    resize(700, 620);
}

QWidget* PainterDialog::make_sources() {
    auto* box = new QWidget;
    box->setFixedWidth(220);
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    use_dataset_ = new QRadioButton(tr("The &dataset in use"));
    use_folder_ = new QRadioButton(tr("A &folder of pictures"));
    auto* group = new QButtonGroup(this);
    group->addButton(use_dataset_);
    group->addButton(use_folder_);
    dataset_note_ = text_label({}, "muted");
    folder_note_ = text_label(tr("None chosen"), "muted");
    auto* choose = new QPushButton(tr("&Choose…"));
    choose->setIcon(theme::icon(QStringLiteral("folder")));
    connect(choose, &QPushButton::clicked, this, [this] {
        const QString key = QStringLiteral("painter/folder");
        const QString folder = QFileDialog::getExistingDirectory(this, tr("Pictures to learn from"),
                                                                 preferences::folder(key));
        if (folder.isEmpty()) return;
        preferences::set_value(key, folder);
        choose_folder(folder);
    });
    layout->addWidget(text_label(tr("Pictures to learn from"), "subheading"));
    layout->addWidget(use_dataset_);
    layout->addWidget(dataset_note_);
    layout->addWidget(use_folder_);
    layout->addWidget(folder_note_);
    layout->addWidget(choose, 0, Qt::AlignLeft);
    const QLocale locale;
    const bool usable = dataset_ && dataset_->info().channels == 3;
    use_dataset_->setEnabled(usable);
    if (!dataset_) {
        dataset_note_->setText(tr("There is none: see the Dataset page."));
    } else if (!usable) {
        dataset_note_->setText(tr("It is grey; a painter learns from colour."));
    } else {
        const PackInfo& info = dataset_->info();
        QString note =
            tr("%1: %2 pictures of %3 px")
                .arg(QString::fromStdString(info.name), locale.toString(qlonglong(info.count)))
                .arg(std::max(info.width, info.height));
        if (info.count < kFewPictures) note += tr(" – rather few");
        dataset_note_->setText(note);
    }
    (usable ? use_dataset_ : use_folder_)->setChecked(true);
    connect(group, &QButtonGroup::buttonClicked, this, &PainterDialog::update_button);
    return box;
}

void PainterDialog::choose_folder(const QString& folder) {
    folder_ = folder;
    folder_note_->setText(QFileInfo(folder).fileName());
    folder_note_->setToolTip(folder);
    use_folder_->setChecked(true);
    update_button();
}

void PainterDialog::update_button() {
    QString why;
    if (!style_->picture())
        why = tr("Put the picture whose style is learned into its well.");
    else if (use_folder_->isChecked() && folder_.isEmpty())
        why = tr("Choose a folder of pictures to learn from.");
    train_->setEnabled(why.isEmpty());
    train_->setToolTip(why);
}

PainterPlan PainterDialog::plan() const {
    PainterPlan plan{panel_->params(), {}, {}, {}, {}};
    if (const auto& picture = style_->picture()) {
        plan.style = file_path(picture->path);
        plan.name = tr("Painter of %1").arg(QFileInfo(picture->name).completeBaseName());
    }
    if (use_folder_->isChecked())
        plan.folder = folder_;
    else if (dataset_)
        plan.dataset = dataset_->path();
    return plan;
}

}  // namespace pentimento::ui
