// The shared parameters and the schema made of them and of what the architectures declare.
#include "core/gan/params.h"

#include <algorithm>

#include "core/gan/augment/augment.h"
#include "core/gan/registry.h"

namespace pentimento::gan {

namespace {
const char* const kData = "Data";
const char* const kModel = "Model";
const char* const kTraining = "Training";
const char* const kBalance = "Balance";
const char* const kRegularisation = "Regularisation";
const char* const kAugmentation = "Augmentation";
const char* const kEvaluation = "Evaluation";
const char* const kPictures = "Pictures";
}  // namespace

const Param<std::int64_t> kSize = Param<std::int64_t>("size", 64)
                                      .label("Picture size")
                                      .help(
                                          "Width and height of the pictures that are learned and "
                                          "made. It follows from the dataset, which "
                                          "is imported at one size.")
                                      .unit("px")
                                      .group(kData)
                                      .range(8, 1024);
const Param<std::int64_t> kChannels =
    Param<std::int64_t>("channels", 3)
        .label("Colour channels")
        .help("1 for grey pictures, 3 for colour. It follows from the dataset.")
        .group(kData)
        .range(1, 3)
        .advanced();
const Param<bool> kFlips = Param<bool>("flips", false)
                               .label("Mirror at random")
                               .help(
                                   "Shows each picture mirrored half of the time, which doubles a "
                                   "small dataset. Leave it off where "
                                   "left and right differ, as in digits and letters.")
                               .group(kData)
                               .alias("flip");

const Param<bool> kConditional =
    Param<bool>("conditional", false)
        .label("Learn classes")
        .help(
            "Tells both networks which class each picture belongs to, so that one can ask for a "
            "class afterwards. Needs a dataset with class folders or labels and an architecture "
            "that can use them.")
        .group(kData);

const Param<std::int64_t> kClasses =
    Param<std::int64_t>("classes", 0)
        .label("Classes")
        .help("How many classes the dataset has. It follows from the dataset.")
        .group(kData)
        .range(0, 100'000)
        .advanced();

const Param<std::int64_t> kLatent = Param<std::int64_t>("latent", 100)
                                        .label("Latent numbers")
                                        .help(
                                            "How many random numbers describe one picture. More "
                                            "can express more variety; a simple dataset needs "
                                            "few.")
                                        .unit("numbers")
                                        .group(kModel)
                                        .range(2, 1024)
                                        .alias("latent_dim")
                                        .advanced();

const Param<std::int64_t> kSteps = Param<std::int64_t>("steps", 2000)
                                       .label("Steps")
                                       .help(
                                           "When training ends. A step shows the networks one "
                                           "batch; it can be raised while training runs.")
                                       .unit("steps")
                                       .group(kTraining)
                                       .range(1, 10'000'000)
                                       .step(100)
                                       .log_scale()
                                       .live();
const Param<std::int64_t> kBatch =
    Param<std::int64_t>("batch", 64)
        .label("Batch size")
        .help("Pictures seen at once. A larger batch gives calmer training and slower steps.")
        .unit("pictures")
        .group(kTraining)
        .range(2, 4096)
        .step(8)
        .log_scale()
        .alias("batch_size");
const Param<double> kLrG = Param<double>("lr_g", 2e-4)
                               .label("Learning rate, generator")
                               .help(
                                   "How far each step moves the generator. Too high: pictures "
                                   "flicker or break; too low: nothing "
                                   "happens. Raise it when the discriminator is winning.")
                               .group(kTraining)
                               .range(1e-7, 0.1)
                               .log_scale()
                               .live();
const Param<double> kLrD = Param<double>("lr_d", 2e-4)
                               .label("Learning rate, discriminator")
                               .help(
                                   "How far each step moves the discriminator. Lower it when the "
                                   "discriminator is winning: its loss near "
                                   "0, its score on made pictures near 0.")
                               .group(kTraining)
                               .range(1e-7, 0.1)
                               .log_scale()
                               .live();
const Param<double> kBeta1 = Param<double>("beta1", 0.5)
                                 .label("Adam β1")
                                 .help(
                                     "How much of the earlier direction each step keeps. GANs want "
                                     "less than the usual 0.9: the opponent "
                                     "moves, so old directions mislead.")
                                 .group(kTraining)
                                 .range(0, 0.9999)
                                 .step(0.05)
                                 .live()
                                 .advanced();
const Param<double> kBeta2 =
    Param<double>("beta2", 0.999)
        .label("Adam β2")
        .help("How slowly the size of the steps adapts to the size of the gradients.")
        .group(kTraining)
        .range(0, 0.99999)
        .step(0.001)
        .live()
        .advanced();
const Param<double> kWeightDecay =
    Param<double>("weight_decay", 0)
        .label("Weight decay")
        .help("Pulls all weights towards zero a little. 0 switches it off.")
        .group(kTraining)
        .range(0, 1)
        .live()
        .advanced();
const Param<std::string> kOptimiser =
    Param<std::string>("optimiser", "adam")
        .label("Optimiser")
        .help("How gradients become steps. Nearly all GANs use Adam.")
        .group(kTraining)
        .choice("adam", "Adam", "Steps adapted to each weight, with memory of the direction")
        .choice("adamw", "AdamW", "Adam with weight decay taken from the weights themselves")
        .choice("rmsprop", "RMSprop", "Adapted steps; β1 is its momentum")
        .choice("sgd", "SGD", "Plain steps along the gradient; β1 is its momentum")
        .alias("optimizer")
        .advanced();
const Param<std::string> kSchedule =
    Param<std::string>("schedule", "constant")
        .label("Schedule")
        .help(
            "How learning rates (and, if asked for, β2 and penalties) change from the first to the "
            "last step. It multiplies the values above, which stay yours to move.")
        .group(kTraining)
        .choice("constant", "Constant")
        .choice("linear", "Linear", "In a straight line to the end value")
        .choice("cosine", "Cosine", "Slowly at first and at the end, fast between")
        .live();
const Param<std::int64_t> kWarmUp =
    Param<std::int64_t>("warm_up", 0)
        .label("Warm-up")
        .help("Steps over which learning rates rise from nothing to their value. 0 is off.")
        .unit("steps")
        .group(kTraining)
        .range(0, 1'000'000)
        .step(100)
        .live()
        .advanced();
const Param<double> kLrEnd =
    Param<double>("lr_end", 0)
        .label("Learning rate at the end")
        .help("What a linear or cosine schedule multiplies the learning rates by at the last step.")
        .group(kTraining)
        .range(0, 1)
        .step(0.05)
        .live()
        .advanced()
        .when("schedule", {"linear", "cosine"});
const Param<double> kBeta2End = Param<double>("beta2_end", 0)
                                    .label("β2 at the end")
                                    .help("Where the schedule takes β2. 0 leaves it where it is.")
                                    .group(kTraining)
                                    .range(0, 0.99999)
                                    .step(0.01)
                                    .live()
                                    .advanced()
                                    .when("schedule", {"linear", "cosine"});
const Param<double> kPenaltyEnd =
    Param<double>("penalty_end", 1)
        .label("R1 and R2 at the end")
        .help("What the schedule multiplies γ of R1 and R2 by at the last step. 1 leaves them.")
        .group(kTraining)
        .range(0, 10)
        .step(0.05)
        .live()
        .advanced()
        .when("schedule", {"linear", "cosine"});
const Param<std::int64_t> kMicroBatch =
    Param<std::int64_t>("micro_batch", 0)
        .label("Pictures at a time")
        .help(
            "Works through a batch in pieces of this many pictures and adds their gradients up, so "
            "that a batch larger than memory still counts as one. 0 takes the batch whole.")
        .unit("pictures")
        .group(kTraining)
        .range(0, 4096)
        .step(8)
        .advanced();
const Param<std::int64_t> kSeed =
    Param<std::int64_t>("seed", 1)
        .label("Seed")
        .help(
            "Where all chance comes from: first weights, order of pictures, latents. The same seed "
            "and settings "
            "give the same result.")
        .group(kTraining)
        .range(0, 9'007'199'254'740'991.0);  // 2^53 − 1: exact in JSON readers that use doubles

const Param<std::int64_t> kDSteps = Param<std::int64_t>("d_steps", 1)
                                        .label("Discriminator steps")
                                        .help(
                                            "Discriminator steps for each generator step. More "
                                            "make a stricter judge and slower training.")
                                        .unit("steps")
                                        .group(kBalance)
                                        .range(1, 16)
                                        .live();
const Param<double> kSkipDBelow =
    Param<double>("skip_d_below", 0)
        .label("Skip discriminator below")
        .help(
            "Leaves the discriminator as it is for a step when its loss is below this, so that the "
            "generator can "
            "catch up. 0 never skips; 0.2 to 0.5 helps when the discriminator wins.")
        .group(kBalance)
        .range(0, 5)
        .step(0.05)
        .live();
const Param<double> kLabelSmoothing = Param<double>("label_smoothing", 0)
                                          .label("Label smoothing")
                                          .help(
                                              "Asks the discriminator to call real pictures real "
                                              "with probability 1 minus this, which keeps it from "
                                              "growing overconfident. 0.1 is usual.")
                                          .group(kBalance)
                                          .range(0, 0.5)
                                          .step(0.05)
                                          .live();
const Param<double> kInstanceNoise =
    Param<double>("instance_noise", 0)
        .label("Instance noise")
        .help(
            "Adds noise of this strength to all pictures before the discriminator sees them, so "
            "that it cannot tell them apart at a glance. 0.1 is usual; 0 is off.")
        .group(kBalance)
        .range(0, 2)
        .step(0.05)
        .live();
const Param<std::int64_t> kInstanceNoiseSteps =
    Param<std::int64_t>("instance_noise_steps", 0)
        .label("Instance noise fades over")
        .help("Steps from the start in which the instance noise falls to nothing. 0 keeps it.")
        .unit("steps")
        .group(kBalance)
        .range(0, 10'000'000)
        .step(500)
        .live()
        .advanced();
const Param<double> kClipGradients =
    Param<double>("clip_gradients", 0)
        .label("Clip gradients at")
        .help(
            "Shortens a gradient that is longer than this, so that one bad batch cannot throw the "
            "networks off. 0 is off.")
        .group(kBalance)
        .range(0, 1e6)
        .step(1)
        .live()
        .advanced();
const Param<bool> kGeneratorFirst = Param<bool>("generator_first", false)
                                        .label("Generator steps first")
                                        .help(
                                            "Moves the generator before the discriminator, with "
                                            "the same made pictures for both. Usual is the "
                                            "other order.")
                                        .group(kBalance)
                                        .advanced();
const Param<bool> kAverageDLoss = Param<bool>("average_d_loss", false)
                                      .label("Average discriminator loss")
                                      .help(
                                          "Takes the mean of the discriminator's losses on real "
                                          "and made pictures instead of their sum: the same "
                                          "direction, half the number.")
                                      .group(kBalance)
                                      .advanced();

const Param<std::int64_t> kEvaluationModeAfter =
    Param<std::int64_t>("evaluation_mode_after", 0)
        .label("Evaluation mode after")
        .help(
            "Trains the generator in evaluation mode from this step on: its batch norms then use "
            "frozen averages. A slip of the lesson's notebooks, kept so that it can be studied; 0 "
            "is never.")
        .unit("steps")
        .group(kBalance)
        .range(0, 10'000'000)
        .advanced();
const Param<bool> kRollBack =
    Param<bool>("roll_back", true)
        .label("Roll back when training breaks down")
        .help(
            "When a loss or a weight is no longer a number, goes back to the last sound state and "
            "halves both learning rates, at most three times, and says so.")
        .group(kBalance)
        .live()
        .advanced();

const Param<double> kAugmentStrength =
    Param<double>("augment_strength", 1)
        .label("Augmentation strength")
        .help(
            "How much pictures are changed before the discriminator sees them: 0 not at all, 1 "
            "fully. Adaptive augmentation moves it by itself and begins here.")
        .group(kAugmentation)
        .range(0, 1)
        .step(0.05)
        .live();
const Param<double> kAdaTarget =
    Param<double>("ada_target", 0.6)
        .label("Adaptive: target")
        .help(
            "Adaptive augmentation rises while the share of real pictures that the discriminator "
            "is sure of (r_t) is above this, and falls below it. 0 holds the strength still.")
        .group(kAugmentation)
        .range(0, 1)
        .step(0.05)
        .live()
        .advanced()
        .when("augment", {"ada"});
const Param<double> kAdaKimg =
    Param<double>("ada_kimg", 500)
        .label("Adaptive: speed")
        .help("Thousands of pictures in which the strength can move from 0 to 1.")
        .unit("kimg")
        .group(kAugmentation)
        .range(0.1, 100'000)
        .log_scale()
        .live()
        .advanced()
        .when("augment", {"ada"});

const Param<double> kEmaDecay = Param<double>("ema_decay", 0.999)
                                    .label("Weight averaging")
                                    .help(
                                        "Previews and samples come from a moving average of the "
                                        "generator's weights; this is how long it "
                                        "remembers. 0.999 averages about 1,000 steps (fewer at the "
                                        "start), 0 shows the newest weights.")
                                    .group(kPictures)
                                    .range(0, 0.99999)
                                    .step(0.001)
                                    .live()
                                    .advanced();
const Param<double> kEmaRamp =
    Param<double>("ema_ramp", 0)
        .label("Weight averaging ramp")
        .help(
            "Keeps the average's half-life below this share of the training so far (0.05 in "
            "StyleGAN2), so that early weights are soon forgotten. 0 uses a short fixed start.")
        .group(kPictures)
        .range(0, 1)
        .step(0.01)
        .live()
        .advanced();
const Param<std::int64_t> kSampleEvery =
    Param<std::int64_t>("sample_every", 100)
        .label("Keep a sample every")
        .help(
            "How often a grid of pictures is stored with the run, to look back on. 0 stores none.")
        .unit("steps")
        .group(kPictures)
        .range(0, 1'000'000)
        .step(50);
const Param<std::int64_t> kPreviewCount =
    Param<std::int64_t>("preview_count", 36)
        .label("Pictures in a preview")
        .help(
            "How many pictures previews and samples show. Their latents never change, so one sees "
            "each picture "
            "develop.")
        .unit("pictures")
        .group(kPictures)
        .range(1, 256);
const Param<std::int64_t> kMetricsEvery = Param<std::int64_t>("metrics_every", 5)
                                              .label("Measure every")
                                              .help(
                                                  "How often losses and scores are read from the "
                                                  "device for the plots. Reading makes a GPU wait.")
                                              .unit("steps")
                                              .group(kPictures)
                                              .range(1, 10'000)
                                              .live()
                                              .advanced();

const Param<std::int64_t> kEvaluateEvery =
    Param<std::int64_t>("evaluate_every", 500)
        .label("Evaluate every")
        .help(
            "How often pictures are made and compared with the dataset: KID, precision, recall, "
            "diversity, memorisation. Each time takes a few seconds on two processors. 0 is "
            "never; the health panel then knows less.")
        .unit("steps")
        .group(kEvaluation)
        .range(0, 10'000'000)
        .step(100)
        .live();
const Param<std::int64_t> kEvaluateCount =
    Param<std::int64_t>("evaluate_count", 256)
        .label("Pictures to evaluate")
        .help("How many made and real pictures are compared. More gives calmer figures.")
        .unit("pictures")
        .group(kEvaluation)
        .range(32, 50'000)
        .step(64)
        .advanced();
const Param<std::string> kEvaluateFeatures =
    Param<std::string>("evaluate_features", "")
        .label("Features for evaluation")
        .help(
            "A weights file of VGG-19 or SqueezeNet (safetensors) or of the official Inception "
            "(pt_inception-2015-12-05) to compare pictures with. Empty uses the built-in features; "
            "figures from different features cannot be compared.")
        .group(kEvaluation)
        .advanced();

const Param<std::string> kPrecision =
    Param<std::string>("precision", "auto")
        .label("Number format")
        .help(
            "Automatic uses bfloat16 for the heavy products where the device gains from it (recent "
            "graphics cards) and float32 elsewhere.")
        .group("Machine")
        .choice("auto", "Automatic")
        .choice("float32", "float32", "Exact, the same on every device")
        .choice("bfloat16", "bfloat16 (mixed)", "Half the bytes; sums stay in float32")
        .advanced();

const Param<std::string>& arch_param() {
    static const Param<std::string> param = [] {
        Param<std::string> arch("arch", "dcgan");
        arch.label("Architecture").help("How generator and discriminator are built.").group(kModel);
        for (const Entry& entry : architectures()) arch.choice(entry.id, entry.label, entry.help);
        return arch;
    }();
    return param;
}

const Param<std::string>& loss_param() {
    static const Param<std::string> param = [] {
        Param<std::string> loss("loss", "bce");
        loss.label("Loss").help("What the two networks are paid for.").group(kModel);
        for (const Entry& entry : losses()) loss.choice(entry.id, entry.label, entry.help);
        return loss;
    }();
    return param;
}

const Param<std::string>& augment_param() {
    static const Param<std::string> param = [] {
        Param<std::string> augment("augment", "none");
        augment.label("Augmentation")
            .help(
                "Changes real and made pictures alike before the discriminator sees them, so that "
                "it cannot learn a small dataset by heart. The made pictures themselves stay "
                "clean.")
            .group(kAugmentation);
        for (const auto& [id, augmentation] : augmentation_registry().items())
            augment.choice(id, augmentation.entry.label, augmentation.entry.help);
        return augment;
    }();
    return param;
}

namespace {

/// What the architectures declare, each shown for those architectures only that declare it.
std::vector<ParamSpec> architecture_params() {
    std::vector<ParamSpec> all;
    for (const auto& [id, architecture] : architecture_registry().items())
        for (ParamSpec spec : architecture.params.specs()) {
            const auto same = std::find_if(all.begin(), all.end(), [&](const ParamSpec& other) {
                return other.id == spec.id;
            });
            if (same != all.end()) {
                same->when_values.push_back(id);
                continue;
            }
            spec.when_id = "arch";
            spec.when_values = {id};
            all.push_back(std::move(spec));
        }
    return all;
}

}  // namespace

const Schema& schema() {
    static const Schema schema = [] {
        Schema s;
        s.add(kSize).add(kChannels).add(kFlips).add(kConditional).add(kClasses);
        s.add(arch_param());
        for (ParamSpec& spec : architecture_params()) s.add(std::move(spec));
        s.add(loss_param()).add(kLatent);
        s.add(kSteps)
            .add(kBatch)
            .add(kLrG)
            .add(kLrD)
            .add(kBeta1)
            .add(kBeta2)
            .add(kWeightDecay)
            .add(kOptimiser)
            .add(kSchedule)
            .add(kWarmUp)
            .add(kLrEnd)
            .add(kBeta2End)
            .add(kPenaltyEnd)
            .add(kMicroBatch)
            .add(kSeed);
        s.add(kDSteps)
            .add(kSkipDBelow)
            .add(kLabelSmoothing)
            .add(kInstanceNoise)
            .add(kInstanceNoiseSteps)
            .add(kClipGradients)
            .add(kGeneratorFirst)
            .add(kAverageDLoss)
            .add(kEvaluationModeAfter)
            .add(kRollBack);
        for (const auto& [id, regulariser] : regulariser_registry().items())
            for (ParamSpec spec : {regulariser.weight.spec(), regulariser.every.spec()}) {
                spec.group = kRegularisation;
                s.add(std::move(spec));
            }
        s.add(augment_param()).add(kAugmentStrength).add(kAdaTarget).add(kAdaKimg);
        s.add(kEmaDecay).add(kEmaRamp).add(kSampleEvery).add(kPreviewCount).add(kMetricsEvery);
        s.add(kEvaluateEvery).add(kEvaluateCount).add(kEvaluateFeatures);
        s.add(kDevice).add(kThreads).add(kPrecision);
        return s;
    }();
    return schema;
}

}  // namespace pentimento::gan
