// The empty state of the Dataset page.
#include "ui/widgets/source_drop.h"

#include <QFile>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QVBoxLayout>

#include "ui/preferences.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {
const QString kRecentKey = QStringLiteral("datasets/recent");
constexpr int kRecentCount = 8;
}  // namespace

std::vector<RecentDataset> recent_datasets() {
    std::vector<RecentDataset> found;
    const QStringList stored = preferences::value(kRecentKey).toStringList();
    for (qsizetype i = 0; i + 1 < stored.size(); i += 2)
        if (QFile::exists(stored[i + 1])) found.push_back({stored[i], stored[i + 1]});
    return found;
}

void remember_dataset(const RecentDataset& dataset) {
    QStringList stored{dataset.name, dataset.path};
    for (const RecentDataset& other : recent_datasets())
        if (other.path != dataset.path && stored.size() < 2 * kRecentCount)
            stored << other.name << other.path;
    preferences::set_value(kRecentKey, stored);
}

SourceDrop::SourceDrop(QWidget* parent) : QWidget(parent) {
    zone_ = new QWidget;
    zone_->setMinimumHeight(280);
    auto* picture = new QLabel;
    const auto draw = [picture] {
        picture->setPixmap(theme::icon(QStringLiteral("dataset"))
                               .pixmap(QSize(56, 56), picture->devicePixelRatioF()));
    };
    draw();
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, picture, draw);
    picture->setAlignment(Qt::AlignCenter);
    auto* title = new QLabel(tr("Drop a folder or an archive of pictures here"));
    theme::set_role(title, "heading");
    title->setAlignment(Qt::AlignCenter);
    title->setWordWrap(true);
    auto* hint = new QLabel(
        tr("Folders inside it become classes. PNG, JPEG, WebP, TIFF, BMP and GIF; zip and "
           "tar archives; IDX and CIFAR files. Nothing is changed in the originals."));
    theme::set_role(hint, "muted");
    hint->setAlignment(Qt::AlignCenter);
    hint->setWordWrap(true);
    hint->setMaximumWidth(560);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch();
    const auto add = [&](const QString& text, const QString& tip, auto action) {
        auto* button = new QPushButton(text);
        button->setToolTip(tip);
        connect(button, &QPushButton::clicked, this, action);
        buttons->addWidget(button);
        return button;
    };
    auto* folder =
        add(tr("&Folder…"), tr("Choose a folder of pictures"), &SourceDrop::folder_wanted);
    folder->setIcon(theme::icon(QStringLiteral("folder")));
    add(tr("&Archive…"), tr("Choose a zip or tar archive, or a dataset file"),
        &SourceDrop::archive_wanted);
    add(tr("&Emoji"), tr("The pictures of the colour emoji font on this computer"),
        [this] { Q_EMIT source_chosen(QStringLiteral("emoji")); });
    add(tr("Fashion-&MNIST"), tr("70,000 small grey pictures of clothes in ten classes"),
        [this] { Q_EMIT source_chosen(QStringLiteral("idx:/usr/share/datasets/fashion-mnist")); });
    buttons->addStretch();

    auto* zone_layout = new QVBoxLayout(zone_);
    zone_layout->setContentsMargins(32, 32, 32, 32);
    zone_layout->setSpacing(12);
    zone_layout->addStretch();
    zone_layout->addWidget(picture);
    zone_layout->addWidget(title);
    zone_layout->addWidget(hint, 0, Qt::AlignHCenter);
    zone_layout->addSpacing(8);
    zone_layout->addLayout(buttons);
    zone_layout->addStretch();

    recent_title_ = new QLabel(tr("Used before"));
    theme::set_role(recent_title_, "subheading");
    recent_ = new QListWidget;
    recent_->setAccessibleName(tr("Datasets used before"));
    recent_->setMaximumHeight(180);
    connect(recent_, &QListWidget::itemActivated, this, [this](QListWidgetItem* item) {
        Q_EMIT source_chosen(item->data(Qt::UserRole).toString());
    });
    connect(recent_, &QListWidget::itemClicked, this, [this](QListWidgetItem* item) {
        Q_EMIT source_chosen(item->data(Qt::UserRole).toString());
    });

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(zone_, 1);
    layout->addWidget(recent_title_);
    layout->addWidget(recent_);
    refresh_recent();
}

void SourceDrop::refresh_recent() {
    recent_->clear();
    for (const RecentDataset& dataset : recent_datasets()) {
        auto* item =
            new QListWidgetItem(theme::icon(QStringLiteral("image")), dataset.name, recent_);
        item->setData(Qt::UserRole, dataset.path);
        item->setToolTip(dataset.path);
    }
    recent_title_->setVisible(recent_->count() > 0);
    recent_->setVisible(recent_->count() > 0);
}

void SourceDrop::set_drop_hovered(bool on) {
    hovered_ = on;
    update();
}

void SourceDrop::paintEvent(QPaintEvent*) {
    const auto& colors = theme::colors();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(hovered_ ? colors.accent : colors.border, 2, Qt::DashLine));
    QColor fill = hovered_ ? colors.accent : colors.surface;
    if (hovered_) fill.setAlphaF(0.12f);
    painter.setBrush(fill);
    painter.drawRoundedRect(QRectF(zone_->geometry()).adjusted(1, 1, -1, -1), 14, 14);
}

}  // namespace pentimento::ui
