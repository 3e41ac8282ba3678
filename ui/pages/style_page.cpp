// The Style page: layout, edits and live blends. Runs are in style/running.cpp, stored ones in
// style/stored_run.cpp, the training of painters in style/painter_training.cpp, many pictures and
// films in style/series.cpp.
#include "ui/pages/style_page.h"

#include <QComboBox>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/style/style_run.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/painter_chooser.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style/shelf.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_compare.h"
#include "ui/widgets/picture_view.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

namespace {

constexpr int kInputsWidth = 250;
constexpr int kSettingsWidth = 310;

// All parameters but the pictures' weights, which stand at the wells.
QStringList panel_ids() {
    QStringList ids;
    for (const ParamSpec& spec : style::schema().specs()) ids << QString::fromStdString(spec.id);
    for (int i = 0; i < style::kMaxStyles; ++i)
        ids.removeAll(QString::fromStdString(style::style_weight_id(i)));
    return ids;
}

/// A column of the page; its layout takes what is in it.
QFrame* make_frame(int width, QWidget* parent) {
    auto* frame = new QFrame(parent);
    theme::set_role(frame, "panel");
    frame->setFixedWidth(width);
    (new QVBoxLayout(frame))->setContentsMargins(10, 10, 10, 10);
    return frame;
}

}  // namespace

StylePage::StylePage(StudioContext& context, QWidget* parent)
    : Page(context, parent),
      controller_(new RunController(this)),
      instant_(new InstantPreview(this)) {
    QFrame* left = make_frame(kInputsWidth, this);
    QFrame* right = make_frame(kSettingsWidth, this);
    right->layout()->addWidget(make_settings(right));
    inputs_ = new InputsPanel(
        context.workspace().root / "inputs",
        [this](int index) {
            return panel_->editor(QString::fromStdString(style::style_weight_id(index)));
        },
        left);
    left->layout()->addWidget(inputs_);
    painters_ = new PainterChooser(context.workspace().root / "painters", inputs_);
    inputs_->set_instead_of_styles(painters_);
    gallery_ = new SampleGallery(this);
    gallery_->view().set_smooth(true);
    gallery_->view().setAccessibleName(tr("Result"));
    gallery_->view().set_empty_text(tr("Blend two pictures"),
                                    tr("Put a content picture and a style picture into the wells "
                                       "on the left: a first blend appears at once, and Blend "
                                       "refines it."));
    shelf_ = new StyleShelf(context.workspace(), this);
    bar_ = new StyleRunBar(*controller_, this);

    auto* heading = new QLabel(tr("Style"));
    theme::set_role(heading, "title");
    auto* subtitle = new QLabel(tr("one picture's content, another's brush"));
    theme::set_role(subtitle, "muted");
    compare_ = new CompareChooser(gallery_->compare(), QStringLiteral("style/compare"));
    gallery_->compare().listen_to_keys_of(this);
    auto* header = new QHBoxLayout;
    header->setSpacing(12);
    header->addWidget(heading);
    header->addWidget(subtitle, 1, Qt::AlignBottom);
    header->addWidget(compare_);
    banner_ = new QLabel;
    banner_->setWordWrap(true);
    banner_->setTextFormat(Qt::PlainText);
    offer_ = new QPushButton;
    theme::set_role(offer_, "primary");
    offer_->hide();
    banner_row_ = new QWidget;
    auto* banner = new QHBoxLayout(banner_row_);
    banner->setContentsMargins(0, 0, 0, 0);
    banner->setSpacing(12);
    banner->addWidget(banner_, 1);
    banner->addWidget(offer_);
    banner_row_->hide();
    auto* middle = new QVBoxLayout;
    middle->setSpacing(10);
    middle->addWidget(gallery_, 1);
    middle->addWidget(shelf_);
    middle->addWidget(bar_);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addWidget(left);
    columns->addLayout(middle, 1);
    columns->addWidget(right);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(24, 20, 24, 20);
    layout->setSpacing(12);
    layout->addLayout(header);
    layout->addWidget(banner_row_);
    layout->addLayout(columns, 1);
    connect_all();
    network_changed();
    update_controls();
}

StylePage::~StylePage() = default;

QWidget* StylePage::make_settings(QWidget* parent) {
    auto* settings = new QWidget(parent);
    weights_ = new WeightsChooser({context_.workspace().root / "weights"}, settings);
    panel_ =
        new ParamPanel(ParamSet(style::schema()), &context_.undo_stack(), panel_ids(), settings);
    presets_ = new QComboBox(settings);
    presets_->setAccessibleName(tr("Preset"));
    presets_->addItem(tr("Preset…"));
    for (const Preset& preset : style::presets()) {
        presets_->addItem(QString::fromStdString(preset.label), QString::fromStdString(preset.id));
        QString tip = QString::fromStdString(preset.help);
        if (!preset.reference.empty())
            tip += QLatin1Char('\n') + QString::fromStdString(preset.reference);
        presets_->setItemData(presets_->count() - 1, tip, Qt::ToolTipRole);
    }
    presets_->setToolTip(tr("Settings that belong together"));
    auto* layout = new QVBoxLayout(settings);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(10);
    layout->addWidget(weights_);
    layout->addWidget(presets_);
    layout->addWidget(panel_, 1);
    return settings;
}

void StylePage::connect_all() {
    connect(presets_, &QComboBox::activated, this, &StylePage::choose_preset);
    connect(weights_, &WeightsChooser::changed, this, &StylePage::network_changed);
    connect(inputs_, &InputsPanel::changed, this, [this] {
        update_before();
        update_controls();
        blend_instantly();
    });
    connect(inputs_, &InputsPanel::mask_changed, this, [this] {
        update_controls();
        if (inputs_->loading()) return;  // a mask is being written; it tells again
        if (controller_->active())
            change_masks();
        else
            blend_instantly();
    });
    connect(inputs_, &InputsPanel::mask_painted, this, &StylePage::blend_instantly);
    connect(painters_, &PainterChooser::changed, this, [this] {
        update_controls();
        blend_instantly();
    });
    connect(painters_, &PainterChooser::training_wanted, this, &StylePage::plan_painter);
    connect(offer_, &QPushButton::clicked, this, [this] {
        if (const auto act = offered_) act();  // it may make another offer
    });
    connect(instant_, &InstantPreview::blended, this, [this](const Frame& frame, bool final) {
        show_instant(frame);
        if (final && !inputs_->painting()) remember_instant(frame);
    });
    connect(inputs_, &InputsPanel::keep_wanted, this,
            [this](const QString& path) { shelf_->keep(PictureSource::from_path(path)); });
    const auto load = [this](const QString& path, bool as_style) {
        if (controller_->active() || preparer_.busy())
            return Q_EMIT context_.message(tr("A run is going on here: its pictures stay."), false);
        if (!as_style) return inputs_->content().load(path);
        if (method() == "painter") panel_->apply({{"method", std::string("instant")}}, tr("Style"));
        inputs_->add_style(path);
    };
    connect(shelf_, &StyleShelf::style_chosen, this,
            [load](const QString& path) { load(path, true); });
    connect(shelf_, &StyleShelf::content_chosen, this,
            [load](const QString& path) { load(path, false); });
    connect(shelf_, &StyleShelf::result_chosen, this, &StylePage::bring_back);
    connect(shelf_, &StyleShelf::failed, this,
            [this](const QString& reason) { show_banner(reason, true); });
    connect(&context_, &StudioContext::runs_changed, shelf_, &StyleShelf::refresh_results);
    connect(instant_, &InstantPreview::failed, this,
            [this](const QString& message) { show_banner(message, false); });
    connect(inputs_, &InputsPanel::style_removed, this, [this](int from) {
        ParamSet params = panel_->params();
        for (int i = from; i + 1 < style::kMaxStyles; ++i)
            (void)params.set(style::style_weight_id(i),
                             params.value(style::style_weight_id(i + 1)));
        panel_->set_params(params);
        blend_instantly();
    });
    connect(panel_, &ParamPanel::edited, this, &StylePage::follow_edit);
    connect(inputs_, &InputsPanel::failed, this,
            [this](const QString& reason) { show_banner(reason, true); });
    connect(gallery_, &SampleGallery::export_requested, this, &StylePage::export_picture);
    connect(gallery_, &SampleGallery::shown, this, [this] { bar_->set_exportable(true); });
    connect(bar_, &StyleRunBar::blend_wanted, this, &StylePage::blend);
    connect(bar_, &StyleRunBar::continue_wanted, this, &StylePage::continue_run);
    connect(bar_, &StyleRunBar::export_wanted, this, &StylePage::export_picture);
    connect(inputs_, &InputsPanel::series_wanted, this, [this] { plan_series(); });
    connect(inputs_, &InputsPanel::film_offered, this,
            [this](const QString& path) { plan_series({path}); });
    connect(controller_, &RunController::state_changed, this, [this](State state) {
        update_controls();
        if (state != State::Finished && state != State::Failed) return;
        if (importing_) return import_ended();
        if (series_) return series_ended();
        gallery_->refresh();
        Q_EMIT context_.runs_changed();
        if (training_shown()) training_ended();
    });
    connect(controller_, &RunController::preview_arrived, this, [this](const Preview& preview) {
        instant_params_.reset();
        gallery_->show_live(preview);
        inputs_->show_result(preview.frame);
    });
    connect(controller_, &RunController::events_arrived, this,
            [this](const std::vector<Event>& events) {
                gallery_->refresh();
                for (const Event& event : events) {
                    if (series_) follow_series(event);
                    if (event.severity != Severity::Info)
                        show_banner(QString::fromStdString(event.text),
                                    event.severity == Severity::Error);
                }
            });
    connect(controller_, &RunController::failed, this, [this](const Error& error) {
        show_banner(QString::fromStdString(error.message), true);
    });
    connect(controller_, &RunController::refused, this,
            [this](const QString& reason) { Q_EMIT context_.message(reason, false); });
    connect(&context_, &StudioContext::open_run_requested, this, &StylePage::open_run);
    connect(&context_, &StudioContext::style_requested, this,
            [this](const QString& content, const QString& style) {
                if (!content.isEmpty()) inputs_->content().load(content);
                if (!style.isEmpty()) inputs_->style(0).load(style);
            });
}

QString StylePage::banner() const {
    return banner_->text();
}

void StylePage::show_banner(const QString& text, bool error) {
    theme::set_role(banner_, error ? "error" : "muted");
    banner_->setText(text);
    banner_row_->setVisible(!text.isEmpty());
    offer_->hide();
}

void StylePage::make_offer(const QString& text, const QString& tip, std::function<void()> act) {
    offer_->setText(text);
    offer_->setToolTip(tip);
    offered_ = std::move(act);
    offer_->show();
}

void StylePage::set_shown(std::optional<Experiment> run) {
    shown_ = std::move(run);
    series_.reset();
    gallery_->set_experiment(shown_);
}

std::string StylePage::method() const {
    return std::get<std::string>(panel_->params().value("method"));
}

style::InstantNetworks StylePage::networks() const {
    style::InstantNetworks networks;
    if (method() == "painter") networks.painter = painters_->painter();
    return networks;
}

QString StylePage::blocked() const {
    if (!inputs_->loading() && !inputs_->content().picture())
        return tr("Put a content picture into its well first.");
    return blocked_for_any();
}

QString StylePage::blocked_for_any() const {
    if (inputs_->loading()) return tr("A picture is still being read.");
    const ParamSet& params = panel_->params();
    if (method() == "painter") return painters_->missing();
    if (inputs_->style_count() == 0) return tr("Put a style picture into its well first.");
    // An instant blend has networks of its own.
    if (method() == "instant") return {};
    if (const QString missing = weights_->missing(); !missing.isEmpty()) return missing;
    if (std::get<std::string>(params.value("features")) != weights_->network().toStdString())
        return tr("The weights file belongs to another feature network than the settings name: "
                  "choose "
                  "another file, or set the network to “%1”.")
            .arg(weights_->network());
    if (std::get<std::string>(params.value("init")) == "picture" && !inputs_->start().picture())
        return tr("Put a start picture into its well, or start from noise or from the content.");
    return {};
}

void StylePage::update_controls() {
    const bool active = controller_->active() || preparer_.busy();
    const Permission restart = controller_->permitted(Action::EditRestart);
    const QString lock = !active ? QString()
                         : restart.allowed
                             ? tr("The run is being prepared.")
                             : QString::fromUtf8(restart.reason.data(),
                                                 static_cast<qsizetype>(restart.reason.size()));
    // A refinement at work follows its masks.
    const bool refining = controller_->permitted(Action::EditLive).allowed &&
                          controller_->active() && !preparer_.busy() && !importing_ && !series_ &&
                          !training_shown() && method() == "optimise";
    inputs_->set_locked(lock, refining ? QString() : lock);
    panel_->set_restart_locked(lock);
    weights_->set_locked(lock);
    painters_->set_locked(lock);
    inputs_->set_styles_visible(method() != "painter");
    inputs_->set_start_visible(method() == "optimise" &&
                               std::get<std::string>(panel_->params().value("init")) == "picture");
    bar_->set_preparing(preparer_.busy());
    bar_->set_blocked(blocked());
    bar_->set_snapshot_blocked(
        series_ ? tr("Each result is a file of its own as soon as it is done.") : QString());
    inputs_->set_series_blocked(active ? lock : blocked_for_any());
    bar_->set_continuable(shown_ || (series_ && !series_->done));
    bar_->set_exportable(!gallery_->current_frame().empty());
}

void StylePage::update_before() {
    const auto& content = inputs_->content().picture();
    gallery_->compare().set_before(content ? content->frame : Frame{});
}

// The weights file says which network it is; naming it twice would only invite a contradiction.
void StylePage::network_changed() {
    if (!weights_->network().isEmpty() && !controller_->active()) {
        ParamSet params = panel_->params();
        if (params.set("features", weights_->network().toStdString())) panel_->set_params(params);
    }
    update_controls();
}

void StylePage::choose_preset(int index) {
    const QString id = presets_->itemData(index).toString();
    for (const Preset& preset : style::presets()) {
        if (QString::fromStdString(preset.id) != id) continue;
        ParamSet params = panel_->params();
        if (auto applied = preset.apply_to(params); !applied)
            return show_banner(QString::fromStdString(applied.error().message), true);
        // A preset is about the method; the weights file still decides about the network.
        if (!weights_->network().isEmpty())
            (void)params.set("features", weights_->network().toStdString());
        panel_->set_params(params, tr("Preset %1").arg(QString::fromStdString(preset.label)));
        show_banner(QString::fromStdString(preset.help), false);
    }
    presets_->setCurrentIndex(0);
    update_controls();
}

void StylePage::follow_edit(const Patch& patch) {
    // The settings of a painter's training have like names and are others; those of a series hold
    // for all of it.
    if (controller_->active() && !training_shown() && !importing_ && !series_) {
        Patch live;
        for (const auto& [id, value] : patch) {
            const ParamSpec* spec = style::schema().find(id);
            if (spec && spec->apply == Apply::Live) live[id] = value;
        }
        if (!live.empty()) controller_->edit(live);
    }
    update_controls();
    // What an instant blend depends on.
    for (const auto& [id, value] : patch)
        if (id == "strength" || id == "size" || id == "style_size" || id == "colour" ||
            id == "method" || id.starts_with("style_weight_"))
            return blend_instantly();
}

void StylePage::blend_instantly() {
    const auto& content = inputs_->content().picture();
    const bool paints = method() == "painter";
    if (controller_->active() || preparer_.busy() || !content ||
        (paints ? painters_->painter().empty() : inputs_->style_count() == 0))
        return instant_->cancel();
    InstantPreview::Pictures pictures;
    pictures.content = content->frame;
    pictures.networks = networks();
    for (int i = 0; i < inputs_->style_count() && !paints; ++i) {
        const auto at = static_cast<std::size_t>(i);
        pictures.styles[at] = inputs_->style(i).picture()->frame;
        pictures.masks[at] = inputs_->mask(i).shown();
    }
    instant_->request(panel_->params(), pictures);
}

void StylePage::show_instant(const Frame& frame) {
    instant_params_ = panel_->params();
    if (method() != "painter") (void)instant_params_->set("method", std::string("instant"));
    gallery_->show_live({.frame = frame});
    inputs_->show_result(frame);
    update_controls();
}

void StylePage::shut_down() {
    preparer_.cancel();
    opener_.cancel();
    masker_.cancel();
    exporter_.cancel();
    importing_.reset();
    instant_->cancel();
    controller_->shut_down();
}

}  // namespace pentimento::ui
