// The two players of a GAN as training sees them. Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <utility>
#include <vector>

namespace pentimento::gan {

/// What a network must fit.
struct NetworkShape {
    int size = 64;     ///< pixels, one of the architecture's sizes
    int channels = 3;  ///< 1 or 3
    int latent = 100;  ///< numbers in a latent
    int classes = 0;   ///< classes to be told apart by; 0: unconditional
};

/// The same pictures at one or several scales, the largest first: N×C×s×s in [−1, 1]. Most networks
/// know one scale; multi-scale ones exchange several.
using Pyramid = std::vector<torch::Tensor>;

/// How far progressive growing has come (Karras et al. 2017, arXiv:1710.10196).
struct Growth {
    std::int64_t size = 0;  ///< pixels that are made now
    double fade = 1;        ///< weight of the newest scale, 0 … 1; 1 when it has settled
    friend bool operator==(const Growth&, const Growth&) = default;
};

class Network : public torch::nn::Module {
  public:
    /// Where chance inside the network (layer noise, style mixing, dropout) comes from. Set anew
    /// before every pass in training, so that a step's draws depend on that step alone; in
    /// evaluation mode nothing is drawn.
    void set_random(torch::Generator random) { random_ = std::move(random); }
    /// Ignored by networks that do not grow.
    virtual void set_growth(const Growth&) {}

  protected:
    torch::Generator random_;
};

class Generator : public Network {
  public:
    /// latents: N×latent standard normals. labels: N int64 in [0, classes), undefined without
    /// classes. Element 0 of the result is the picture.
    virtual Pyramid forward(const torch::Tensor& latents, const torch::Tensor& labels) = 0;
};

/// A generator with an intermediate latent space W (Karras et al. 2018, arXiv:1812.04948): its
/// forward() is synthesise(map(…)), in training mode with style mixing.
class StyleGenerator : public Generator {
  public:
    /// → N×layers×w, one style a layer.
    virtual torch::Tensor map(const torch::Tensor& latents, const torch::Tensor& labels) = 0;
    virtual Pyramid synthesise(const torch::Tensor& styles) = 0;
    /// Moving average of ‖Jᵀy‖ of path length regularisation; a buffer, so that it is saved.
    torch::Tensor path_length_mean;
    /// Moving average of w; where truncation pulls to. 1×w, a buffer.
    torch::Tensor mean_style;
};

struct Judgement {
    torch::Tensor logits;
    torch::Tensor
        auxiliary;  ///< a scalar to be added to the discriminator's loss; may be undefined
};

class Discriminator : public Network {
  public:
    /// N logits, or N×M where a network judges M parts of each picture: higher is more real.
    virtual torch::Tensor forward(const Pyramid& pictures, const torch::Tensor& labels) = 0;
    /// Real pictures in the discriminator's own step, for networks that learn something besides.
    virtual Judgement judge_reals(const Pyramid& pictures, const torch::Tensor& labels) {
        return {forward(pictures, labels), {}};
    }
    /// Pixels of the scales that it looks at now, the largest first. Empty: full size alone.
    virtual std::vector<std::int64_t> scales() const { return {}; }
};

}  // namespace pentimento::gan
