// The contents of an open dataset.
#include "ui/pages/dataset/contents_view.h"

#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QFileInfo>
#include <QFrame>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSlider>
#include <QTableWidget>
#include <QVBoxLayout>

#include "core/base/text.h"
#include "ui/theme.h"
#include "ui/widgets/class_list.h"
#include "ui/widgets/picture_view.h"
#include "ui/widgets/thumbnail_grid.h"

namespace pentimento::ui {

namespace {
constexpr int kSideWidth = 300;

QString text(const std::string& value) {
    return QString::fromStdString(value);
}
}  // namespace

ContentsView::ContentsView(QWidget* parent) : QWidget(parent) {
    grid_ = new ThumbnailGrid;
    auto* size = new QSlider(Qt::Horizontal);
    size->setRange(32, 192);
    size->setValue(64);
    size->setFixedWidth(160);
    size->setToolTip(tr("Size of the thumbnails"));
    size->setAccessibleName(tr("Size of the thumbnails"));
    connect(size, &QSlider::valueChanged, grid_, &ThumbnailGrid::set_thumbnail_size);
    connect(grid_, &ThumbnailGrid::picture_activated, this, &ContentsView::show_picture);
    name_ = new QLabel;
    theme::set_role(name_, "heading");
    auto* top = new QHBoxLayout;
    top->addWidget(name_, 1);
    top->addWidget(size);
    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    left->addLayout(top);
    left->addWidget(grid_, 1);

    auto* side = new QFrame(this);
    theme::set_role(side, "panel");
    side->setFixedWidth(kSideWidth);
    facts_ = new QLabel;
    facts_->setWordWrap(true);
    facts_->setTextFormat(Qt::RichText);
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    facts_->setAccessibleName(tr("Facts about the dataset"));
    classes_title_ = new QLabel(tr("Classes"));
    theme::set_role(classes_title_, "subheading");
    classes_ = new ClassList;
    classes_->setFrameShape(QFrame::NoFrame);
    connect(classes_, &ClassList::class_chosen, grid_, &ThumbnailGrid::set_class);

    problems_box_ = new QWidget;
    problems_title_ = new QLabel;
    theme::set_role(problems_title_, "subheading");
    auto* copy = new QPushButton(tr("&Copy"));
    theme::set_role(copy, "link");
    copy->setToolTip(tr("Copy the list as text"));
    connect(copy, &QPushButton::clicked, this, &ContentsView::copy_problems);
    problems_ = new QTableWidget(0, 2);
    problems_->setHorizontalHeaderLabels({tr("Source"), tr("Reason")});
    problems_->setAccessibleName(tr("Sources that were left out"));
    problems_->verticalHeader()->hide();
    problems_->horizontalHeader()->setStretchLastSection(true);
    problems_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    problems_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    problems_->setSelectionBehavior(QAbstractItemView::SelectRows);
    problems_->setWordWrap(false);
    auto* problems_top = new QHBoxLayout;
    problems_top->addWidget(problems_title_, 1);
    problems_top->addWidget(copy);
    auto* problems_layout = new QVBoxLayout(problems_box_);
    problems_layout->setContentsMargins(0, 0, 0, 0);
    problems_layout->addLayout(problems_top);
    problems_layout->addWidget(problems_);
    problems_box_->setMaximumHeight(200);
    left->addWidget(problems_box_);

    auto* train = new QPushButton(tr("&Train on this"));
    theme::set_role(train, "primary");
    train->setToolTip(tr("Go to the Train page with this dataset"));
    connect(train, &QPushButton::clicked, this, &ContentsView::train_wanted);
    auto* side_layout = new QVBoxLayout(side);
    side_layout->setContentsMargins(14, 14, 14, 14);
    side_layout->setSpacing(8);
    side_layout->addWidget(facts_);
    side_layout->addSpacing(4);
    side_layout->addWidget(classes_title_);
    side_layout->addWidget(classes_, 10);
    side_layout->addStretch(1);
    side_layout->addWidget(train);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    layout->addLayout(left, 1);
    layout->addWidget(side);
}

void ContentsView::set_dataset(const PackedDataset& dataset) {
    dataset_ = dataset;
    const PackInfo& info = dataset.info();
    const QLocale locale;
    name_->setText(info.name.empty() ? QFileInfo(text(dataset.path().string())).completeBaseName()
                                     : text(info.name));
    std::error_code ignored;
    const auto bytes = std::filesystem::file_size(dataset.path(), ignored);
    const QString row =
        QStringLiteral("<tr><td style='padding-right:12px'>%1</td><td><b>%2</b></td></tr>");
    QString facts = QStringLiteral("<table cellspacing='0' cellpadding='2'>");
    facts += row.arg(tr("Pictures"), locale.toString(qlonglong(info.count)));
    facts += row.arg(tr("Size"), tr("%1 × %2 px").arg(info.width).arg(info.height));
    facts += row.arg(tr("Colours"), info.channels == 1 ? tr("grey") : tr("RGB"));
    facts += row.arg(tr("Classes"), info.class_names.empty()
                                        ? tr("none")
                                        : locale.toString(qlonglong(info.class_names.size())));
    facts += row.arg(tr("Left out"), locale.toString(qlonglong(info.skipped)));
    facts += row.arg(tr("File"), ignored ? tr("unknown") : text(format_bytes(bytes)));
    facts += row.arg(tr("Fingerprint"), text(info.fingerprint));
    facts_->setText(facts + QStringLiteral("</table>"));
    facts_->setToolTip(tr("The fingerprint tells whether two datasets hold the same pictures.\n%1")
                           .arg(text(dataset.path().string())));
    grid_->set_dataset(dataset);
    classes_->set_info(info);
    classes_title_->setVisible(!info.class_names.empty());
    classes_->setVisible(!info.class_names.empty());

    problems_->setRowCount(static_cast<int>(info.problems.size()));
    for (int i = 0; i < problems_->rowCount(); ++i) {
        const ImportProblem& problem = info.problems[static_cast<std::size_t>(i)];
        problems_->setItem(i, 0, new QTableWidgetItem(text(problem.source)));
        problems_->setItem(i, 1, new QTableWidgetItem(text(problem.reason)));
        for (const int column : {0, 1})
            problems_->item(i, column)->setToolTip(problems_->item(i, column)->text());
    }
    problems_->setColumnWidth(0, 220);
    problems_title_->setText(
        info.skipped > static_cast<std::int64_t>(info.problems.size())
            ? tr("%1 sources were left out; the first %2:")
                  .arg(locale.toString(qlonglong(info.skipped)),
                       locale.toString(problems_->rowCount()))
            : tr("%n source(s) were left out:", nullptr, static_cast<int>(info.skipped)));
    problems_box_->setVisible(info.skipped > 0);
}

void ContentsView::copy_problems() const {
    QString lines;
    for (const ImportProblem& problem :
         dataset_ ? dataset_->info().problems : std::vector<ImportProblem>{})
        lines +=
            text(problem.source) + QLatin1Char('\t') + text(problem.reason) + QLatin1Char('\n');
    QApplication::clipboard()->setText(lines);
}

void ContentsView::show_picture(qint64 picture) {
    if (!dataset_ || picture >= dataset_->count()) return;
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    const auto source = dataset_->source(picture);
    dialog->setWindowTitle(QString::fromUtf8(source.data(), static_cast<qsizetype>(source.size())));
    auto* view = new PictureView;
    view->set_smooth(false);
    view->set_frame(dataset_->frame(picture));
    auto* layout = new QVBoxLayout(dialog);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(view);
    dialog->resize(480, 480);
    dialog->show();
}

}  // namespace pentimento::ui
