// Keeps the critic's scale from drifting away from zero. Karras et al. 2017 (arXiv:1710.10196),
// appendix A.1.
#include "core/gan/registry.h"
#include "core/gan/regularise/gradients.h"

namespace pentimento::gan::drift {
namespace {

torch::Tensor penalty(const RegulariserInput& in) {
    return precise(in.real_logits).square().mean();
}

const bool kRegistered = regulariser_registry().add(
    {.entry = {"drift", "Drift penalty",
               "The Wasserstein loss does not care where the critic's scale begins; this keeps it "
               "near zero, so that numbers do not grow for nothing.",
               "Karras et al. 2017, Progressive Growing of GANs, arXiv:1710.10196, appendix A.1"},
     .weight = Param<double>("drift_weight", 0)
                   .label("Drift ε")
                   .help("Weight of the squared score of real pictures. 0.001 is the paper's; 0 is "
                         "off.")
                   .range(0, 10)
                   .step(0.001)
                   .live()
                   .advanced(),
     .every = Param<std::int64_t>("drift_every", 1)
                  .label("Drift every")
                  .help("Computes the penalty at every n-th step and counts it n times.")
                  .unit("steps")
                  .range(1, 64)
                  .live()
                  .advanced(),
     .penalty = penalty});

}  // namespace
}  // namespace pentimento::gan::drift
