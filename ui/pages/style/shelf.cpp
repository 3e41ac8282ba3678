// The two strips and what happens to their pictures.
#include "ui/pages/style/shelf.h"

#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/picture_shelf.h"

namespace pentimento::ui {

namespace {
const QString kFolded = QStringLiteral("style/shelf_folded");
}

StyleShelf::StyleShelf(const Workspace& workspace, QWidget* parent)
    : QWidget(parent),
      library_folder_(workspace.root / "library"),
      inputs_(workspace.root / "inputs"),
      runs_(workspace.runs()),
      stack_(new QStackedWidget) {
    const auto tab = [](const QString& text, const QString& tip) {
        auto* button = new QToolButton;
        button->setText(text);
        button->setToolTip(tip);
        button->setCheckable(true);
        theme::set_role(button, "pill");
        return button;
    };
    library_tab_ = tab(tr("Library"), tr("Pictures to blend with: click one to add it as a style, "
                                         "or drag it into a well"));
    results_tab_ =
        tab(tr("Results"), tr("What was made here: click one to bring back picture and settings"));
    add_ = new QToolButton;
    add_->setText(tr("Add…"));
    add_->setIcon(theme::icon(QStringLiteral("plus")));
    add_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    add_->setToolTip(tr("Copy pictures into the library"));
    pictures_ = new PictureShelf(tr("Library of pictures"));
    pictures_->set_takes_drops(true);
    pictures_->set_empty_text(tr("Drop pictures here to keep them at hand."));
    pictures_->set_menu({{QStringLiteral("style"), tr("Add as a &style")},
                         {QStringLiteral("content"), tr("Use as the &content")}});
    results_ = new PictureShelf(tr("Results so far"));
    results_->set_empty_text(tr("What you blend is kept here, with its settings."));
    stack_->addWidget(pictures_);
    stack_->addWidget(results_);
    stack_->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    auto* tabs = new QHBoxLayout;
    tabs->setSpacing(6);
    tabs->addWidget(library_tab_);
    tabs->addWidget(results_tab_);
    tabs->addStretch(1);
    tabs->addWidget(add_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addLayout(tabs);
    layout->addWidget(stack_);

    connect(library_tab_, &QToolButton::clicked, this, [this] { show_tab(Tab::Library); });
    connect(results_tab_, &QToolButton::clicked, this, [this] { show_tab(Tab::Results); });
    connect(add_, &QToolButton::clicked, this, &StyleShelf::add_pictures);
    connect(pictures_, &PictureShelf::chosen, this, &StyleShelf::style_chosen);
    connect(pictures_, &PictureShelf::menu_chosen, this,
            [this](const QString& entry, const QString& path) {
                if (entry == QStringLiteral("content"))
                    Q_EMIT content_chosen(path);
                else
                    Q_EMIT style_chosen(path);
            });
    connect(pictures_, &PictureShelf::removal_wanted, this, &StyleShelf::remove);
    connect(pictures_, &PictureShelf::dropped, this, &StyleShelf::keep);
    connect(results_, &PictureShelf::chosen, this, [this](const QString& id) {
        // A copy: what follows may change the list.
        if (const StyleResult* found = history_.find(id)) {
            const StyleResult result = *found;
            Q_EMIT result_chosen(result);
        }
    });
    library_tab_->setChecked(true);
    stack_->setVisible(!preferences::value(kFolded).toBool());
    if (!unfolded()) library_tab_->setChecked(false);
    add_->setVisible(unfolded());
    refresh_library();
    refresh_results();
}

StyleShelf::~StyleShelf() = default;

bool StyleShelf::unfolded() const {
    return !stack_->isHidden();
}

void StyleShelf::show_tab(Tab tab) {
    const int index = tab == Tab::Library ? 0 : 1;
    const bool fold = unfolded() && stack_->currentIndex() == index;
    stack_->setCurrentIndex(index);
    stack_->setVisible(!fold);
    library_tab_->setChecked(!fold && index == 0);
    results_tab_->setChecked(!fold && index == 1);
    add_->setVisible(!fold && index == 0);
    preferences::set_value(kFolded, fold);
}

void StyleShelf::refresh_library() {
    reader_.start(
        [folder = library_folder_] { return read_library(folder); },
        [this](std::vector<LibraryPicture> pictures) { show_library(std::move(pictures)); });
}

void StyleShelf::show_library(std::vector<LibraryPicture> pictures) {
    library_ = std::move(pictures);
    std::vector<ShelfItem> items;
    for (const LibraryPicture& picture : library_)
        items.push_back({picture.path,
                         picture.own ? picture.name : tr("%1 (sample)").arg(picture.name),
                         picture.thumbnail, picture.path, picture.own});
    pictures_->set_items(items);
}

void StyleShelf::keep(const PictureSource& source) {
    keeper_.start([source, folder = library_folder_,
                   inputs = inputs_] { return add_to_library(source, folder, inputs); },
                  [this](const Status& kept) {
                      if (!kept) Q_EMIT failed(QString::fromStdString(kept.error().message));
                      refresh_library();
                  });
}

void StyleShelf::remove(const QString& path) {
    if (const Status gone = remove_from_library(path, library_folder_); !gone)
        Q_EMIT failed(QString::fromStdString(gone.error().message));
    refresh_library();
}

void StyleShelf::add_pictures() {
    const QString key = QStringLiteral("pictures/folder");
    const QString folder = preferences::folder(key);
    const QStringList paths = QFileDialog::getOpenFileNames(this, tr("Pictures for the library"),
                                                            folder, picture_filter());
    if (paths.isEmpty()) return;
    preferences::set_value(key, QFileInfo(paths.first()).absolutePath());
    keeper_.start(
        [paths, folder = library_folder_, inputs = inputs_] {
            Status last;
            for (const QString& path : paths)
                if (Status kept = add_to_library(PictureSource::from_path(path), folder, inputs);
                    !kept)
                    last = kept;
            return last;
        },
        [this](const Status& kept) {
            if (!kept) Q_EMIT failed(QString::fromStdString(kept.error().message));
            refresh_library();
        });
}

void StyleShelf::refresh_results() {
    scanner_.start([runs = runs_] { return scan_style_results(runs); },
                   [this](std::vector<StyleResult> stored) {
                       history_.set_stored(std::move(stored));
                       show_results();
                   });
}

void StyleShelf::add_result(StyleResult result) {
    if (history_.add(std::move(result))) show_results();
}

void StyleShelf::show_results() {
    std::vector<ShelfItem> items;
    for (const StyleResult& result : history_.all())
        items.push_back({result.id, result.name, result.thumbnail, {}, false});
    results_->set_items(items);
    results_tab_->setText(items.empty() ? tr("Results") : tr("Results (%1)").arg(items.size()));
}

}  // namespace pentimento::ui
