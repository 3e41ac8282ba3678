// Families and datasets.
#include "ui/models/family_choice.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>
#include <cmath>

#include "core/base/text.h"

namespace pentimento::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("pentimento::ui::FamilyGallery", text);
}

/// Two digits are as much as a short measurement is worth.
QString seconds_text(double seconds) {
    if (seconds < 0.001) return tr("less than 1 ms");
    if (seconds < 1)
        return tr("%1 ms").arg(seconds < 0.01 ? QString::number(seconds * 1000, 'f', 1)
                                              : QString::number(std::round(seconds * 1000)));
    if (seconds < 10) return tr("%1 s").arg(seconds, 0, 'f', 1);
    return QString::fromStdString(format_duration(seconds));
}

}  // namespace

QString preset_id(const gan::Family& family, FamilyForm form) {
    const QString id = QString::fromStdString(family.entry.id);
    return form == FamilyForm::Small ? id + QStringLiteral("-small") : id;
}

Result<ParamSet> family_params(const gan::Family& family, FamilyForm form,
                               const std::optional<PackInfo>& dataset) {
    ParamSet params(gan::schema());
    if (const auto status = params.set_text("arch", family.arch); !status) return status.error();
    const auto set = [&](const std::vector<std::pair<std::string, std::string>>& settings) {
        Status status;
        for (const auto& [id, value] : settings)
            if (status) status = params.set_text(id, value);
        return status;
    };
    if (const auto status = set(family.published); !status) return status.error();
    if (form == FamilyForm::Small)
        if (const auto status = set(family.small); !status) return status.error();
    if (dataset)
        if (const auto status = gan::fit_to_dataset(params, *dataset); !status)
            return status.error();
    return params;
}

QString sizes_text(const std::vector<int>& sizes) {
    QStringList numbers;
    for (const int size : sizes) numbers << QString::number(size);
    if (numbers.size() < 2) return tr("%1 px").arg(numbers.join(QString()));
    const QString last = numbers.takeLast();
    return tr("%1 and %2 px").arg(numbers.join(QStringLiteral(", ")), last);
}

QString family_obstacle(const gan::Family& family, const std::vector<gan::Entry>& architectures,
                        const std::optional<PackInfo>& dataset) {
    if (!dataset) return {};
    for (const gan::Entry& arch : architectures) {
        if (arch.id != family.arch || arch.sizes.empty()) continue;
        if (std::find(arch.sizes.begin(), arch.sizes.end(), dataset->width) == arch.sizes.end())
            return tr("Makes pictures of %1; the dataset has %2 px.")
                .arg(sizes_text(arch.sizes))
                .arg(dataset->width);
    }
    const auto params = family_params(family, FamilyForm::Small, dataset);
    return params ? QString() : QString::fromStdString(params.error().message);
}

QString estimate_text(const gan::Estimate& estimate) {
    return tr("about %1 a step, %2 for all steps, %3 of memory")
        .arg(seconds_text(estimate.seconds_per_step), seconds_text(estimate.total_seconds),
             QString::fromStdString(format_bytes(
                 static_cast<std::uint64_t>(std::max<std::int64_t>(0, estimate.memory_bytes)))));
}

QString first_sentence(const QString& text) {
    const auto stop = text.indexOf(QStringLiteral(". "));
    return stop > 0 ? text.left(stop + 1) : text;
}

}  // namespace pentimento::ui
