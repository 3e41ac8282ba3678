// Declarations, and the schema made of them and of the registered feature networks.
#include "core/style/params.h"

#include <map>

#include "core/nn/features/feature_network.h"
#include "core/style/style_run.h"

namespace pentimento::style {

namespace {
const char* const kPicture = "Picture";
const char* const kBlend = "Blend";
const char* const kFeatureGroup = "Features";
const char* const kOptimisation = "Optimisation";
}  // namespace

const Param<std::int64_t> kSize = Param<std::int64_t>("size", 512)
                                      .label("Size")
                                      .help(
                                          "Longer edge of the result. Twice the size takes four "
                                          "times as long and shows brushstrokes half as "
                                          "large.")
                                      .unit("px")
                                      .group(kPicture)
                                      .range(64, 8192)
                                      .log_scale()
                                      .step(32);
const Param<double> kStyleSize = Param<double>("style_size", 1)
                                     .label("Style size")
                                     .help(
                                         "How large the style pictures are seen, relative to the "
                                         "result. Larger gives broader strokes, smaller "
                                         "finer ones.")
                                     .unit("×")
                                     .group(kPicture)
                                     .range(0.25, 3)
                                     .step(0.25)
                                     .advanced();
const Param<std::string> kMethod =
    Param<std::string>("method", "optimise")
        .label("Method")
        .help("How the picture comes about.")
        .group(kPicture)
        .choice("optimise", "Refined",
                "Its pixels are moved until content and style agree: the finest results, in "
                "minutes")
        .choice("instant", "Instant", "A trained network paints it in one pass, at once")
        .choice(
            "painter", "Trained painter",
            "A network of your own, trained on the style of one picture, paints it in one pass");
const Param<double> kStrength =
    Param<double>("strength", 1)
        .label("Strength")
        .help(
            "How far an instant blend or a painter goes over to the style: 0 leaves the picture as "
            "it is, 1 takes the style's colours and textures whole. Acts at once.")
        .group(kBlend)
        .range(0, 1)
        .step(0.05)
        .live();
const Param<std::string> kInit =
    Param<std::string>("init", "content")
        .label("Start from")
        .help(
            "What the first picture is. The photograph gives a result soon and keeps its drawing; "
            "noise lets the "
            "style invent more and needs more steps.")
        .group(kPicture)
        .when("method", {"optimise"})
        .choice("content", "The content picture", "Keeps the drawing; good after a few dozen steps")
        .choice("instant", "The instant blend", "Already in style: the fewest steps")
        .choice("noise", "Noise", "Freer, slower")
        .choice("content_noise", "The content picture with noise", "Keeps the drawing, loosely")
        .choice("statistics", "Noise in the style's colours",
                "As free as noise, and with the right colours from the start")
        .choice("picture", "A picture",
                "Goes on from a picture of your own, e.g. an earlier result");

const Param<std::string> kColour =
    Param<std::string>("colour", "none")
        .label("Keep colours")
        .help(
            "Whether the photograph keeps its own colours. It only changes what is shown and "
            "exported, so it acts at once and can be taken back.")
        .group(kPicture)
        .choice("none", "No", "The style's colours")
        .choice("luma", "Hues of the photograph", "Only light and dark come from the style")
        .choice("oklab", "Hues of the photograph, evenly",
                "The same, in a space where light and dark are as the eye sees them")
        .choice("mean_cov", "Palette of the photograph",
                "The style's picture, with all colours moved to the photograph's range")
        .live();
const Param<std::string> kScales =
    Param<std::string>("scales", "growing")
        .label("Sizes")
        .help(
            "Coarse to fine begins small, where large forms are found soon, and grows: better "
            "brushwork in large pictures, and faster.")
        .group(kPicture)
        .when("method", {"optimise"})
        .choice("one", "The final one only")
        .choice("growing", "Coarse to fine", "Each size √2 times the one before it");
const Param<std::int64_t> kMinSize = Param<std::int64_t>("min_size", 128)
                                         .label("Smallest size")
                                         .help(
                                             "Where coarse to fine begins. Smaller: the style's "
                                             "forms grow larger in the picture.")
                                         .unit("px")
                                         .group(kPicture)
                                         .range(32, 1024)
                                         .step(32)
                                         .when("scales", {"growing"})
                                         .advanced();
const Param<std::int64_t> kStepsPerScale =
    Param<std::int64_t>("steps_per_scale", 0)
        .label("Steps at each size")
        .help(
            "When the picture grows; the last size gets what remains. 0 shares the steps out "
            "evenly, the first size getting twice as many.")
        .unit("steps")
        .group(kPicture)
        .range(0, 100'000)
        .step(50)
        .when("scales", {"growing"})
        .advanced();
const Param<std::int64_t> kTile =
    Param<std::int64_t>("tile", 0)
        .label("Tile")
        .help(
            "Large pictures are worked through in tiles of this edge, so that memory does not grow "
            "with them; the result is the same, and takes about twice as long. 0 uses tiles when "
            "the picture would not fit into memory.")
        .unit("px")
        .group("Machine")
        .range(0, 4096)
        .step(64)
        .advanced();

const Param<double> kContentWeight = Param<double>("content_weight", 0.25)
                                         .label("Content")
                                         .help(
                                             "How strongly the result must show what the content "
                                             "picture shows. More keeps faces and edges; less "
                                             "lets the style dissolve them. Acts at once.")
                                         .group(kBlend)
                                         .when("method", {"optimise"})
                                         .range(0, 10000)
                                         .log_scale()
                                         .step(0.1)
                                         .live();
const Param<double> kStyleWeight =
    Param<double>("style_weight", 8)
        .label("Style")
        .help(
            "How strongly the result must have the colours, strokes and textures of the style "
            "pictures. Only its "
            "relation to Content counts: doubling both changes nothing. Acts at once.")
        .group(kBlend)
        .when("method", {"optimise"})
        .range(0, 1'000'000)
        .log_scale()
        .step(0.5)
        .live();
const Param<double> kTvWeight = Param<double>("tv_weight", 1.5)
                                    .label("Smoothness")
                                    .help(
                                        "Total variation: how strongly neighbouring pixels must be "
                                        "alike. A little removes grain; much gives "
                                        "flat areas like watercolour. Acts at once.")
                                    .group(kBlend)
                                    .when("method", {"optimise"})
                                    .range(0, 10000)
                                    .log_scale()
                                    .step(0.1)
                                    .live();

const Param<double>& style_weight_param(int index) {
    static const std::vector<Param<double>> params = [] {
        std::vector<Param<double>> all;
        for (int i = 0; i < kMaxStyles; ++i) {
            const std::string number = std::to_string(i + 1);
            all.push_back(Param<double>("style_weight_" + number, 1)
                              .label("Style picture " + number)
                              .help("How much of style picture " + number +
                                    " is in the mixture, relative to the other style pictures. "
                                    "With a single one "
                                    "only zero or not zero matters. Acts at once.")
                              .group(kBlend)
                              .range(0, 10)
                              .step(0.1)
                              .live());
        }
        return all;
    }();
    return params.at(static_cast<std::size_t>(index));
}

std::string style_weight_id(int index) {
    return style_weight_param(index).id();
}

const Param<std::string>& features_param() {
    static const Param<std::string> param = [] {
        Param<std::string> features("features", "builtin");
        features.label("Feature network")
            .help(
                "The network through whose eyes content and style are compared. One is built in; "
                "the "
                "weights of the others come from a file.")
            .group(kFeatureGroup)
            .when("method", {"optimise"});
        for (const auto& [id, definition] : nn::feature_registry())
            features.choice(id, definition.label, definition.help);
        return features;
    }();
    return param;
}

const Param<std::string>& content_layer_param(const std::string& features) {
    static const std::map<std::string, Param<std::string>> params = [] {
        std::map<std::string, Param<std::string>> all;
        for (const auto& [id, definition] : nn::feature_registry()) {
            Param<std::string> layer("content_layer_" + id, definition.content_layer);
            layer.label("Content layer")
                .help(
                    "Where content is compared. Shallow layers keep every detail; deep ones keep "
                    "only what is to "
                    "be seen and leave the style free in how to draw it.")
                .group(kFeatureGroup)
                .when("features", {id})
                .advanced();
            for (const auto& name : definition.layers) layer.choice(name, name);
            all.emplace(id, std::move(layer));
        }
        return all;
    }();
    return params.at(features);
}

const Param<std::string> kMoreContentLayers =
    Param<std::string>("more_content_layers", "")
        .label("Further content layers")
        .help(
            "Layers at which content is compared, too, with commas between them: 'relu3_1, "
            "relu5_1'. A shallow one keeps details that the usual one lets go.")
        .group(kFeatureGroup)
        .advanced();
const Param<std::string> kStyleLoss =
    Param<std::string>("style_loss", "mean_cov")
        .label("Style is")
        .help(
            "What is compared between the result and the style pictures: which features occur, how "
            "often, and which together.")
        .group(kFeatureGroup)
        .choice("gram", "Gram matrices", "Which features occur together: the original method")
        .choice("mean_std", "Means and deviations",
                "Each feature for itself: the fastest; textures come out simpler")
        .choice("mean_cov", "Means and covariances",
                "The distance between the features' clouds (2-Wasserstein): the finest textures "
                "and the truest colours, a fifth slower")
        .advanced();
const Param<std::string> kStyleLayers =
    Param<std::string>("style_layers", "all")
        .label("Style layers")
        .help(
            "Where style is compared: shallow layers see colours and fine texture, deep ones "
            "strokes and forms.")
        .group(kFeatureGroup)
        .choice("all", "All", "The layers that the literature uses for this network")
        .choice("upper", "Upper", "Without the deepest, as the lesson")
        .choice("fine", "Fine", "Without the two deepest: colour and texture, forms untouched")
        .choice("coarse", "Coarse", "Without the shallowest: strokes and forms, colours freer")
        .advanced();
const Param<std::string> kLayerWeights =
    Param<std::string>("layer_weights", "shallow")
        .label("Layer weights")
        .help("How much each style layer counts.")
        .group(kFeatureGroup)
        .choice("equal", "Equal", "All alike, as Gatys and others")
        .choice("shallow", "Shallow-heavy", "256 : 64 : 16 : 4 : 1, for crisp texture, as Crowson")
        .choice("gatys", "By width", "1/C² for a layer of C channels, as Gatys' own program")
        .choice("deep", "Deep-heavy", "1 : 2 : 4 : 8 : 16, for bold forms")
        .choice("cs231n", "CS231n",
                "20000 : 500 : 12 : 1, not scaled to a sum of 1; meant for plain sums")
        .advanced();
const Param<std::string> kLossScale =
    Param<std::string>("loss_scale", "relative")
        .label("Loss scale")
        .help(
            "How differences are counted. Relative makes the same weights mean the same for every "
            "network, layer "
            "and size. Plain sums are what papers and lessons write, with their very different "
            "weights.")
        .group(kFeatureGroup)
        .choice("relative", "Relative", "0 = equal to the target, 1 = as far off as nothing at all")
        .choice("sum", "Plain sums", "Sums of squared differences")
        .advanced();
const Param<std::string> kTv =
    Param<std::string>("tv", "squared")
        .label("Smoothness counts")
        .help(
            "How a difference between neighbouring pixels counts. Squared makes everything softer; "
            "absolute gives flat areas and leaves edges crisp.")
        .group(kFeatureGroup)
        .choice("squared", "Squared differences")
        .choice("absolute", "Absolute differences")
        .advanced();
const Param<std::string> kPooling =
    Param<std::string>("pooling", "auto")
        .label("Pooling")
        .help(
            "How the network shrinks its pictures. Average gives smoother results; maximum is what "
            "networks were trained with, and small ones go astray without it. Windows that overlap "
            "leave no weave in the picture.")
        .group(kFeatureGroup)
        .choice("auto", "As suits the network",
                "Overlapping maximum for the built-in one, else average")
        .choice("average", "Average")
        .choice("max", "Maximum")
        .choice("overlapping", "Overlapping maximum", "Of 3 × 3 pixels instead of 2 × 2")
        .advanced();
const Param<std::string> kPreprocessing =
    Param<std::string>("preprocessing", "auto")
        .label("Preprocessing")
        .help(
            "What the weights expect at their input. Automatic reads the note in the weights file "
            "and takes "
            "torchvision's without one; a wrong choice gives dull results.")
        .group(kFeatureGroup)
        .choice("auto", "Automatic")
        .choice("caffe", "Caffe", "BGR, 0 … 255, minus the mean colour")
        .choice("torchvision", "torchvision", "RGB, mean and standard deviation of ImageNet")
        .advanced();

const Param<std::int64_t> kSteps = Param<std::int64_t>("steps", 300)
                                       .label("Steps")
                                       .help(
                                           "When the run ends; it can be raised while the run goes "
                                           "on.")
                                       .unit("steps")
                                       .group(kOptimisation)
                                       .when("method", {"optimise"})
                                       .range(1, 100'000)
                                       .step(50)
                                       .log_scale()
                                       .live();
const Param<std::string> kOptimiser =
    Param<std::string>("optimiser", "adam")
        .label("Optimiser")
        .help("How the picture is improved.")
        .group(kOptimisation)
        .when("method", {"optimise"})
        .choice("adam", "Adam", "Fast at the start, calm under live changes")
        .choice("lbfgs", "L-BFGS", "The classic: finest result for many steps, more memory")
        .choice("sgd", "Gradient descent", "With momentum; the simplest, to compare with")
        .alias("optimizer");
const Param<double> kLearningRate =
    Param<double>("learning_rate", 0)
        .label("Learning rate")
        .help(
            "How far each step moves the picture; 0 chooses what suits the optimiser (Adam 0.02, "
            "L-BFGS 1, gradient "
            "descent 0.004). Too high: grain and false colours; too low: little happens.")
        .group(kOptimisation)
        .range(0, 10)
        .step(0.005)
        .live()
        .alias("lr")
        .advanced();
const Param<std::string> kSchedule =
    Param<std::string>("schedule", "cosine")
        .label("Learning rate over time")
        .help(
            "A falling rate lets the picture settle towards the end. L-BFGS always works at the "
            "full rate.")
        .group(kOptimisation)
        .choice("cosine", "Falling", "To a twentieth, along a cosine")
        .choice("constant", "Constant")
        .choice("drop", "Drop", "To a thirtieth at 90 % of the steps, as CS231n")
        .advanced();
const Param<double> kBeta1 =
    Param<double>("beta1", 0.9)
        .label("Adam's momentum")
        .help("β₁: how long a direction is kept. Higher is steadier and slower to turn.")
        .group(kOptimisation)
        .range(0, 0.999)
        .step(0.01)
        .when("optimiser", {"adam"})
        .advanced();
const Param<double> kEpsilon =
    Param<double>("epsilon", 1e-8)
        .label("Adam's epsilon")
        .help(
            "Where gradients are smaller than this, Adam moves less than at its full rate. The "
            "lesson's 0.1 makes it nearly plain descent there.")
        .group(kOptimisation)
        .range(1e-12, 10)
        .log_scale()
        .when("optimiser", {"adam"})
        .advanced();
const Param<double> kAveraging =
    Param<double>("averaging", 0.99)
        .label("Averaging")
        .help(
            "Shows the average of the last pictures instead of the last one: 0.99 looks back about "
            "a hundred steps, less at the start. It takes the grain out of Adam's steps. Not with "
            "L-BFGS.")
        .group(kOptimisation)
        .range(0, 0.999)
        .step(0.01)
        .live()
        .advanced();
const Param<std::int64_t> kSeed =
    Param<std::int64_t>("seed", 1)
        .label("Seed")
        .help(
            "Where the noise of the start comes from. The same seed and settings give the same "
            "result.")
        .group(kOptimisation)
        .when("method", {"optimise"})
        .range(0, 9'007'199'254'740'991.0);  // 2^53 − 1: exact in JSON readers that use doubles
const Param<std::int64_t> kSampleEvery =
    Param<std::int64_t>("sample_every", 20)
        .label("Keep a picture every")
        .help("How often the picture is stored with the run, to look back on. 0 stores none.")
        .unit("steps")
        .group(kOptimisation)
        .range(0, 100'000)
        .step(10)
        .advanced();

const Schema& schema() {
    static const Schema schema = [] {
        Schema s;
        s.add(kMethod).add(kSize).add(kInit).add(kStyleSize).add(kColour);
        s.add(kScales).add(kMinSize).add(kStepsPerScale);
        s.add(kStrength).add(kContentWeight).add(kStyleWeight).add(kTvWeight);
        for (int i = 0; i < kMaxStyles; ++i) s.add(style_weight_param(i));
        s.add(kSteps)
            .add(kOptimiser)
            .add(kLearningRate)
            .add(kSchedule)
            .add(kBeta1)
            .add(kEpsilon)
            .add(kAveraging)
            .add(kSeed)
            .add(kSampleEvery);
        s.add(features_param());
        for (const auto& [id, definition] : nn::feature_registry()) s.add(content_layer_param(id));
        s.add(kMoreContentLayers).add(kStyleLoss).add(kStyleLayers).add(kLayerWeights);
        s.add(kLossScale).add(kTv).add(kPooling).add(kPreprocessing);
        s.add(kTile).add(kDevice).add(kThreads);
        return s;
    }();
    return schema;
}

}  // namespace pentimento::style
