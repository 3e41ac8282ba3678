// Feature networks: what they compute, and which files they accept.
#include <fstream>

#include "core/base/file.h"
#include "tests/style/tiny_network.h"
#include "tests/tensor/pth_test_tools.h"

namespace pentimento::style {
namespace {

using nn::Pooling;

class Features : public WithNetwork {
  protected:
    static const nn::FeatureDefinition& squeezenet() {
        return nn::feature_registry().at("squeezenet");
    }
};

TEST_F(Features, PreprocessingIsExact) {
    const auto file = read_safetensors(weights());
    ASSERT_TRUE(file);
    const auto& weight = file->tensors.at("features.0.weight");
    const auto& bias = file->tensors.at("features.0.bias");
    const auto picture = torch::rand({1, 3, 40, 48});
    const auto expect = [&](const char* kind, const torch::Tensor& input) {
        const auto network =
            nn::load_features(squeezenet(), weights(), kind, Pooling::Max, torch::kCPU);
        ASSERT_TRUE(network) << network.error().message;
        const auto features = (*network)->extract(picture, {"relu1"});
        EXPECT_TRUE(
            torch::allclose(features[0], torch::conv2d(input, weight, bias, 2).relu(), 1e-3, 1e-3))
            << kind;
    };
    expect("caffe",
           picture.flip({1}) * 255 - torch::tensor({104.f, 117.f, 123.f}).view({1, 3, 1, 1}));
    const auto normalised = (picture - torch::tensor({0.485f, 0.456f, 0.406f}).view({1, 3, 1, 1})) /
                            torch::tensor({0.229f, 0.224f, 0.225f}).view({1, 3, 1, 1});
    expect("torchvision", normalised);
    expect("auto", normalised);  // a file without a note
}

TEST_F(Features, MetadataTellThePreprocessing) {
    EXPECT_EQ(nn::detect_preprocessing({}), "");
    EXPECT_EQ(nn::detect_preprocessing({{"format", "pt"}}), "");
    EXPECT_EQ(nn::detect_preprocessing({{"preprocess", "RGB->BGR, 0..255, subtract (103.939,…)"}}),
              "caffe");
    EXPECT_EQ(nn::detect_preprocessing({{"preprocessing", "mean (0.485, 0.456, 0.406)"}}),
              "torchvision");
}

TEST_F(Features, LayersHaveTheirShapesAndStopAtTheDeepest) {
    const auto network =
        nn::load_features(squeezenet(), weights(), "auto", Pooling::Max, torch::kCPU);
    ASSERT_TRUE(network);
    const auto features =
        (*network)->extract(torch::rand({1, 3, 64, 96}), {"fire7", "relu1", "fire4"});  // any order
    EXPECT_EQ(features[0].sizes(), (std::vector<std::int64_t>{1, 256, 7, 11}));
    EXPECT_EQ(features[1].sizes(), (std::vector<std::int64_t>{1, 64, 31, 47}));
    EXPECT_EQ(features[2].sizes(), (std::vector<std::int64_t>{1, 128, 15, 23}));
    for (const auto& feature : features)
        EXPECT_GE(feature.min().item<float>(), 0) << "after the ReLU";
    // A picture too small for the deeper pooling still has shallow features: nothing beyond is
    // computed.
    EXPECT_NO_THROW((*network)->extract(torch::rand({1, 3, 4, 4}), {"relu1"}));
    EXPECT_ANY_THROW((*network)->extract(torch::rand({1, 3, 4, 4}), {"fire12"}));
    EXPECT_THROW((*network)->extract(torch::rand({1, 3, 64, 64}), {"relu9_9"}),
                 std::invalid_argument);
}

TEST_F(Features, GradientReachesThePictureOnly) {
    const auto network =
        nn::load_features(squeezenet(), weights(), "auto", Pooling::Average, torch::kCPU);
    ASSERT_TRUE(network);
    const auto picture = torch::rand({1, 3, 48, 48}).requires_grad_(true);
    const auto layers = std::vector<std::string>{"relu1", "fire4", "fire7"};
    auto sum = torch::zeros({});
    for (const auto& feature : (*network)->extract(picture, layers))
        sum = sum + feature.square().mean();
    sum.backward();
    EXPECT_TRUE(picture.grad().defined());
    EXPECT_GT(picture.grad().abs().max().item<float>(), 0);
    // Without a gradient wanted for the picture, no graph is built at all.
    EXPECT_FALSE((*network)->extract(picture.detach(), {"fire7"})[0].requires_grad());
}

TEST_F(Features, IdentifiesByTheHeader) {
    const auto squeeze = identify_weights(weights());
    ASSERT_TRUE(squeeze) << squeeze.error().message;
    EXPECT_EQ(*squeeze, "squeezenet");

    const auto path = folder() / "vgg.safetensors";
    ASSERT_TRUE(write_safetensors(path, random_weights("vgg19", torch::kFloat16)));
    const auto vgg = identify_weights(path);
    ASSERT_TRUE(vgg) << vgg.error().message;
    EXPECT_EQ(*vgg, "vgg19");

    const auto wrong = nn::load_features(squeezenet(), path, "auto", Pooling::Max, torch::kCPU);
    ASSERT_FALSE(wrong);
    EXPECT_NE(wrong.error().message.find("VGG-19"), std::string::npos) << wrong.error().message;

    const auto network = nn::load_features(nn::feature_registry().at("vgg19"), path, "auto",
                                           Pooling::Average, torch::kCPU);
    ASSERT_TRUE(network) << network.error().message;
    const auto features = (*network)->extract(torch::rand({1, 3, 32, 32}), {"relu1_1", "relu5_1"});
    EXPECT_EQ(features[0].sizes(), (std::vector<std::int64_t>{1, 64, 32, 32}));
    EXPECT_EQ(features[1].sizes(), (std::vector<std::int64_t>{1, 512, 2, 2}));
    EXPECT_EQ(features[1].scalar_type(), torch::kFloat32) << "float16 weights are widened";
}

TEST_F(Features, Vgg16IsToldFromVgg19) {
    const auto path = folder() / "vgg16.safetensors";
    ASSERT_TRUE(write_safetensors(path, random_weights("vgg16", torch::kFloat16)));
    const auto id = identify_weights(path);
    ASSERT_TRUE(id) << id.error().message;
    EXPECT_EQ(*id, "vgg16");
    const auto network = nn::load_features(nn::feature_registry().at("vgg16"), path, "auto",
                                           Pooling::Max, torch::kCPU);
    ASSERT_TRUE(network) << network.error().message;
    const auto features = (*network)->extract(torch::rand({1, 3, 32, 48}), {"relu3_3", "relu5_1"});
    EXPECT_EQ(features[0].sizes(), (std::vector<std::int64_t>{1, 256, 8, 12}));
    EXPECT_EQ(features[1].sizes(), (std::vector<std::int64_t>{1, 512, 2, 3}));
}

TEST_F(Features, RefusesOtherFilesWithAMessage) {
    const auto path = folder() / "other.safetensors";
    ASSERT_TRUE(write_safetensors(path, {{"a", torch::ones({2})}}));
    const auto other = identify_weights(path);
    ASSERT_FALSE(other);
    EXPECT_NE(other.error().message.find("SqueezeNet"), std::string::npos) << other.error().message;
    std::ofstream(folder() / "text.pth") << "not weights";
    EXPECT_FALSE(identify_weights(folder() / "text.pth"));
    EXPECT_FALSE(identify_weights(folder() / "missing"));

    auto broken = random_weights("squeezenet");
    broken[0].second.fill_(NAN);
    ASSERT_TRUE(write_safetensors(path, broken));
    EXPECT_FALSE(nn::load_features(squeezenet(), path, "auto", Pooling::Max, torch::kCPU));
}

std::string raw(const torch::Tensor& tensor) {
    return {static_cast<const char*>(tensor.data_ptr()), tensor.nbytes()};
}

/// As torch.save writes a state dict, with a classifier that nobody needs.
std::string pth_of(NamedTensors tensors, bool old) {
    tensors.emplace_back("classifier.1.weight", torch::full({2, 3}, 0.25));
    std::vector<std::pair<std::string, std::string>> entries;
    Storages storages;
    for (const auto& [name, tensor] : tensors) {
        const auto key = std::to_string(storages.size());
        entries.emplace_back(
            name,
            pickled::tensor(pickled::storage("FloatStorage", key, tensor.numel(), old ? "N" : ""),
                            0, tensor.sizes().vec(), tensor.strides().vec()));
        storages.emplace_back(key, raw(tensor));
    }
    const auto program = pickled::program(pickled::state_dict(entries));
    return old ? old_form(program, storages) : new_form(program, storages);
}

TEST_F(Features, PyTorchsOwnFilesGiveTheSameNetwork) {
    const auto reference =
        nn::load_features(squeezenet(), weights(), "torchvision", Pooling::Max, torch::kCPU);
    ASSERT_TRUE(reference);
    const auto picture = torch::rand({1, 3, 40, 48});
    const auto expected = (*reference)->extract(picture, {"fire7"})[0];
    const auto path = folder() / "squeeze.pth";
    for (const bool old : {false, true}) {
        ASSERT_TRUE(write_file_atomically(path, pth_of(random_weights("squeezenet"), old)));
        const auto id = identify_weights(path);
        ASSERT_TRUE(id) << id.error().message;
        EXPECT_EQ(*id, "squeezenet");
        const auto network =
            nn::load_features(squeezenet(), path, "auto", Pooling::Max, torch::kCPU);
        ASSERT_TRUE(network) << network.error().message;
        EXPECT_TRUE(torch::equal((*network)->extract(picture, {"fire7"})[0], expected)) << old;
    }
}

TEST_F(Features, OnlyWhatIsNeededOfAPthIsReadAndThatIsChecked) {
    const auto path = folder() / "damaged.pth";
    const auto whole = pth_of(random_weights("squeezenet"), false);
    const auto load = [&] {
        return nn::load_features(squeezenet(), path, "auto", Pooling::Max, torch::kCPU);
    };
    auto damaged = whole;
    damaged[damaged.find(raw(torch::full({2, 3}, 0.25)))] ^= 1;
    ASSERT_TRUE(write_file_atomically(path, damaged));
    EXPECT_TRUE(load()) << "the classifier's numbers are nobody's business";
    damaged = whole;
    damaged[damaged.find(raw(random_weights("squeezenet")[0].second)) + 9] ^= 1;
    ASSERT_TRUE(write_file_atomically(path, damaged));
    const auto refused = load();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::Corrupt) << refused.error().message;
    for (const bool old : {false, true}) {
        const auto cut = pth_of(random_weights("squeezenet"), old);
        for (const double share : {0.1, 0.5, 0.99}) {
            ASSERT_TRUE(write_file_atomically(
                path, std::string_view(cut).substr(
                          0, static_cast<std::size_t>(share * static_cast<double>(cut.size())))));
            EXPECT_FALSE(load()) << old << share;
            EXPECT_FALSE(identify_weights(path)) << old << share;
        }
    }
}

TEST_F(Features, APthThatTriesToRunCodeDoesNothingButGiveAMessage) {
    const auto path = folder() / "evil.pth", victim = folder() / "victim";
    using namespace pickled;
    const auto call = global("posix", "system") + "(" + text("touch " + victim.string()) + "tR";
    for (const bool old : {false, true}) {
        const auto code = program(state_dict({{"features.0.weight", call}}));
        ASSERT_TRUE(write_file_atomically(path, old ? old_form(code, {}) : new_form(code, {})));
        const auto id = identify_weights(path);
        ASSERT_FALSE(id);
        EXPECT_NE(id.error().message.find("posix.system"), std::string::npos) << id.error().message;
        const auto network =
            nn::load_features(squeezenet(), path, "auto", Pooling::Max, torch::kCPU);
        ASSERT_FALSE(network);
        EXPECT_EQ(network.error().code, ErrorCode::Unsupported) << network.error().message;
        EXPECT_FALSE(std::filesystem::exists(victim));
    }
}

TEST_F(Features, CaffesWeightsAreKnownWithoutANote) {
    // Someone saved the authors' numbers again, as many did, and the note got lost.
    auto tensors = random_weights("squeezenet");
    const auto& first = squeezenet().caffe_first_weights;
    const auto path = folder() / "again.pth";
    const auto picture = torch::rand({1, 3, 40, 48});
    for (const bool authors : {false, true}) {
        for (auto& [name, tensor] : tensors)
            if (authors && name == "features.0.weight")
                for (std::size_t i = 0; i < first.size(); ++i)
                    tensor.flatten()[static_cast<std::int64_t>(i)] = first[i] * 1.001f;
        ASSERT_TRUE(write_file_atomically(path, pth_of(tensors, true)));
        const auto features = [&](const char* kind) {
            return (*nn::load_features(squeezenet(), path, kind, Pooling::Max, torch::kCPU))
                ->extract(picture, {"relu1"})[0];
        };
        EXPECT_TRUE(torch::equal(features("auto"), features(authors ? "caffe" : "torchvision")));
    }
}

TEST(FeatureRegistry, EntriesAreComplete) {
    ASSERT_GE(nn::feature_registry().size(), 2u);
    for (const auto& entry : features()) {
        EXPECT_FALSE(entry.label.empty() || entry.help.empty() || entry.reference.empty() ||
                     entry.weights_hint.empty())
            << entry.id;
        const auto& definition = nn::feature_registry().at(entry.id);
        for (auto layers = definition.style_layers; const auto& layer : layers)
            EXPECT_EQ(std::count(definition.layers.begin(), definition.layers.end(), layer), 1)
                << layer;
        EXPECT_GT(definition.style_layers.size(), 2u);
    }
    auto twice = nn::feature_registry().begin()->second;
    EXPECT_THROW(nn::register_features(twice), std::logic_error);
}

}  // namespace
}  // namespace pentimento::style
