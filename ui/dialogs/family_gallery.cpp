// The gallery: list, details, buttons.
#include "ui/dialogs/family_gallery.h"

#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/dialogs/family_cards.h"
#include "ui/theme.h"

namespace pentimento::ui {

FamilyGallery::FamilyGallery(std::vector<gan::Family> families,
                             std::vector<gan::Entry> architectures, FamilyTools tools,
                             QWidget* parent)
    : QDialog(parent), families_(std::move(families)), architectures_(std::move(architectures)) {
    setWindowTitle(tr("Choose a family"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    auto* intro = new QLabel(
        tr("Ways to train a GAN, each as its paper describes it. The small form shows something "
           "in minutes; the published settings are for patience."));
    intro->setWordWrap(true);
    theme::set_role(intro, "muted");
    column->addWidget(intro);

    list_ = new QListWidget;
    list_->setAccessibleName(tr("Families"));
    list_->setItemDelegate(new FamilyCards(list_));
    list_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setResizeMode(QListView::Adjust);
    list_->setFixedWidth(332);
    auto* pane = new QFrame;
    theme::set_role(pane, "panel");
    auto* pane_column = new QVBoxLayout(pane);
    pane_column->setContentsMargins(1, 1, 1, 1);
    details_ = new FamilyDetails(std::move(tools));
    pane_column->addWidget(details_);
    auto* row = new QHBoxLayout;
    row->setSpacing(12);
    row->addWidget(list_);
    row->addWidget(pane, 1);
    column->addLayout(row, 1);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Close);
    use_published_ = buttons->addButton(tr("Use published settings"), QDialogButtonBox::ActionRole);
    use_small_ = buttons->addButton(tr("Use small form"), QDialogButtonBox::ActionRole);
    theme::set_role(use_small_, "primary");
    use_small_->setDefault(true);
    column->addWidget(buttons);
    connect(use_small_, &QPushButton::clicked, this, [this] { use(FamilyForm::Small); });
    connect(use_published_, &QPushButton::clicked, this, [this] { use(FamilyForm::Published); });
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(list_, &QListWidget::currentItemChanged, this, &FamilyGallery::show_chosen);
    connect(list_, &QListWidget::itemActivated, this, [this] {
        if (use_small_->isEnabled()) use(FamilyForm::Small);
    });
    resize(1120, 780);
}

const gan::Family* FamilyGallery::family(const QString& id) const {
    for (const gan::Family& one : families_)
        if (QString::fromStdString(one.entry.id) == id) return &one;
    return nullptr;
}

QString FamilyGallery::obstacle(const QString& id) const {
    const gan::Family* one = family(id);
    return one ? family_obstacle(*one, architectures_, dataset_) : QString();
}

void FamilyGallery::prepare(const std::optional<PackInfo>& dataset, const QString& locked) {
    dataset_ = dataset;
    locked_ = locked;
    details_->set_busy(locked.isEmpty()
                           ? QString()
                           : tr("Not measured: that would disturb the run that is at work."));
    fill();
}

void FamilyGallery::fill() {
    const QString before = chosen();
    const QSignalBlocker quiet(list_);  // what is chosen in the end is shown once
    list_->clear();
    for (const gan::Family& one : families_) {
        const QString id = QString::fromStdString(one.entry.id);
        const QString name = QString::fromStdString(one.entry.label);
        const QString summary = first_sentence(QString::fromStdString(one.entry.help));
        const QString reason = obstacle(id);
        auto* item = new QListWidgetItem(name, list_);
        item->setData(FamilyCards::kId, id);
        item->setData(FamilyCards::kSummary, summary);
        item->setData(FamilyCards::kObstacle, reason);
        item->setData(Qt::AccessibleTextRole,
                      QStringLiteral("%1. %2 %3").arg(name, summary, reason));
    }
    choose(before);
    if (!list_->currentItem() && list_->count() > 0) {
        int first = 0;  // the first that can be used
        while (first < list_->count() - 1 &&
               !list_->item(first)->data(FamilyCards::kObstacle).toString().isEmpty())
            ++first;
        list_->setCurrentRow(first);
    }
    show_chosen();
}

void FamilyGallery::choose(const QString& family_id) {
    for (int i = 0; i < list_->count(); ++i)
        if (list_->item(i)->data(FamilyCards::kId).toString() == family_id) list_->setCurrentRow(i);
}

QString FamilyGallery::chosen() const {
    const QListWidgetItem* item = list_->currentItem();
    return item ? item->data(FamilyCards::kId).toString() : QString();
}

void FamilyGallery::show_chosen() {
    const gan::Family* one = family(chosen());
    const QString reason = one ? obstacle(chosen()) : tr("Choose a family in the list.");
    const QString why_not = locked_.isEmpty() ? reason : locked_;
    for (QPushButton* button : {use_small_, use_published_}) {
        button->setEnabled(one && why_not.isEmpty());
        button->setToolTip(why_not);
    }
    if (one) details_->show_family(*one, reason, dataset_);
}

void FamilyGallery::use(FamilyForm form) {
    Q_EMIT preset_chosen(pentimento::ui::preset_id(*family(chosen()), form));
    accept();
}

void FamilyGallery::hideEvent(QHideEvent*) {
    details_->stop();
}

}  // namespace pentimento::ui
