// The cards, the recent runs and the greeting.
#include "ui/pages/welcome_page.h"

#include <QDir>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPainterPath>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/base/text.h"
#include "ui/engine.h"
#include "ui/theme.h"
#include "ui/widgets/sample_card.h"

namespace pentimento::ui {

namespace {

constexpr int kMosaicPictures = 24;
constexpr int kRecentRuns = 6;
constexpr int kTileEdge = 112;
const char* const kFashionSource = "idx:/usr/share/datasets/fashion-mnist";

/// The two sample pictures side by side, meeting in a slanted seam: what blending is about.
QImage blend_picture() {
    const QDir folder(QStringLiteral(":/samples"));
    QStringList contents = folder.entryList({QStringLiteral("content*")}, QDir::Files, QDir::Name);
    QStringList styles = folder.entryList({QStringLiteral("style*")}, QDir::Files, QDir::Name);
    if (contents.isEmpty() || styles.isEmpty()) return {};
    const QImage content(folder.filePath(contents.first())), style(folder.filePath(styles.first()));
    if (content.isNull() || style.isNull()) return {};
    QImage both(840, 400, QImage::Format_ARGB32_Premultiplied);
    QPainter painter(&both);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto cover = [&](const QImage& picture, const QRect& area) {
        const QSizeF size =
            QSizeF(picture.size()).scaled(area.size(), Qt::KeepAspectRatioByExpanding);
        painter.drawImage(QRectF(QPointF(area.center().x() - size.width() / 2,
                                         area.center().y() - size.height() / 2),
                                 size),
                          picture);
    };
    cover(content, QRect(0, 0, 520, 400));
    QPainterPath right;
    right.addPolygon(QPolygonF({{470, 0}, {840, 0}, {840, 400}, {370, 400}, {470, 0}}));
    painter.setClipPath(right);
    cover(style, QRect(360, 0, 480, 400));
    painter.setClipping(false);
    painter.setPen(QPen(Qt::white, 6));
    painter.drawLine(QPointF(470, -4), QPointF(370, 404));
    return both;
}

/// The middle of a picture, so that tiles align.
QPixmap square(const QImage& picture) {
    const int edge = std::min(picture.width(), picture.height());
    return QPixmap::fromImage(
        picture.copy((picture.width() - edge) / 2, (picture.height() - edge) / 2, edge, edge)
            .scaled(kTileEdge, kTileEdge, Qt::KeepAspectRatio, Qt::SmoothTransformation));
}

}  // namespace

WelcomePage::WelcomePage(StudioContext& context, QWidget* parent)
    : Page(context, parent),
      recent_(new QHBoxLayout),
      recent_heading_(new QLabel(tr("Recent runs"))) {
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    auto* contents = new QWidget;
    scroll->setWidget(contents);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);

    auto* column = new QVBoxLayout(contents);
    column->setContentsMargins(40, 36, 40, 24);
    column->setSpacing(12);
    auto* heading = new QLabel(tr("Welcome to Pentimento"));
    theme::set_role(heading, "display");
    auto* text = new QLabel(
        tr("Train a generative network on your own pictures and watch it learn, or paint one "
           "picture in the style of another. Everything happens on this computer."));
    text->setWordWrap(true);
    text->setMaximumWidth(720);
    theme::set_role(text, "muted");
    column->addWidget(heading);
    column->addWidget(text);
    column->addSpacing(16);
    column->addWidget(build_cards());
    column->addSpacing(20);

    theme::set_role(recent_heading_, "heading");
    column->addWidget(recent_heading_);
    recent_->setSpacing(12);
    column->addLayout(recent_);
    recent_heading_->hide();

    auto* row = new QHBoxLayout;
    auto* open =
        new QPushButton(theme::icon(QStringLiteral("folder")), tr("Open folder of pictures…"));
    connect(open, &QPushButton::clicked, this, &WelcomePage::open_folder_requested);
    auto* run = new QPushButton(theme::icon(QStringLiteral("runs")), tr("Open run…"));
    connect(run, &QPushButton::clicked, this, &WelcomePage::open_run_folder_requested);
    auto* hint =
        new QLabel(tr("or drop a folder, an archive or a picture anywhere in this window"));
    theme::set_role(hint, "muted");
    row->setSpacing(12);
    row->addWidget(open);
    row->addWidget(run);
    row->addWidget(hint);
    row->addStretch(1);
    column->addSpacing(8);
    column->addLayout(row);
    column->addStretch(1);

    for (const auto changed : {&StudioContext::runs_changed, &StudioContext::engine_loaded})
        connect(&context_, changed, this, [this] {
            if (isVisible()) activated();
        });
}

QWidget* WelcomePage::build_cards() {
    auto* cards = new QWidget;
    auto* row = new QHBoxLayout(cards);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(20);

    auto* emoji = new SampleCard(
        tr("Train on emoji"),
        tr("A small network learns to draw emoji of its own. First shapes within a minute."),
        tr("Train on emoji"));
    fill_dataset_card(
        emoji, emoji_work_, QStringLiteral("emoji"),
        tr("The colour emoji font is missing. Install the package fonts-noto-color-emoji."));
    connect(emoji, &SampleCard::chosen, this, [this] {
        Q_EMIT context_.import_requested(QStringLiteral("emoji"), true, QStringLiteral("emoji-32"));
    });

    const QString source = QLatin1String(kFashionSource);
    auto* fashion = new SampleCard(
        tr("Train on Fashion-MNIST"),
        tr("70,000 small grey pictures of clothes: the classic to see a GAN at work."),
        tr("Train on Fashion-MNIST"));
    fill_dataset_card(fashion, fashion_work_, source,
                      tr("The dataset is missing. Install the package dataset-fashion-mnist."));
    connect(fashion, &SampleCard::chosen, this, [this, source] {
        Q_EMIT context_.import_requested(source, true, QStringLiteral("fashion-28"));
    });

    auto* blend = new SampleCard(
        tr("Blend two pictures"),
        tr("Paints a landscape in the strokes of another picture, with sliders for how much."),
        tr("Blend two pictures"));
    blend->set_picture(blend_picture());
    connect(blend, &SampleCard::chosen, this,
            [this] { Q_EMIT context_.page_requested(QStringLiteral("style")); });

    for (SampleCard* card : {emoji, fashion, blend}) row->addWidget(card, 1);
    row->addStretch(0);
    return cards;
}

void WelcomePage::fill_dataset_card(SampleCard* card, Background& work, const QString& source,
                                    const QString& missing) {
    const auto fill = [this, card, &work, source, missing] {
        work.start([engine = context_.engine(),
                    source] { return engine->sample_pictures(source, kMosaicPictures); },
                   [card, missing](const std::vector<QImage>& pictures) {
                       if (pictures.empty())
                           card->set_unavailable(missing);
                       else
                           card->set_pictures(pictures);
                   });
    };
    if (context_.engine())
        fill();
    else
        connect(&context_, &StudioContext::engine_loaded, this, fill);
}

void WelcomePage::activated() {
    if (!context_.engine()) return;
    scan_.start([engine = context_.engine(),
                 root = context_.workspace().runs()] { return engine->runs(root); },
                [this](const std::vector<RunRow>& rows) { show_recent(rows); });
}

void WelcomePage::show_recent(const std::vector<RunRow>& rows) {
    while (QLayoutItem* item = recent_->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    recent_heading_->setVisible(!rows.empty());
    for (std::size_t i = 0; i < std::min<std::size_t>(rows.size(), kRecentRuns); ++i) {
        const RunRow& run = rows[i];
        auto* button = new QToolButton;
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIconSize({kTileEdge, kTileEdge});
        button->setIcon(run.thumbnail.isNull() ? theme::icon(QStringLiteral("image"))
                                               : QIcon(square(run.thumbnail)));
        const QString name = button->fontMetrics().elidedText(run.name, Qt::ElideRight, 120);
        button->setText(name + QLatin1Char('\n') +
                        tr("step %1").arg(QString::fromStdString(format_count(run.steps))));
        button->setToolTip(tr("Open %1\n%2").arg(run.name, run.settings));
        button->setAccessibleName(tr("Open run %1").arg(run.name));
        theme::set_role(button, "tile");
        connect(button, &QToolButton::clicked, this, [this, directory = run.directory] {
            Q_EMIT context_.open_run_requested(directory, false);
        });
        recent_->addWidget(button);
    }
    recent_->addStretch(1);
}

}  // namespace pentimento::ui
