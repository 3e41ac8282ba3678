// The wells of the Style page.
#include "ui/pages/style/inputs_panel.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QImageReader>
#include <QLabel>
#include <QMenu>
#include <QPushButton>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/style/style_run.h"
#include "ui/file_path.h"
#include "ui/pages/style/library.h"
#include "ui/pages/style/mask_control.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {

/// Differences of width : height that rounding to whole pixels can make.
constexpr double kSameProportions = 0.02;

QLabel* heading(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    theme::set_role(label, "subheading");
    return label;
}

QIcon sample_icon(const QString& path) {
    QImageReader reader(path);
    reader.setScaledSize(reader.size().scaled(64, 64, Qt::KeepAspectRatio));
    return QPixmap::fromImage(reader.read());
}

}  // namespace

QToolButton* InputsPanel::sample_button(const std::function<PictureWell*()>& target,
                                        QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setText(tr("Samples"));
    button->setIcon(theme::icon(QStringLiteral("image")));
    button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setToolTip(tr("Pictures that come with the studio"));
    auto* menu = new QMenu(button);
    connect(menu, &QMenu::aboutToShow, this, [this, menu, target] {
        if (!menu->isEmpty()) return;
        for (const QString& path : sample_pictures())
            menu->addAction(sample_icon(path), picture_title(path), this, [path, target] {
                if (PictureWell* well = target()) well->load(path);
            });
    });
    button->setMenu(menu);
    button->setVisible(!sample_pictures().isEmpty());
    samples_.push_back(button);
    return button;
}

// From the outside to the inside: a widget that gets its parent late is styled once more, with all
// that is in it.
InputsPanel::InputsPanel(std::filesystem::path inputs,
                         const std::function<QWidget*(int)>& weight_editor, QWidget* parent)
    : QWidget(parent), inputs_(std::move(inputs)), weight_editor_(weight_editor) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    outer->addWidget(scroll, 1);
    auto* list = new QWidget(scroll);
    scroll->setWidget(list);
    auto* layout = new QVBoxLayout(list);
    layout->setContentsMargins(2, 2, 8, 2);
    layout->setSpacing(8);

    auto* content_top = new QHBoxLayout;
    layout->addLayout(content_top);
    content_top->addWidget(heading(tr("Content"), list), 1);
    content_top->addWidget(sample_button([this] { return content_; }, list));
    content_ = new PictureWell(inputs_, tr("Content picture"), list);
    content_->setMinimumHeight(150);
    content_->set_takes_films(true);
    connect(content_, &PictureWell::film_offered, this, &InputsPanel::film_offered);
    layout->addWidget(content_);

    start_box_ = new QWidget(list);
    layout->addWidget(start_box_);
    auto* start_layout = new QVBoxLayout(start_box_);
    start_layout->setContentsMargins(0, 0, 0, 0);
    start_layout->addWidget(heading(tr("Start from"), start_box_));
    start_ = new PictureWell(inputs_, tr("Start picture"), start_box_);
    start_->setMinimumHeight(110);
    start_layout->addWidget(start_);

    styles_box_ = new QWidget(list);
    layout->addWidget(styles_box_);
    auto* styles_layout = new QVBoxLayout(styles_box_);
    styles_layout->setContentsMargins(0, 0, 0, 0);
    styles_layout->setSpacing(8);
    auto* styles_top = new QHBoxLayout;
    styles_layout->addLayout(styles_top);
    styles_top->addWidget(heading(tr("Styles"), styles_box_), 1);
    styles_top->addWidget(sample_button(
        [this]() -> PictureWell* { return &style(std::min(style_count(), style::kMaxStyles - 1)); },
        styles_box_));
    layout->addStretch(1);
    connect(content_, &PictureWell::changed, this, &InputsPanel::follow_content);
    for (PictureWell* well : {content_, start_})
        connect(well, &PictureWell::changed, this, &InputsPanel::changed);

    swap_ = new QPushButton(tr("S&wap"), this);
    swap_->setIcon(theme::icon(QStringLiteral("swap")));
    swap_->setToolTip(tr("Exchange the content and the first style"));
    clear_ = new QPushButton(tr("&Clear"), this);
    clear_->setIcon(theme::icon(QStringLiteral("trash")));
    clear_->setToolTip(tr("Remove all pictures"));
    connect(swap_, &QPushButton::clicked, this, &InputsPanel::swap);
    connect(clear_, &QPushButton::clicked, this, &InputsPanel::clear);
    series_ = new QPushButton(tr("Fo&lder or film…"), this);
    series_->setIcon(theme::icon(QStringLiteral("folder")));
    connect(series_, &QPushButton::clicked, this, &InputsPanel::series_wanted);
    outer->addWidget(series_);
    auto* buttons = new QHBoxLayout;
    outer->addLayout(buttons);
    buttons->addWidget(swap_);
    buttons->addWidget(clear_);
    set_start_visible(false);
    update_visible();
}

InputsPanel::Style& InputsPanel::entry(int index) {
    while (static_cast<int>(styles_.size()) <= index) add_entry();
    return styles_[static_cast<std::size_t>(index)];
}

void InputsPanel::add_entry() {
    const int i = static_cast<int>(styles_.size());
    Style entry;
    entry.box = new QWidget(styles_box_);
    styles_box_->layout()->addWidget(entry.box);
    auto* box = new QVBoxLayout(entry.box);
    box->setContentsMargins(0, 0, 0, 0);
    box->setSpacing(4);
    entry.well =
        new PictureWell(inputs_, i == 0 ? tr("Style picture") : tr("Another style"), entry.box);
    entry.well->setMinimumHeight(i == 0 ? 130 : 84);
    box->addWidget(entry.well);
    entry.weight = weight_editor_(i);
    entry.weight->hide();
    box->addWidget(entry.weight);
    entry.mask = new MaskControl(inputs_, entry.box);
    entry.mask->hide();
    box->addWidget(entry.mask);
    connect(entry.well, &PictureWell::changed, this, [this, i] {
        if (moving_) return;
        if (!style(i).picture()) close_gap(i);
        update_visible();
        Q_EMIT changed();
    });
    entry.well->set_keepable(true);
    connect(entry.well, &PictureWell::keep_wanted, this, &InputsPanel::keep_wanted);
    connect(entry.mask, &MaskControl::changed, this, [this] {
        if (!moving_) Q_EMIT mask_changed();
    });
    connect(entry.mask, &MaskControl::painted, this, &InputsPanel::mask_painted);
    connect(entry.mask, &MaskControl::failed, this, &InputsPanel::failed);
    entry.well->set_locked(locked_);
    entry.mask->set_locked(masks_locked_);
    entry.mask->set_content(content_->picture());
    styles_.push_back(entry);
}

int InputsPanel::style_count() const {
    const auto free = std::find_if(styles_.begin(), styles_.end(),
                                   [](const Style& entry) { return !entry.well->picture(); });
    return static_cast<int>(free - styles_.begin());
}

// Filled wells stay together, so that the first empty one is always the next to fill.
void InputsPanel::close_gap(int index) {
    moving_ = true;
    bool moved = false;
    mask(index).set_mask(std::nullopt);
    const int made = static_cast<int>(styles_.size());
    for (int i = index; i + 1 < made && style(i + 1).picture(); ++i) {
        style(i).set_picture(style(i + 1).picture());
        style(i + 1).set_picture(std::nullopt);
        mask(i).set_mask(mask(i + 1).mask());
        mask(i + 1).set_mask(std::nullopt);
        moved = true;
    }
    moving_ = false;
    if (moved) Q_EMIT style_removed(index);
}

// A mask is painted on the content: on another one it stays where it can still fit.
void InputsPanel::follow_content() {
    const auto& content = content_->picture();
    for (const Style& entry : styles_) {
        const auto& mask = entry.mask->mask();
        if (content && mask) {
            const double ratio =
                static_cast<double>(content->size.width()) * mask->image.height() /
                (static_cast<double>(content->size.height()) * mask->image.width());
            if (std::abs(ratio - 1) > kSameProportions) entry.mask->set_mask(std::nullopt);
        }
        entry.mask->set_content(content);
    }
}

void InputsPanel::remove_masks() {
    for (const Style& entry : styles_) entry.mask->set_mask(std::nullopt);
}

std::vector<std::filesystem::path> InputsPanel::masks() const {
    std::vector<std::filesystem::path> paths;
    bool any = false;
    for (int i = 0; i < style_count(); ++i) {
        const auto& mask = styles_[static_cast<std::size_t>(i)].mask->mask();
        paths.emplace_back(mask ? file_path(mask->path) : std::filesystem::path());
        any = any || mask;
    }
    if (!any) paths.clear();
    return paths;
}

void InputsPanel::show_result(const Frame& result) {
    for (const Style& entry : styles_) entry.mask->show_result(result);
}

bool InputsPanel::painting() const {
    return std::any_of(styles_.begin(), styles_.end(),
                       [](const Style& entry) { return entry.mask->painting(); });
}

StyleInputsState InputsPanel::state() const {
    StyleInputsState state{content_->picture(), start_->picture(), {}, {}};
    for (int i = 0; i < style_count(); ++i) {
        const Style& entry = styles_[static_cast<std::size_t>(i)];
        state.styles.push_back(*entry.well->picture());
        state.masks.push_back(entry.mask->mask());
    }
    return state;
}

void InputsPanel::set_state(const StyleInputsState& state) {
    moving_ = true;
    for (const Style& entry : styles_) entry.well->set_picture(std::nullopt);
    remove_masks();
    content_->set_picture(state.content);
    const int count = std::min(static_cast<int>(state.styles.size()), style::kMaxStyles);
    for (int i = 0; i < count; ++i) {
        style(i).set_picture(state.styles[static_cast<std::size_t>(i)]);
        mask(i).set_mask(state.masks[static_cast<std::size_t>(i)]);
    }
    start_->set_picture(state.start);
    moving_ = false;
    update_visible();
    Q_EMIT changed();
}

void InputsPanel::set_instead_of_styles(QWidget* widget) {
    instead_ = widget;
    auto* list = qobject_cast<QVBoxLayout*>(styles_box_->parentWidget()->layout());
    list->insertWidget(list->indexOf(styles_box_), widget);
    set_styles_visible(true);
}

void InputsPanel::set_styles_visible(bool on) {
    styles_box_->setVisible(on);
    if (instead_) instead_->setVisible(!on);
}

void InputsPanel::add_style(const QString& path) {
    style(std::min(style_count(), style::kMaxStyles - 1)).load(path);
}

void InputsPanel::update_visible() {
    const int count = style_count();
    (void)style(std::min(count, style::kMaxStyles - 1));  // the next to fill
    for (int i = 0; i < static_cast<int>(styles_.size()); ++i) {
        const Style& entry = styles_[static_cast<std::size_t>(i)];
        entry.box->setVisible(i <= count && (i < count || locked_.isEmpty() || i == 0));
        entry.weight->setVisible(i < count);
        entry.mask->setVisible(i < count);
        if (i < count)
            entry.mask->set_style_name(QFileInfo(entry.well->picture()->name).completeBaseName());
    }
    const bool free = locked_.isEmpty();
    const bool some = content_->picture() || count > 0;
    swap_->setEnabled(free && some);
    clear_->setEnabled(free && some);
}

void InputsPanel::set_start_visible(bool on) {
    start_box_->setVisible(on);
}

void InputsPanel::set_locked(const QString& reason, const QString& masks) {
    locked_ = reason;
    masks_locked_ = masks;
    content_->set_locked(reason);
    start_->set_locked(reason);
    for (const Style& entry : styles_) {
        entry.well->set_locked(reason);
        entry.mask->set_locked(masks);
    }
    for (QToolButton* button : samples_) button->setEnabled(reason.isEmpty());
    swap_->setToolTip(reason.isEmpty() ? tr("Exchange the content and the first style") : reason);
    clear_->setToolTip(reason.isEmpty() ? tr("Remove all pictures") : reason);
    update_visible();
}

void InputsPanel::clear() {
    moving_ = true;
    content_->clear();
    start_->clear();
    for (const Style& entry : styles_) entry.well->clear();
    remove_masks();
    moving_ = false;
    update_visible();
    Q_EMIT changed();
}

void InputsPanel::swap() {
    const auto content = content_->picture();
    const auto first = style(0).picture();
    moving_ = true;
    remove_masks();  // they were painted on what is a style now
    content_->set_picture(first);
    style(0).set_picture(content);
    moving_ = false;
    if (!content) close_gap(0);
    update_visible();
    Q_EMIT changed();
}

void InputsPanel::set_series_blocked(const QString& reason) {
    series_->setEnabled(reason.isEmpty());
    series_->setToolTip(
        reason.isEmpty() ? tr("Paint a folder of pictures, or a film, in these styles") : reason);
}

bool InputsPanel::loading() const {
    if (content_->loading() || start_->loading()) return true;
    for (const Style& entry : styles_)
        if (entry.well->loading() || entry.mask->busy()) return true;
    return false;
}

}  // namespace pentimento::ui
