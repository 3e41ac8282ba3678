// The schedule of sizes.
#include "core/style/scales.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/style/params.h"

namespace pentimento::style {

std::vector<int> scale_edges(const ParamSet& params, int smallest) {
    const int size = static_cast<int>(params.get(kSize));
    std::vector<int> edges;
    // A last step of less than a tenth would change nothing.
    if (params.get(kScales) == "growing")
        for (double edge = static_cast<double>(params.get(kMinSize)); edge < 0.9 * size;
             edge *= std::numbers::sqrt2)
            if (const int rounded = static_cast<int>(std::lround(edge)); rounded >= smallest)
                edges.push_back(rounded);
    edges.push_back(size);
    return edges;
}

std::vector<std::int64_t> scale_ends(const ParamSet& params, std::size_t scales) {
    const std::int64_t steps = params.get(kSteps), each = params.get(kStepsPerScale);
    const auto count = static_cast<std::int64_t>(scales);
    std::vector<std::int64_t> ends;
    for (std::int64_t i = 1; i < count; ++i) {
        const std::int64_t end = each > 0 ? i * each : steps * (i + 1) / (count + 1);
        // The final size must come, whatever was asked for.
        ends.push_back(std::max<std::int64_t>(0, std::min(end, steps - (count - i))));
    }
    ends.push_back(steps);
    return ends;
}

}  // namespace pentimento::style
