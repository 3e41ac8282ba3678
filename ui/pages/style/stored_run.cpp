// Opening a stored style run on the Style page: its pictures, settings and newest result.
#include <QFileInfo>
#include <limits>

#include "core/media/picture.h"
#include "core/style/style_run.h"
#include "ui/file_path.h"
#include "ui/pages/style/history.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/library.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/painter_chooser.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style/shelf.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/pages/style_page.h"
#include "ui/widgets/mask_file.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_view.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {

struct StoredStyleRun {
    Experiment experiment;
    ParamSet params;
    StyleInputsState pictures;
    QString weights, painter;
    QString warning;  ///< an input that cannot be read
};

namespace {

QString text_of(const Json& object, const char* key) {
    if (!object.is_object() || !object.contains(key) || !object[key].is_string()) return {};
    return QString::fromStdString(object[key].get<std::string>());
}

// Reads files and decodes pictures: not for the UI thread.
Result<StoredStyleRun> read_stored(const std::filesystem::path& dir) {
    auto experiment = Experiment::open(dir);
    if (!experiment) return experiment.error();
    auto params = current_params(*experiment);
    if (!params) return params.error();
    StoredStyleRun stored{*experiment, *params, {}, {}, {}, {}};
    const Json inputs = inputs_at(*experiment, std::numeric_limits<std::int64_t>::max());
    const auto read = [&](const QString& file, const QString& name) -> std::optional<WellPicture> {
        if (file.isEmpty()) return std::nullopt;
        PictureSource source =
            PictureSource::from_path(QString::fromStdString((dir / "inputs").string()) +
                                     QLatin1Char('/') + QFileInfo(file).fileName());
        if (!name.isEmpty()) source.name = name;
        auto picture = load_picture(source, dir / "inputs");
        if (picture) return *picture;
        stored.warning = QString::fromStdString(picture.error().message);
        return std::nullopt;
    };
    const auto mask_of = [&](std::size_t style) -> std::optional<StyleMask> {
        const Json& masks = inputs.contains("masks") ? inputs["masks"] : Json();
        if (!masks.is_array() || style >= masks.size() || !masks[style].is_string())
            return std::nullopt;
        const auto file = std::filesystem::path(masks[style].get<std::string>()).filename();
        if (file.empty()) return std::nullopt;
        const std::filesystem::path path = dir / "inputs" / file;
        auto mask = read_mask(path);
        if (mask) return StyleMask{*mask, QString::fromStdString(path.string())};
        stored.warning = QString::fromStdString(mask.error().message);
        return std::nullopt;
    };
    auto& pictures = stored.pictures;
    pictures.content = read(text_of(inputs, "content"), text_of(inputs, "content_name"));
    pictures.start = read(text_of(inputs, "start"), {});
    if (inputs.is_object() && inputs.contains("styles") && inputs["styles"].is_array()) {
        for (std::size_t i = 0; i < inputs["styles"].size(); ++i) {
            const Json& file = inputs["styles"][i];
            if (!file.is_string() ||
                pictures.styles.size() >= static_cast<std::size_t>(style::kMaxStyles))
                continue;
            if (auto picture = read(QString::fromStdString(file.get<std::string>()), {})) {
                pictures.styles.push_back(*std::move(picture));
                pictures.masks.push_back(mask_of(i));
            }
        }
    }
    stored.weights = text_of(inputs, "weights");
    stored.painter = text_of(inputs, "painter");
    return stored;
}

}  // namespace

void StylePage::open_run(const QString& directory, bool resume) {
    const std::filesystem::path dir = file_path(directory);
    const auto experiment = Experiment::open(dir);
    // Runs of other kinds are for other pages; damaged ones are reported by whoever asked.
    const bool training = experiment && experiment->info().kind == "style-training";
    if (!experiment || (experiment->info().kind != "style" && !training)) return;
    Q_EMIT context_.page_requested(QStringLiteral("style"));
    if (controller_->active() || preparer_.busy())
        return show_banner(tr("A run is going on here: stop it before opening another."), true);
    if (training) {
        show_banner({}, false);
        return show_training(*experiment, resume);
    }
    show_banner(tr("Opening %1…").arg(QString::fromStdString(experiment->info().name)), false);
    opener_.start([dir] { return read_stored(dir); },
                  [this, resume](const Result<StoredStyleRun>& stored) {
                      if (!stored)
                          return show_banner(QString::fromStdString(stored.error().message), true);
                      show_stored(*stored, resume);
                  });
}

void StylePage::show_stored(const StoredStyleRun& stored, bool resume) {
    show_banner(stored.warning, true);
    controller_->clear();
    set_shown(stored.experiment);
    panel_->set_params(stored.params);
    inputs_->set_state(stored.pictures);
    if (QFileInfo::exists(stored.weights)) weights_->choose(stored.weights);
    if (QFileInfo::exists(stored.painter)) painters_->choose(stored.painter);
    bar_->reset_losses();
    update_before();
    // What was kept is what is shown, not a new blend of it.
    instant_->cancel();
    instant_params_.reset();
    update_controls();
    if (resume) continue_run();
}

void StylePage::remember_instant(const Frame& frame) {
    StyleResult result;
    result.picture = frame;
    result.params = *instant_params_;
    result.networks = networks();
    result.inputs = inputs_->state();
    result.thumbnail = to_image(resize_to_edge(frame, kLibraryEdge)).copy();
    result.name = describe_result(result.params);
    shelf_->add_result(std::move(result));
}

// The picture as it was, at once; a change of the settings then goes on from there.
void StylePage::bring_back(const StyleResult& result) {
    if (controller_->active() || preparer_.busy())
        return show_banner(tr("A run is going on here: stop it before going back."), true);
    if (!result.run.isEmpty()) return open_run(result.run, false);
    show_banner({}, false);
    controller_->clear();
    set_shown(std::nullopt);
    panel_->set_params(result.params, tr("Back to an earlier result"));
    if (!result.networks.painter.empty())
        painters_->choose(QString::fromStdString(result.networks.painter.string()));
    inputs_->set_state(result.inputs);
    update_before();
    if (result.picture.empty()) return update_controls();  // a blend of it is under way
    instant_->cancel();
    gallery_->show_live({.frame = result.picture});
    instant_params_ = result.params;
    update_controls();
}

}  // namespace pentimento::ui
