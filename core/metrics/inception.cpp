// Inception-v3 from a table of its branches.
#include "core/metrics/inception.h"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "core/base/file.h"
#include "core/base/sha256.h"
#include "core/metrics/features.h"
#include "core/nn/module_state.h"
#include "core/tensor/guard.h"
#include "core/tensor/pth_reader.h"

namespace pentimento::metrics {
namespace {

struct Size {
    std::int64_t height, width;
};

/// Convolution, batch normalisation, ReLU.
class UnitImpl : public torch::nn::Module {
  public:
    UnitImpl(std::int64_t in, std::int64_t out, Size kernel, std::int64_t stride, Size padding)
        : conv_(register_module(
              "conv", torch::nn::Conv2d(
                          torch::nn::Conv2dOptions(in, out, {kernel.height, kernel.width})
                              .stride(stride)
                              .padding(torch::ExpandingArray<2>({padding.height, padding.width}))
                              .bias(false)))),
          bn_(register_module(
              "bn", torch::nn::BatchNorm2d(torch::nn::BatchNorm2dOptions(out).eps(0.001)))) {}
    torch::Tensor forward(const torch::Tensor& x) { return bn_(conv_(x)).relu_(); }

  private:
    torch::nn::Conv2d conv_;
    torch::nn::BatchNorm2d bn_;
};
TORCH_MODULE(Unit);

enum class Pool { Average, Maximum, Shrink };

/// Branches side by side; the pooled one comes last. A unit marked as a fork adds its output to the
/// result beside the next one, and both take the same input.
struct UnitSpec {
    const char* name;
    std::int64_t out;
    Size kernel{1, 1};
    std::int64_t stride = 1;
    bool fork = false;
};

struct BlockSpec {
    const char* name;
    std::int64_t in;
    std::vector<std::vector<UnitSpec>> branches;
    Pool pool;
    std::int64_t pool_out;  ///< channels of "branch_pool", 0 for a pool alone
};

Size padding_of(const UnitSpec& unit) {
    return unit.stride > 1 ? Size{0, 0} : Size{unit.kernel.height / 2, unit.kernel.width / 2};
}

BlockSpec block_a(const char* name, std::int64_t in, std::int64_t pool_out) {
    return {
        name,
        in,
        {{{"branch1x1", 64}},
         {{"branch5x5_1", 48}, {"branch5x5_2", 64, {5, 5}}},
         {{"branch3x3dbl_1", 64}, {"branch3x3dbl_2", 96, {3, 3}}, {"branch3x3dbl_3", 96, {3, 3}}}},
        Pool::Average,
        pool_out};
}

BlockSpec block_c(const char* name, std::int64_t inner) {
    return {name,
            768,
            {{{"branch1x1", 192}},
             {{"branch7x7_1", inner}, {"branch7x7_2", inner, {1, 7}}, {"branch7x7_3", 192, {7, 1}}},
             {{"branch7x7dbl_1", inner},
              {"branch7x7dbl_2", inner, {7, 1}},
              {"branch7x7dbl_3", inner, {1, 7}},
              {"branch7x7dbl_4", inner, {7, 1}},
              {"branch7x7dbl_5", 192, {1, 7}}}},
            Pool::Average,
            192};
}

BlockSpec block_e(const char* name, std::int64_t in, Pool pool) {
    return {name,
            in,
            {{{"branch1x1", 320}},
             {{"branch3x3_1", 384},
              {"branch3x3_2a", 384, {1, 3}, 1, true},
              {"branch3x3_2b", 384, {3, 1}, 1, true}},
             {{"branch3x3dbl_1", 448},
              {"branch3x3dbl_2", 384, {3, 3}},
              {"branch3x3dbl_3a", 384, {1, 3}, 1, true},
              {"branch3x3dbl_3b", 384, {3, 1}, 1, true}}},
            pool,
            192};
}

std::vector<BlockSpec> block_specs() {
    return {block_a("Mixed_5b", 192, 32),
            block_a("Mixed_5c", 256, 64),
            block_a("Mixed_5d", 288, 64),
            {"Mixed_6a",
             288,
             {{{"branch3x3", 384, {3, 3}, 2}},
              {{"branch3x3dbl_1", 64},
               {"branch3x3dbl_2", 96, {3, 3}},
               {"branch3x3dbl_3", 96, {3, 3}, 2}}},
             Pool::Shrink,
             0},
            block_c("Mixed_6b", 128),
            block_c("Mixed_6c", 160),
            block_c("Mixed_6d", 160),
            block_c("Mixed_6e", 192),
            {"Mixed_7a",
             768,
             {{{"branch3x3_1", 192}, {"branch3x3_2", 320, {3, 3}, 2}},
              {{"branch7x7x3_1", 192},
               {"branch7x7x3_2", 192, {1, 7}},
               {"branch7x7x3_3", 192, {7, 1}},
               {"branch7x7x3_4", 192, {3, 3}, 2}}},
             Pool::Shrink,
             0},
            block_e("Mixed_7b", 1280, Pool::Average),
            block_e("Mixed_7c", 2048, Pool::Maximum)};
}

class BlockImpl : public torch::nn::Module {
  public:
    explicit BlockImpl(const BlockSpec& spec) : spec_(spec) {
        for (const auto& branch : spec_.branches) {
            std::int64_t channels = spec_.in;
            auto& units = units_.emplace_back();
            for (const auto& unit : branch) {
                units.push_back(register_module(unit.name, Unit(channels, unit.out, unit.kernel,
                                                                unit.stride, padding_of(unit))));
                if (!unit.fork) channels = unit.out;
            }
        }
        if (spec_.pool_out > 0)
            pool_unit_ = register_module("branch_pool",
                                         Unit(spec_.in, spec_.pool_out, Size{1, 1}, 1, Size{0, 0}));
    }

    torch::Tensor forward(const torch::Tensor& input) {
        std::vector<torch::Tensor> outputs;
        for (std::size_t i = 0; i < units_.size(); ++i) {
            torch::Tensor x = input;
            bool forked = false;
            for (std::size_t j = 0; j < units_[i].size(); ++j)
                if (spec_.branches[i][j].fork) {
                    outputs.push_back(units_[i][j](x));
                    forked = true;
                } else {
                    x = units_[i][j](x);
                }
            if (!forked) outputs.push_back(x);
        }
        const auto pooled = spec_.pool == Pool::Shrink ? torch::max_pool2d(input, 3, 2)
                            : spec_.pool == Pool::Maximum
                                ? torch::max_pool2d(input, 3, 1, 1)
                                : torch::avg_pool2d(input, 3, 1, 1, /*ceil_mode=*/false,
                                                    /*count_include_pad=*/false);
        outputs.push_back(spec_.pool_out > 0 ? pool_unit_(pooled) : pooled);
        return torch::cat(outputs, 1);
    }

  private:
    BlockSpec spec_;
    std::vector<std::vector<Unit>> units_;
    Unit pool_unit_{nullptr};
};
TORCH_MODULE(Block);

}  // namespace

struct InceptionImpl::Parts {
    std::vector<Unit> stem;
    std::vector<Block> blocks;
};

InceptionImpl::InceptionImpl() : parts_(std::make_unique<Parts>()) {
    const auto stem = [this](const char* name, std::int64_t in, std::int64_t out,
                             std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
        parts_->stem.push_back(register_module(
            name, Unit(in, out, Size{kernel, kernel}, stride, Size{padding, padding})));
    };
    stem("Conv2d_1a_3x3", 3, 32, 3, 2, 0);
    stem("Conv2d_2a_3x3", 32, 32, 3, 1, 0);
    stem("Conv2d_2b_3x3", 32, 64, 3, 1, 1);
    stem("Conv2d_3b_1x1", 64, 80, 1, 1, 0);
    stem("Conv2d_4a_3x3", 80, 192, 3, 1, 0);
    for (const auto& spec : block_specs())
        parts_->blocks.push_back(register_module(spec.name, Block(spec)));
    fc_ = register_module("fc", torch::nn::Linear(2048, 1008));
}

InceptionImpl::~InceptionImpl() = default;

torch::Tensor InceptionImpl::features(const torch::Tensor& pictures) {
    torch::Tensor x = pictures;
    for (std::size_t i = 0; i < parts_->stem.size(); ++i) {
        x = parts_->stem[i](x);
        if (i == 2 || i == 4) x = torch::max_pool2d(x, 3, 2);
    }
    for (auto& block : parts_->blocks) x = block(x);
    return x.mean({2, 3});
}

torch::Tensor InceptionImpl::forward(const torch::Tensor& pictures) {
    return fc_(features(pictures));
}

namespace {

constexpr std::string_view kOfficial = "6726825d";  // SHA-256 begins so, as the file's name says

class InceptionFeatures : public MetricFeatures {
  public:
    InceptionFeatures(Inception network, bool official, const torch::Device& device)
        : MetricFeatures(official ? "Inception-v3 of 2015-12-05 (FID)"
                                  : "Inception-v3 from a file that is not the published one",
                         2048, device, official),
          network_(std::move(network)) {}

  private:
    torch::Tensor compute(const torch::Tensor& pictures) const override {
        // As in the published PyTorch port: always bilinear, without averaging when shrinking.
        const auto resized =
            torch::upsample_bilinear2d(pictures, {299, 299}, /*align_corners=*/false);
        return network_.ptr()->features(resized);
    }
    Inception network_;
};

}  // namespace

Result<FeaturesPointer> load_inception_features(const std::filesystem::path& weights,
                                                const torch::Device& device) {
    return tensor::guarded("Loading the Inception network", [&]() -> Result<FeaturesPointer> {
        auto file = read_tensor_file(weights);
        if (!file) return file.error();
        Inception network;
        nn::TensorMap state;
        for (auto& [name, tensor] : file->tensors)
            if (!name.ends_with(".num_batches_tracked"))
                state.emplace(name,
                              tensor.is_floating_point() ? tensor.to(torch::kFloat32) : tensor);
        // Counters of training, which some files have and others have not.
        for (const auto& buffer : network->named_buffers())
            if (buffer.key().ends_with(".num_batches_tracked"))
                state.emplace(buffer.key(), buffer.value());
        const std::string name = "'" + weights.filename().string() + "'";
        if (auto status = nn::load_module_state(*network, state, name); !status) {
            auto error = status.error();
            return Error{ErrorCode::Unsupported,
                         name +
                             " does not hold the Inception-v3 that FID is defined by. Choose "
                             "pt_inception-2015-12-05-6726825d.pth.",
                         error.message};
        }
        if (!nn::all_finite(*network))
            return Error{
                ErrorCode::Corrupt,
                name + " holds weights that are not finite numbers. Use another copy of it.",
                {}};
        const auto bytes = MappedFile::open(weights);
        if (!bytes) return bytes.error();
        const bool official = sha256(bytes->bytes()).starts_with(kOfficial);
        network->eval();
        network->to(device);
        return FeaturesPointer(std::make_shared<InceptionFeatures>(network, official, device));
    });
}

}  // namespace pentimento::metrics
