// What the family gallery says of a family, without any widget: settings, what stands in the way,
// and what a training will take.
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "core/data/pack.h"
#include "core/gan/describe.h"
#include "core/gan/gan_run.h"

namespace pentimento::ui {

enum class FamilyForm { Small, Published };

/// "<id>-small" or "<id>".
QString preset_id(const gan::Family& family, FamilyForm form);

/// The defaults with the family's settings on top, fitted to the dataset when there is one.
Result<ParamSet> family_params(const gan::Family& family, FamilyForm form,
                               const std::optional<PackInfo>& dataset);

/// Why the family cannot learn from the dataset, as a sentence; empty when it can, or when there is
/// no dataset yet.
QString family_obstacle(const gan::Family& family, const std::vector<gan::Entry>& architectures,
                        const std::optional<PackInfo>& dataset);

/// "16, 32, 64 and 128 px"
QString sizes_text(const std::vector<int>& sizes);

/// "about 12 ms a step, 40 min for all steps, 300 MB of memory"
QString estimate_text(const gan::Estimate& estimate);

/// The first sentence.
QString first_sentence(const QString& text);

}  // namespace pentimento::ui
