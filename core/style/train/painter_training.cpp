// The losses of a painter of one style.
#include "core/style/train/painter_training.h"

#include "core/style/instant/painter.h"
#include "core/style/train/judge.h"
#include "core/style/train/network_run.h"
#include "core/style/train/params.h"
#include "core/style/working_picture.h"
#include "core/tensor/compat.h"
#include "core/tensor/machine.h"
#include "core/tensor/random.h"

namespace pentimento::style::train {
namespace {

using torch::Tensor;

// Johnson's layers; relu3_3 rather than relu2_2 for the content leaves the style more freedom.
const std::vector<std::string> kLayers = {"relu1_2", "relu2_2", "relu3_3", "relu4_3"};
constexpr std::size_t kContentAt = 2;
constexpr double kTvUnit = 10;

class PainterTraining : public NetworkRun {
  public:
    PainterTraining(ParamSet params, PackedDataset pictures, const Tensor& style,
                    std::shared_ptr<const nn::FeatureNetwork> judge, const Painter& painter,
                    const torch::Device& device)
        : NetworkRun(std::move(params), std::move(pictures), painter.ptr(), device),
          style_(style),
          judge_(std::move(judge)),
          painter_(painter) {
        torch::NoGradGuard no_grad;
        for (const auto& features : features_of(*judge_, style_, kLayers))
            grams_.push_back(gram_matrices(features));
    }

  protected:
    Terms terms(const Tensor& pictures, torch::Generator&) override {
        const auto painted = paint(pictures);
        const auto features = features_of(*judge_, painted, kLayers);
        Tensor content_features;
        {
            torch::NoGradGuard no_grad;
            content_features = features_of(*judge_, pictures, {kLayers[kContentAt]})[0];
        }
        const auto content = feature_distance(features[kContentAt], content_features);
        auto style = torch::zeros({}, pictures.options());
        for (std::size_t i = 0; i < kLayers.size(); ++i)
            style = style + (gram_matrices(features[i]) - grams_[i]).square().sum({1, 2}).mean() /
                                grams_[i].square().sum();
        style = style / static_cast<double>(kLayers.size()) + palette_distance(painted, style_);
        const auto total = params_.get(kContentWeight) * content +
                           params_.get(kStyleWeight) * style +
                           params_.get(kTvWeight) * kTvUnit * roughness(painted);
        return {{"content_loss", content}, {"style_loss", style}, {"total", total}};
    }
    std::vector<Metric> held_out(const Tensor& pictures) override {
        torch::Generator unused;
        return unseen(terms(few(pictures), unused));
    }
    Tensor show(const Tensor& pictures, int& columns) override {
        columns = static_cast<int>(pictures.size(0));
        return torch::cat({pictures, paint(pictures)});
    }

  private:
    Tensor paint(const Tensor& pictures) {
        const tensor::Autocast fast(device().is_cuda(), device());
        return painter_->forward(pictures);
    }

    Tensor style_;
    std::shared_ptr<const nn::FeatureNetwork> judge_;
    std::vector<Tensor> grams_;
    Painter painter_;
};

}  // namespace

Result<std::unique_ptr<Run>> make_painter_training(const ParamSet& params, Inputs inputs) {
    const auto device_name = tensor::set_up_machine(params);
    if (!device_name) return device_name.error();
    const torch::Device device(*device_name);
    auto judge = load_judge(inputs, device);
    if (!judge) return judge.error();
    auto style = resized_to_edge(*inputs.style, static_cast<int>(params.get(kStyleEdge)), 32,
                                 "The style picture");
    if (!style) return style.error();
    Painter painter(params.get(kWidth));
    painter->init(tensor::make_generator(static_cast<std::uint64_t>(params.get(kSeed)),
                                         tensor::Stream::InitGenerator, 0));
    painter->to(device);
    return std::unique_ptr<Run>(std::make_unique<PainterTraining>(
        params, std::move(inputs.pictures), style->to(device), *judge, painter, device));
}

}  // namespace pentimento::style::train
