// Settings to start from, each with where it comes from.
#include "core/style/style_run.h"

namespace pentimento::style {

const std::vector<Preset>& presets() {
    static const std::vector<Preset> list{
        {"balanced",
         "Balanced",
         "The photograph stays clear and is plainly painted in the style. A good result after "
         "about 100 steps.",
         "",
         {}},
        {"gatys",
         "Gatys",
         "The original method: VGG-19 and L-BFGS. Finer than Adam after the same number of steps.",
         "Gatys, Ecker, Bethge 2016, CVPR, doi:10.1109/CVPR.2016.265",
         {{"optimiser", "lbfgs"}, {"steps", "300"}, {"tv_weight", "0.1"}}},
    };
    return list;
}

}  // namespace pentimento::style
