// Evaluations during training.
#include "core/gan/evaluation.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "core/gan/params.h"
#include "core/tensor/guard.h"

namespace pentimento::gan {

bool Evaluations::due(const ParamSet& params, std::int64_t step) const {
    const std::int64_t every = params.get(kEvaluateEvery);
    return !failed_ && every > 0 && (step % every == 0 || step == params.get(kSteps));
}

Result<metrics::FeaturesPointer> evaluation_features(const std::string& weights,
                                                     const torch::Device& device) {
    if (weights.empty()) return metrics::make_filter_bank(device);
    if (auto network = metrics::load_network_features(weights, 64, device);
        network || network.error().code != ErrorCode::Unsupported)
        return network;
    return metrics::load_inception_features(weights, device);
}

Status Evaluations::prepare(const ParamSet& params) {
    if (evaluator_) return {};
    auto features = evaluation_features(params.get(kEvaluateFeatures), device_);
    if (!features) return features.error();
    metrics::EvaluatorSettings settings;
    settings.real_count = params.get(kEvaluateCount);
    settings.mirrored = params.get(kFlips);
    auto evaluator = metrics::Evaluator::create(data_, *features, settings);
    if (!evaluator) return evaluator.error();
    evaluator_.emplace(*std::move(evaluator));
    return {};
}

Evaluations::Outcome Evaluations::evaluate(const ParamSet& params, const Make& make) {
    Outcome outcome;
    const auto give_up = [&](const Error& error) {
        failed_ = true;
        outcome.events.push_back(
            {.type = "warning",
             .text = "The pictures are not evaluated any more: " + error.message,
             .severity = Severity::Warning,
             .data = nullptr});
        return outcome;
    };
    if (Status ready = prepare(params); !ready) return give_up(ready.error());
    const auto found =
        evaluator_->evaluate(make(std::min(params.get(kEvaluateCount), evaluator_->real_count())));
    if (!found) {
        // Broken pictures are for the divergence check; the next evaluation may work again.
        if (found.error().code == ErrorCode::Numeric) return outcome;
        return give_up(found.error());
    }
    const auto add = [&](const char* id, double value) {
        if (std::isfinite(value)) outcome.metrics.push_back({id, value});
    };
    add("kid", found->kid);
    add("kid_error", found->kid_error);
    if (found->fid_comparable || !params.get(kEvaluateFeatures).empty()) add("fid", found->fid);
    add("precision", found->precision);
    add("recall", found->recall);
    add("diversity", found->diversity);
    add("nearest", found->nearest_ratio);
    if (std::isfinite(found->kid)) outcome.score = found->kid;
    return outcome;
}

std::optional<double> Evaluations::fixed_change(const torch::Tensor& pictures) {
    std::optional<double> change;
    if (last_pictures_.defined() && last_pictures_.sizes() == pictures.sizes())
        change = (pictures - last_pictures_).abs().mean().item<double>() / 2;
    last_pictures_ = pictures;
    return change;
}

}  // namespace pentimento::gan
