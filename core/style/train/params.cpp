// Declarations, and the schema made of them.
#include "core/style/train/params.h"

#include "core/style/train/style_training.h"

namespace pentimento::style::train {

namespace {
const char* const kWhat = "Network";
const char* const kBalance = "Balance";
const char* const kTraining = "Training";
}  // namespace

const Param<std::string> kNetwork =
    Param<std::string>("network", "painter")
        .label("Network")
        .help("What is trained.")
        .group(kWhat)
        .choice("painter", "Painter of one style",
                "Paints any picture in the style of one picture, in a single pass (Johnson)")
        .choice("decoder", "Decoder for instant style",
                "Turns blended features into pictures: any style, in a single pass (AdaIN)")
        .choice("features", "Small feature network",
                "Learns to see as VGG-19 does with a sixteenth of its work");
const Param<std::int64_t> kSteps = Param<std::int64_t>("steps", 2000)
                                       .label("Steps")
                                       .help("Batches to learn from.")
                                       .group(kTraining)
                                       .range(1, 1e6)
                                       .log_scale()
                                       .live();
const Param<std::int64_t> kBatch =
    Param<std::int64_t>("batch", 4)
        .label("Batch")
        .help("Pictures in a step. More give calmer steps that take longer.")
        .group(kTraining)
        .range(1, 256);
const Param<std::int64_t> kCrop =
    Param<std::int64_t>("crop", 96)
        .label("Crop")
        .help(
            "Side of the square that is cut at random from each picture. Larger crops show larger "
            "forms and take longer. Pictures that are smaller are taken whole.")
        .unit("px")
        .group(kTraining)
        .range(32, 512)
        .step(16);
const Param<double> kLearningRate = Param<double>("learning_rate", 1e-3)
                                        .label("Learning rate")
                                        .help(
                                            "How far each step moves the weights. It falls to a "
                                            "twentieth along a cosine towards the end.")
                                        .group(kTraining)
                                        .range(1e-7, 1)
                                        .log_scale()
                                        .live()
                                        .alias("lr");
const Param<std::int64_t> kWidth =
    Param<std::int64_t>("width", 16)
        .label("Width")
        .help(
            "Channels of the painter's first layer. The paper's is 32, which takes three times as "
            "long to train and to paint; half of that is fine for most styles.")
        .group(kWhat)
        .range(4, 64)
        .step(4)
        .when("network", {"painter"});
const Param<std::int64_t> kStyleEdge =
    Param<std::int64_t>("style_edge", 256)
        .label("Style size")
        .help(
            "Longer edge at which the style picture is looked at: larger gives larger strokes, "
            "relative to the pictures that are learned from.")
        .unit("px")
        .group(kWhat)
        .range(64, 1024)
        .step(32)
        .when("network", {"painter"});
const Param<double> kContentWeight =
    Param<double>("content_weight", 1)
        .label("Content")
        .help("How strongly results must show what the pictures show.")
        .group(kBalance)
        .range(0, 1e6)
        .log_scale()
        .live();
const Param<double> kStyleWeight =
    Param<double>("style_weight", 1)
        .label("Style")
        .help("How strongly results must have the colours and strokes of the style.")
        .group(kBalance)
        .range(0, 1e6)
        .log_scale()
        .live();
const Param<double> kTvWeight = Param<double>("tv_weight", 0.1)
                                    .label("Smoothness")
                                    .help(
                                        "Total variation: how strongly neighbouring pixels of "
                                        "results must be alike.")
                                    .group(kBalance)
                                    .range(0, 1e6)
                                    .log_scale()
                                    .live();
const Param<double> kIdentityWeight =
    Param<double>("identity_weight", 5)
        .label("Identity")
        .help(
            "How strongly a picture in its own style must come out as it went in: what makes a "
            "strength of 0 show the content unchanged.")
        .group(kBalance)
        .range(0, 1e6)
        .log_scale()
        .live();
const Param<std::int64_t> kSeed = Param<std::int64_t>("seed", 1)
                                      .label("Seed")
                                      .help("The same seed and settings give the same network.")
                                      .group(kTraining)
                                      .range(0, 9'007'199'254'740'991.0);
const Param<std::int64_t> kSampleEvery = Param<std::int64_t>("sample_every", 100)
                                             .label("Keep a picture every")
                                             .help("0 stores none.")
                                             .unit("steps")
                                             .group(kTraining)
                                             .range(0, 100'000)
                                             .advanced();

const Schema& schema() {
    static const Schema schema = [] {
        Schema s;
        s.add(kNetwork)
            .add(kWidth)
            .add(kStyleEdge)
            .add(kSteps)
            .add(kBatch)
            .add(kCrop)
            .add(kLearningRate);
        s.add(kContentWeight).add(kStyleWeight).add(kTvWeight).add(kIdentityWeight);
        s.add(kSeed).add(kSampleEvery).add(kDevice).add(kThreads);
        return s;
    }();
    return schema;
}

}  // namespace pentimento::style::train
