// Results in memory and on disk.
#include "ui/pages/style/history.h"

#include <QCoreApplication>
#include <QLocale>

#include "core/base/text.h"
#include "core/jobs/jobs.h"
#include "core/media/picture.h"
#include "ui/pages/style/library.h"
#include "ui/pages/style/mask_control.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("StyleHistory", text);
}

bool same(const std::optional<WellPicture>& a, const std::optional<WellPicture>& b) {
    return a.has_value() == b.has_value() && (!a || a->path == b->path);
}

bool same(const StyleInputsState& a, const StyleInputsState& b) {
    if (!same(a.content, b.content) || a.styles.size() != b.styles.size()) return false;
    for (std::size_t i = 0; i < a.styles.size(); ++i) {
        if (a.styles[i].path != b.styles[i].path) return false;
        const auto &mask = a.masks[i], &other = b.masks[i];
        if (mask.has_value() != other.has_value() || (mask && mask->path != other->path))
            return false;
    }
    return true;
}

}  // namespace

bool StyleHistory::add(StyleResult result) {
    if (!session_.empty()) {
        const StyleResult& newest = session_.front();
        if (newest.params.to_json() == result.params.to_json() &&
            newest.networks == result.networks && same(newest.inputs, result.inputs))
            return false;
    }
    result.id = QStringLiteral("session-%1").arg(++count_);
    session_.insert(session_.begin(), std::move(result));
    if (session_.size() > kMostOfSession) session_.pop_back();
    std::int64_t bytes = 0;
    for (StyleResult& kept : session_) {
        bytes += std::int64_t{kept.picture.stride} * kept.picture.height;
        if (bytes > kMostBytes) kept.picture = {};
    }
    return true;
}

std::vector<StyleResult> StyleHistory::all() const {
    std::vector<StyleResult> all = session_;
    all.insert(all.end(), stored_.begin(), stored_.end());
    return all;
}

const StyleResult* StyleHistory::find(const QString& id) const {
    for (const auto* list : {&session_, &stored_})
        for (const StyleResult& result : *list)
            if (result.id == id) return &result;
    return nullptr;
}

QString describe_result(const ParamSet& params) {
    const QLocale locale;
    const auto number = [&](const char* id) {
        return locale.toString(std::get<double>(params.value(id)), 'g', 3);
    };
    QStringList parts;
    const std::string method = std::get<std::string>(params.value("method"));
    const QString size = tr("%1 px").arg(std::get<std::int64_t>(params.value("size")));
    if (method == "optimise")
        return QStringList{tr("Refined"), size, tr("style %1").arg(number("style_weight")),
                           tr("content %1").arg(number("content_weight"))}
            .join(QStringLiteral(", "));
    return QStringList{method == "painter" ? tr("Trained painter") : tr("Instant"), size,
                       tr("strength %1").arg(number("strength"))}
        .join(QStringLiteral(", "));
}

std::vector<StyleResult> scan_style_results(const std::filesystem::path& runs, int most) {
    std::vector<StyleResult> results;
    for (const Experiment& experiment : list_experiments(runs)) {
        if (static_cast<int>(results.size()) >= most) break;
        if (experiment.info().kind != "style") continue;
        const auto picture = latest_picture(experiment);
        if (!picture) continue;
        StyleResult result;
        result.run = QString::fromStdString(to_valid_utf8(experiment.directory().native()));
        result.id = result.run;
        result.name = QString::fromStdString(experiment.info().name);
        if (const auto params = current_params(experiment)) {
            result.params = *params;
            result.name += QLatin1Char('\n') + describe_result(*params);
        }
        result.thumbnail = to_image(resize_to_edge(*picture, kLibraryEdge)).copy();
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace pentimento::ui
