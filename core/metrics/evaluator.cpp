// Real pictures are looked at once; what every evaluation needs of them is kept.
#include "core/metrics/evaluator.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>
#include <vector>

#include "core/base/random.h"
#include "core/base/text.h"
#include "core/metrics/distances.h"
#include "core/tensor/batch.h"
#include "core/tensor/guard.h"

namespace pentimento::metrics {
namespace {

constexpr std::int64_t kPortion = 256;
constexpr std::int64_t kPublishedCount = 50'000;
constexpr double kNoValue = std::numeric_limits<double>::quiet_NaN();

/// Which pictures, as one order: the first real_count are compared with, the first searched_count
/// are searched.
std::vector<std::uint32_t> chosen_order(std::int64_t count, std::uint64_t seed) {
    return random_permutation(static_cast<std::uint32_t>(count), derive_seed(seed, 3, 0));
}

/// Every picture needs its neighbours, and every half of a set two members.
std::int64_t fewest_pictures(const EvaluatorSettings& settings) {
    return std::max<std::int64_t>(settings.neighbours + 2, 4);
}

double ratio(double value, double reference) {
    return reference > 0 ? value / reference : kNoValue;
}

}  // namespace

struct Evaluator::Impl {
    FeaturesPointer features;
    EvaluatorSettings settings;
    std::int64_t dataset_count = 0;
    torch::Tensor real;  ///< real_count×d
    torch::Tensor pool;  ///< all that is searched; mirror images follow
    std::int64_t searched = 0;
    NormalFit fit;
    torch::Tensor radii;
    double pairwise = 0, nearest = 0;  ///< the real pictures' own

    std::string fid_note(std::int64_t made, bool& comparable) const;
    Result<torch::Tensor> look(const PackedDataset& data, const Progress& progress);
};

Evaluator::Evaluator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {
}
Evaluator::Evaluator(Evaluator&&) noexcept = default;
Evaluator& Evaluator::operator=(Evaluator&&) noexcept = default;
Evaluator::~Evaluator() = default;

/// Features of the searched pictures, then of their mirror images.
Result<torch::Tensor> Evaluator::Impl::look(const PackedDataset& data, const Progress& progress) {
    const auto order = chosen_order(data.count(), settings.seed);
    std::vector<torch::Tensor> found;
    const std::int64_t total = searched * (settings.mirrored ? 2 : 1);
    for (std::int64_t done = 0; done < total;) {
        const std::int64_t side_end = done < searched ? searched : total;
        const std::int64_t end = std::min(done + kPortion, side_end);
        std::vector<Draw> draws;
        for (std::int64_t i = done; i < end; ++i)
            draws.push_back({order[static_cast<std::size_t>(i % searched)], done >= searched});
        found.push_back(features->extract(tensor::load_batch(data, draws, torch::kCPU)));
        done = end;
        if (progress && !progress(static_cast<double>(done) / static_cast<double>(total)))
            return Error{ErrorCode::Cancelled, "Looking at the real pictures was cancelled.", {}};
    }
    return torch::cat(found);
}

Result<Evaluator> Evaluator::create(const PackedDataset& data, FeaturesPointer features,
                                    const EvaluatorSettings& settings, const Progress& progress) {
    const std::int64_t fewest = fewest_pictures(settings);
    if (settings.neighbours < 1 || settings.real_count < fewest || settings.searched_count < 0 ||
        data.count() < fewest)
        return Error{ErrorCode::InvalidArgument,
                     "The quality of pictures cannot be measured with fewer than " +
                         std::to_string(fewest) + " real ones. '" +
                         to_valid_utf8(data.info().name) + "' has " + format_count(data.count()) +
                         ".",
                     {}};
    return tensor::guarded("Looking at the real pictures", [&]() -> Result<Evaluator> {
        torch::NoGradGuard no_grad;
        auto impl = std::make_unique<Impl>();
        impl->features = std::move(features);
        impl->settings = settings;
        impl->dataset_count = data.count();
        const std::int64_t reals = std::min(settings.real_count, data.count());
        impl->searched = std::min(std::max(settings.searched_count, reals), data.count());
        auto pool = impl->look(data, progress);
        if (!pool) return pool.error();
        impl->pool = *pool;
        impl->real = impl->pool.slice(0, 0, reals);
        impl->fit = fit_normal(impl->real);
        impl->radii = neighbour_radii(impl->real, settings.neighbours);
        impl->pairwise = mean_pairwise_distance(impl->real);
        impl->nearest = median_of(nearest_other_distances(
            impl->real, impl->pool, torch::arange(reals, torch::kInt64), impl->searched));
        return Evaluator(std::move(impl));
    });
}

std::int64_t Evaluator::real_count() const {
    return impl_->real.size(0);
}

std::string Evaluator::Impl::fid_note(std::int64_t made, bool& comparable) const {
    const std::int64_t reals = real.size(0);
    const std::string counts =
        format_count(made) + " made and " + format_count(reals) + " real pictures";
    comparable = features->is_official_inception() && made >= kPublishedCount &&
                 (reals >= kPublishedCount || reals == dataset_count);
    if (comparable)
        return "FID of " + counts + ": comparable with values published for this data and size.";
    const std::string why = features->is_official_inception()
                                ? "papers use 50,000 made pictures and all real ones"
                                : "papers use the Inception network of 2015-12-05";
    const std::string bias = std::min(made, reals) < features->dimensions()
                                 ? " With fewer pictures than the features have dimensions most of "
                                   "it is bias; KID is the better guide."
                                 : "";
    return "Not comparable with published FID: this is of " + counts + " by " + features->name() +
           ", " + why + "." + bias;
}

Result<Evaluation> Evaluator::evaluate(const torch::Tensor& generated) const {
    return tensor::guarded("Measuring the quality of pictures", [&]() -> Result<Evaluation> {
        const auto start = std::chrono::steady_clock::now();
        if (generated.dim() != 4 || (generated.size(1) != 1 && generated.size(1) != 3))
            return Error{ErrorCode::InvalidArgument,
                         "Pictures to be measured must be N×C×H×W with 1 or 3 channels.",
                         {}};
        auto result = evaluate_features(impl_->features->extract(generated));
        if (result)
            result->seconds =
                std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return result;
    });
}

const MetricFeatures& Evaluator::features() const {
    return *impl_->features;
}

Result<Evaluation> Evaluator::evaluate_features(const torch::Tensor& made) const {
    return tensor::guarded("Measuring the quality of pictures", [&]() -> Result<Evaluation> {
        const auto start = std::chrono::steady_clock::now();
        torch::NoGradGuard no_grad;
        const Impl& own = *impl_;
        if (made.dim() != 2 || made.size(1) != own.features->dimensions() ||
            made.size(0) < fewest_pictures(own.settings))
            return Error{ErrorCode::InvalidArgument,
                         "At least " + std::to_string(fewest_pictures(own.settings)) +
                             " pictures are needed to measure their quality.",
                         {}};
        if (!torch::isfinite(made).all().item<bool>())
            return Error{
                ErrorCode::Numeric,
                "The generator's pictures hold NaN or infinity, so their quality cannot be "
                "measured. Go back to an earlier checkpoint and lower the learning rates.",
                {}};
        Evaluation found;
        const auto kid = kernel_distance(own.real, made, own.settings.seed);
        found.kid = kid.value;
        found.kid_error = kid.error;
        found.fid = frechet_distance(own.fit, fit_normal(made));
        found.fid_note = own.fid_note(made.size(0), found.fid_comparable);
        found.precision = covered_share(made, own.real, own.radii);
        found.recall =
            covered_share(own.real, made, neighbour_radii(made, own.settings.neighbours));
        found.diversity = ratio(mean_pairwise_distance(made), own.pairwise);
        found.nearest_ratio = ratio(median_of(nearest_distances(made, own.pool)), own.nearest);
        found.features = own.features->name();
        found.dimensions = own.features->dimensions();
        found.real_count = own.real.size(0);
        found.generated_count = made.size(0);
        found.searched_count = own.searched;
        found.seconds =
            std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return found;
    });
}

}  // namespace pentimento::metrics
