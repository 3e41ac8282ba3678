#include "core/style/instant/instant_run.h"

#include "core/nn/module_state.h"
#include "core/style/instant/instant.h"
#include "core/style/params.h"
#include "core/tensor/frame.h"
#include "core/tensor/guard.h"
#include "core/tensor/safetensors.h"

namespace pentimento::style {
namespace {

constexpr const char* kFile = "instant.safetensors";

class InstantRun : public Run {
  public:
    InstantRun(ParamSet params, std::unique_ptr<InstantBlender> blender)
        : params_(std::move(params)), blender_(std::move(blender)) {}

    std::string kind() const override { return "style"; }
    const ParamSet& params() const override { return params_; }
    std::vector<MetricSpec> metric_specs() const override { return style::metric_specs(); }
    std::int64_t steps_done() const override { return done_ ? 1 : 0; }
    Status apply(const Patch& patch) override { return params_.apply(patch); }

    Result<StepReport> step() override {
        auto frame = blender_->blend(params_);
        if (!frame) return frame.error();
        picture_ = *std::move(frame);
        done_ = true;
        return StepReport{.step = 1, .total_steps = 1, .items = 1, .finished = true};
    }
    Result<Preview> preview() override {
        if (!done_) return Error{ErrorCode::NotFound, "The picture has not been painted yet.", {}};
        return Preview{picture_, 1, 1, 1};
    }
    Status save(const std::filesystem::path& dir) override {
        return tensor::guarded("Saving the picture", [&] {
            nn::NamedTensors tensors;
            if (done_) tensors.emplace_back("picture", frame_to_tensor(picture_));
            return write_safetensors(dir / kFile, tensors, {{"kind", kind()}});
        });
    }
    Status restore(const std::filesystem::path& dir) override {
        return tensor::guarded("Restoring the picture", [&]() -> Status {
            auto file = read_safetensors(dir / kFile);
            if (!file) return file.error();
            if (const auto picture = file->tensors.find("picture");
                picture != file->tensors.end()) {
                picture_ = tensor_to_frame(picture->second);
                done_ = true;
            }
            return {};
        });
    }

  private:
    ParamSet params_;
    std::unique_ptr<InstantBlender> blender_;
    Frame picture_;
    bool done_ = false;
};

}  // namespace

void give_pictures(InstantBlender& blender, const StyleInputs& inputs) {
    blender.set_content(inputs.content);
    for (std::size_t i = 0; i < inputs.styles.size(); ++i)
        blender.set_style(static_cast<int>(i), inputs.styles[i]);
    for (std::size_t i = 0; i < inputs.masks.size(); ++i)
        if (inputs.masks[i]) blender.set_mask(static_cast<int>(i), *inputs.masks[i]);
}

Result<std::unique_ptr<Run>> make_instant_run(const ParamSet& params, StyleInputs inputs) {
    if (auto fit = check_pictures(params, inputs); !fit) return fit.error();
    auto blender = InstantBlender::make(params, inputs.networks);
    if (!blender) return blender.error();
    give_pictures(**blender, inputs);
    return std::unique_ptr<Run>(std::make_unique<InstantRun>(params, *std::move(blender)));
}

}  // namespace pentimento::style
