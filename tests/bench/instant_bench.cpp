// Instant style: frames a second of a whole pass (a new content) and of a slider's move, with the
// built-in networks at all processors. The baseline in the same run is the whole pass: the ratio
// says what remembering is worth.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <functional>
#include <vector>

#include "core/base/allocator.h"
#include "core/style/instant/instant.h"
#include "core/style/style_run.h"
#include "tests/bench/result.h"

using namespace pentimento;

namespace {

Frame waves(int edge, double frequency) {
    std::vector<std::uint8_t> rgba;
    for (int y = 0; y < edge; ++y)
        for (int x = 0; x < edge; ++x)
            for (int c = 0; c < 4; ++c)
                rgba.push_back(c == 3 ? 255
                                      : static_cast<std::uint8_t>(
                                            127 + 100 * std::sin(frequency * (x * (c + 1) + y))));
    return Frame::from_rgba(edge, edge, std::move(rgba));
}

/// Median seconds of 15 calls, after 3 that are not counted.
double median_seconds(const std::function<void(int)>& call) {
    std::vector<double> seconds;
    for (int i = 0; i < 18; ++i) {
        const auto from = std::chrono::steady_clock::now();
        call(i);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - from;
        if (i >= 3) seconds.push_back(took.count());
    }
    return median(std::move(seconds));
}

}  // namespace

int main() {
    keep_freed_memory();  // as both programs do
    std::printf(
        "| size | whole pass, frames/s | slider move, frames/s | ratio |\n|---|---|---|---|\n");
    for (const int edge : {256, 512}) {
        ParamSet params(style::schema());
        auto set = params.set("size", std::int64_t{edge});
        auto blender = style::InstantBlender::make(params);
        if (!set || !blender) {
            std::fprintf(stderr, "%s\n",
                         set ? blender.error().message.c_str() : set.error().message.c_str());
            return 1;
        }
        const Frame content = waves(edge, 0.05), other = waves(edge, 0.06);
        (*blender)->set_style(0, waves(edge, 0.21));
        (*blender)->set_style(1, waves(edge, 0.4));
        const auto blend = [&] {
            if (auto frame = (*blender)->blend(params); !frame) std::exit(1);
        };
        const double whole = median_seconds([&](int i) {
            (*blender)->set_content(i % 2 ? content : other);
            blend();
        });
        const double move = median_seconds([&](int i) {
            (void)params.set("style_weight_2", 0.05 * i);
            blend();
        });
        std::printf("| %d² | %.1f | %.1f | %.2f |\n", edge, 1 / whole, 1 / move, whole / move);
        const std::string at = std::to_string(edge) + " px";
        tell_result("instant, whole pass, " + at, 1 / whole, "frames/s");
        tell_result("instant, slider, " + at, 1 / move, "frames/s");
    }
    return 0;
}
