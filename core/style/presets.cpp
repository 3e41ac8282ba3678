// Settings to start from, each with where it comes from.
#include "core/style/style_run.h"

namespace pentimento::style {
namespace {

using Settings = decltype(Preset::settings);

/// As the papers had it: Gram matrices at one size. What one adds comes last, so that it counts.
Settings plain(Settings own) {
    Settings settings{
        {"style_loss", "gram"},  {"layer_weights", "equal"}, {"scales", "one"},  {"averaging", "0"},
        {"content_weight", "1"}, {"style_weight", "8"},      {"tv_weight", "1"}, {"size", "256"},
        {"steps", "200"}};
    settings.insert(settings.end(), own.begin(), own.end());
    return settings;
}

/// What the runs of the VGG-16 lesson have in common, and what one of them adds.
Settings lesson(Settings own) {
    Settings settings{{"features", "vgg16"},      {"size", "256"},    {"style_layers", "upper"},
                      {"loss_scale", "sum"},      {"pooling", "max"}, {"optimiser", "adam"},
                      {"learning_rate", "0.002"}, {"beta1", "0.99"},  {"epsilon", "0.1"},
                      {"schedule", "constant"},   {"steps", "1000"}};
    settings.insert(settings.end(), own.begin(), own.end());
    return plain(std::move(settings));
}

}  // namespace

const std::vector<Preset>& presets() {
    static const std::vector<Preset> list{
        {"balanced",
         "Balanced",
         "Coarse to fine, by means and covariances instead of Gram matrices: rich brushwork, true "
         "colours, and forms that stay. What the studio begins with.",
         // Crowson's weights are 0.015, 1 and 2, where her total variation counts a tenth of ours
         // and content relative to itself weighs less; here all are times 8.
         "Crowson, style-transfer-pytorch (weights, schedule, averaging); Gatys, Ecker, Bethge "
         "2016",
         {}},
        {"gatys", "Gatys",
         "The original method: VGG-19, L-BFGS, the photograph at relu4_2. Finer than Adam after as "
         "many steps.",
         "Gatys, Ecker, Bethge 2016, CVPR, doi:10.1109/CVPR.2016.265",
         plain({{"features", "vgg19"},
                {"optimiser", "lbfgs"},
                {"steps", "300"},
                {"tv_weight", "0.2"}})},
        {"best",
         "Best",
         "As Balanced, with twice the steps and half as many pixels again along each edge. Takes "
         "its time; with VGG-19 the finest there is here.",
         "",
         {{"size", "768"}, {"steps", "600"}}},
        {"cs231n", "CS231n lesson",
         "The course's own settings: SqueezeNet at 192 px, plain sums with the lesson's weights, "
         "Adam that drops its "
         "learning rate at the end. Quick, and rougher than the others.",
         "Stanford CS231n, assignment 3, style transfer",
         // The lesson's smoothness weight of 0.05 is for pixels divided by a deviation of about
         // 0.225, and so is its learning rate of 3.
         plain({{"features", "squeezenet"},
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
                {"schedule", "drop"}})},
        // The lesson compares Gram matrices over places only (ours are divided by C, too) as MSE/4,
        // which is a quarter of our plain sum, and content as half of a plain sum.
        {"lesson_content", "Lesson: content only",
         "The lesson's first run: from noise back to the photograph, by what VGG-16 sees of it. "
         "Shows what the content layer keeps.",
         "Style transfer lesson with VGG-16 at 256 px",
         lesson({{"init", "noise"},
                 {"content_weight", "0.5"},
                 {"style_weight", "0"},
                 {"tv_weight", "0"}})},
        {"lesson_noise", "Lesson: from noise",
         "The lesson's second run: twice the content and once the style, from noise.",
         "Style transfer lesson with VGG-16 at 256 px",
         lesson({{"init", "noise"},
                 {"content_weight", "1"},
                 {"style_weight", "0.25"},
                 {"tv_weight", "0"}})},
        {"lesson", "Lesson: the whole",
         "The lesson's third run: content, 150 times the style and 30 times the absolute total "
         "variation, from the photograph with noise.",
         "Style transfer lesson with VGG-16 at 256 px",
         lesson({{"init", "content_noise"},
                 {"content_weight", "0.5"},
                 {"style_weight", "37.5"},
                 {"tv", "absolute"},
                 {"tv_weight", "30"}})},
        {"abstract",
         "Abstract",
         "The style takes over: it starts from noise, and the photograph is only a memory in large "
         "forms.",
         "",
         // With Gram matrices, small networks found no way from noise but into grain.
         {{"init", "noise"}, {"content_weight", "0.05"}}},
        {"gentle", "Gentle", "A tint of the style: colours and fine texture, every form kept.", "",
         plain({{"style_weight", "1"},
                {"style_layers", "fine"},
                {"tv_weight", "2"},
                {"steps", "120"}})},
        {"quick",
         "Quick look",
         "From the instant blend at a small size: a first impression in seconds, to choose "
         "pictures and weights with.",
         "",
         {{"features", "builtin"},
          {"init", "instant"},
          {"size", "256"},
          {"scales", "one"},
          {"steps", "60"}}},
    };
    return list;
}

}  // namespace pentimento::style
