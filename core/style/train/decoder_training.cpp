// The losses of instant style.
#include "core/style/train/decoder_training.h"

#include "core/style/instant/decoder.h"
#include "core/style/train/judge.h"
#include "core/style/train/network_run.h"
#include "core/style/train/params.h"
#include "core/tensor/batch.h"
#include "core/tensor/compat.h"
#include "core/tensor/machine.h"
#include "core/tensor/random.h"

namespace pentimento::style::train {
namespace {

using nn::FeatureNetwork;
using torch::Tensor;

const std::vector<std::string> kStyleLayers = {"relu1_1", "relu2_1", "relu3_1", "relu4_1",
                                               "relu5_1"};
constexpr std::size_t kContentAt = 3;  ///< of kStyleLayers: relu4_1
constexpr std::uint64_t kStyleSeed = 0x5717;
// Some styles are photographs, and some paintings have their colours exchanged: a few hundred
// paintings alone are few.
constexpr std::int64_t kPhotographsAsStyle = 4;  ///< one in so many

class DecoderTraining : public NetworkRun {
  public:
    DecoderTraining(ParamSet params, Inputs inputs, std::shared_ptr<const FeatureNetwork> encoder,
                    std::shared_ptr<const FeatureNetwork> judge, const InstantDecoder& decoder,
                    const torch::Device& device)
        : NetworkRun(std::move(params), std::move(inputs.pictures), decoder.ptr(), device),
          styles_(*std::move(inputs.styles)),
          style_batches_(styles_, /*without_held_out=*/false, kStyleSeed, device),
          encoder_(std::move(encoder)),
          judge_(std::move(judge)),
          decoder_(decoder) {}

  protected:
    Terms terms(const Tensor& pictures, torch::Generator& random) override {
        return losses(pictures, draw_styles(pictures, random));
    }
    std::vector<Metric> held_out(const Tensor& pictures) override {
        const auto contents = few(pictures);
        return unseen(losses(contents, fixed_styles(contents.size(0), contents.size(2))));
    }
    /// Rows: content, style, blend, content in its own style.
    Tensor show(const Tensor& pictures, int& columns) override {
        columns = static_cast<int>(pictures.size(0));
        const auto styles = fixed_styles(pictures.size(0), pictures.size(2));
        const auto own = encoder_->extract(pictures, instant_layers());
        return torch::cat({pictures, styles, made(blended(own, styles)), made(own)});
    }

  private:
    Tensor made(const std::vector<Tensor>& levels) {
        const tensor::Autocast fast(device().is_cuda(), device());
        return decoder_->forward(levels).to(torch::kFloat32);
    }

    /// `levels`: the contents' own.
    std::vector<Tensor> blended(std::vector<Tensor> levels, const Tensor& styles) {
        torch::NoGradGuard no_grad;
        const auto wanted = encoder_->extract(styles, instant_layers());
        for (std::size_t i = 0; i < levels.size(); ++i)
            levels[i] = with_statistics(levels[i], channel_statistics(levels[i]),
                                        channel_statistics(wanted[i]));
        return levels;
    }

    Terms losses(const Tensor& contents, const Tensor& styles) {
        std::vector<Tensor> own, style_features, content_features;
        {
            torch::NoGradGuard no_grad;
            own = encoder_->extract(contents, instant_layers());
            style_features = features_of(*judge_, styles, kStyleLayers);
            content_features = features_of(*judge_, contents, {kStyleLayers[kContentAt]});
        }
        const auto picture = made(blended(own, styles));
        const auto features = features_of(*judge_, picture, kStyleLayers);
        // The content's features with the style's statistics, as the judge sees them.
        const auto target =
            with_statistics(content_features[0], channel_statistics(content_features[0]),
                            channel_statistics(style_features[kContentAt]));
        const auto content = feature_distance(features[kContentAt], target);
        auto style = torch::zeros({}, contents.options());
        for (std::size_t i = 0; i < kStyleLayers.size(); ++i)
            style = style + statistics_distance(channel_statistics(features[i]),
                                                channel_statistics(style_features[i]));
        style = style / static_cast<double>(kStyleLayers.size());
        // Half of the batch is enough for this one.
        const auto half = (contents.size(0) + 1) / 2;
        for (auto& level : own) level = level.narrow(0, 0, half);
        const auto identity = feature_distance(made(own), contents.narrow(0, 0, half));
        // Colours beyond what a pixel can show are lost in the end.
        const auto beyond = (picture - picture.clamp(0, 1)).square().mean();
        const auto total = params_.get(kContentWeight) * content +
                           params_.get(kStyleWeight) * style +
                           params_.get(kIdentityWeight) * identity +
                           params_.get(kTvWeight) * roughness(picture) + 10 * beyond;
        return {{"content_loss", content},
                {"style_loss", style},
                {"identity_loss", identity},
                {"total", total}};
    }

    Tensor draw_styles(const Tensor& contents, torch::Generator& random) {
        const auto count = contents.size(0);
        auto styles =
            random_crops(style_batches_.at(steps_done(), count), contents.size(2), random);
        const auto chance = torch::rand({count, 2}, random, torch::kFloat32);
        std::vector<Tensor> drawn;
        for (std::int64_t i = 0; i < count; ++i) {
            auto style = (i + 1) % kPhotographsAsStyle == 0 ? contents.narrow(0, (i + 1) % count, 1)
                                                            : styles.narrow(0, i, 1);
            const auto* u = chance[i].data_ptr<float>();
            if (u[0] < .5f) style = style.roll({1 + static_cast<std::int64_t>(u[1] * 2)}, {1});
            drawn.push_back(style);
        }
        return torch::cat(drawn);
    }

    Tensor fixed_styles(std::int64_t count, std::int64_t side) const {
        std::vector<Draw> draws;
        for (std::int64_t i = 0; i < count; ++i)
            draws.push_back({i * styles_.count() / count, false});
        const auto styles = (tensor::load_batch(styles_, draws, device()) + 1) / 2;
        return at::_upsample_bilinear2d_aa(styles, {side, side}, false);
    }

    PackedDataset styles_;
    Batches style_batches_;
    std::shared_ptr<const FeatureNetwork> encoder_, judge_;
    InstantDecoder decoder_;
};

}  // namespace

Result<std::unique_ptr<Run>> make_decoder_training(const ParamSet& params, Inputs inputs) {
    const auto device_name = tensor::set_up_machine(params);
    if (!device_name) return device_name.error();
    const torch::Device device(*device_name);
    auto encoder = load_encoder(inputs, device);
    if (!encoder) return encoder.error();
    auto judge = load_judge(inputs, device);
    if (!judge) return judge.error();
    InstantDecoder decoder;
    decoder->init(tensor::make_generator(static_cast<std::uint64_t>(params.get(kSeed)),
                                         tensor::Stream::InitGenerator, 0));
    decoder->to(device);
    return std::unique_ptr<Run>(std::make_unique<DecoderTraining>(
        params, std::move(inputs), *encoder, *judge, decoder, device));
}

}  // namespace pentimento::style::train
