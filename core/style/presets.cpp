// Settings to start from, each with where it comes from.
#include "core/style/style_run.h"

namespace pentimento::style {

const std::vector<Preset>& presets() {
    static const std::vector<Preset> list{
        {"balanced",
         "Balanced",
         "The photograph stays clear and is plainly painted in the style. Good after about 100 "
         "steps.",
         "",
         {}},
        {"gatys",
         "Gatys",
         "The original method: VGG-19, L-BFGS, the photograph at relu4_2. Finer than Adam after as "
         "many steps.",
         "Gatys, Ecker, Bethge 2016, CVPR, doi:10.1109/CVPR.2016.265",
         {{"optimiser", "lbfgs"}, {"steps", "300"}, {"tv_weight", "0.2"}}},
        {"cs231n",
         "CS231n lesson",
         "The course's own settings: SqueezeNet at 192 px, plain sums with the lesson's weights, "
         "Adam that drops its "
         "learning rate at the end. Quick, and rougher than the others.",
         "Stanford CS231n, assignment 3, style transfer",
         // The lesson's smoothness weight of 0.05 is for pixels divided by a deviation of about
         // 0.225, and so is its learning rate of 3.
         {{"features", "squeezenet"},
          {"size", "192"},
          {"steps", "200"},
          {"loss_scale", "sum"},
          {"content_weight", "0.05"},
          {"style_weight", "1"},
          {"layer_weights", "cs231n"},
          {"tv_weight", "1"},
          {"pooling", "max"},
          {"optimiser", "adam"},
          {"learning_rate", "0.675"},
          {"schedule", "drop"}}},
        {"abstract",
         "Abstract",
         "The style takes over: it starts from noise, and the photograph is only a memory in large "
         "forms.",
         "",
         {{"init", "noise"},
          {"style_weight", "40"},
          {"layer_weights", "deep"},
          {"optimiser", "lbfgs"},
          {"steps", "300"},
          {"tv_weight", "0.5"}}},
        {"gentle",
         "Gentle",
         "A tint of the style: colours and fine texture, every form kept.",
         "",
         {{"style_weight", "1"}, {"style_layers", "fine"}, {"tv_weight", "2"}, {"steps", "120"}}},
        {"quick",
         "Quick look",
         "SqueezeNet at a small size: a first impression in seconds, to choose pictures and "
         "weights with.",
         "",
         {{"features", "squeezenet"}, {"size", "192"}, {"steps", "60"}, {"tv_weight", "2"}}},
    };
    return list;
}

}  // namespace pentimento::style
