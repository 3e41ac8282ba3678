// What is behind an InstantBlender: one engine for each method.
#pragma once

#include <torch/torch.h>

#include "core/style/instant/instant.h"
#include "core/tensor/safetensors.h"

namespace pentimento::style {

struct InstantBlender::Impl {
    virtual ~Impl() = default;
    virtual void set_content(Frame content) = 0;
    virtual void set_style(int /*index*/, Frame /*style*/) {}
    virtual void set_mask(int /*index*/, Frame /*mask*/) {}
    /// [1, 3, h, w] in [0, 1] with longer edge `size`. Without gradients, exceptions allowed.
    virtual Result<torch::Tensor> blend(const ParamSet& params, int size) = 0;
};

/// Pictures must have this many px at their shorter edge.
inline constexpr int kInstantMinEdge = 32;

Result<std::unique_ptr<InstantBlender::Impl>> make_painter_engine(
    const std::filesystem::path& painter, const torch::Device& device);

/// Copies a style network's tensors, stored in half precision, into `network`; what is no number is
/// refused. `name` is used in messages.
Status load_network(torch::nn::Module& network, const TensorFile& file, const std::string& name);

}  // namespace pentimento::style
