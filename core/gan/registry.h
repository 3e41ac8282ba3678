// Architectures, losses and regularisers register themselves here: a new one is one new file,
// and the settings panel, the command line, the reference pages and the contract tests pick it up.
// Torch inside: not for ui.
#pragma once

#include <torch/torch.h>

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "core/gan/gan_run.h"
#include "core/gan/networks.h"
#include "core/params/schema.h"

namespace pentimento::gan {

struct Architecture {
    Entry entry;
    /// Its own parameters. An id that another architecture declares, too, must be declared alike;
    /// the panel then shows it for both.
    Schema params;
    /// Networks whose weights are drawn from `random`, on the CPU and in training mode.
    std::function<std::shared_ptr<Generator>(const NetworkShape&, const ParamSet&,
                                             torch::Generator random)>
        make_generator;
    std::function<std::shared_ptr<Discriminator>(const NetworkShape&, const ParamSet&,
                                                 torch::Generator random)>
        make_discriminator;
    /// For architectures that grow: where they are after `pictures` pictures. Empty for others.
    std::function<Growth(const NetworkShape&, const ParamSet&, std::int64_t pictures)> growth;
    /// Why these settings do not go with this architecture; empty when they do. May be left out.
    std::function<std::string(const ParamSet&)> refuses;
};

struct LossContext {
    double label_smoothing = 0;
    torch::Generator random;  ///< for losses that draw (hinge margins)
};

/// Losses are scalars to be minimised, finite for every finite logit; each is the mean over all
/// logits.
struct Loss {
    Entry entry;
    /// Loss on real and loss on fake, to be added.
    struct Discriminating {
        torch::Tensor real, fake;
    };
    std::function<Discriminating(const torch::Tensor& real_logits, const torch::Tensor& fake_logits,
                                 const LossContext&)>
        discriminator;
    /// `real_logits` carry no gradient and are undefined unless the loss is relativistic.
    std::function<torch::Tensor(const torch::Tensor& fake_logits, const torch::Tensor& real_logits)>
        generator;
    /// Compares real with made pictures, so that the generator's step needs both.
    bool relativistic = false;
    /// The logit above which the discriminator says "real".
    double boundary = 0;
    /// Whether σ(logit) is a probability; otherwise scores are shown as they are.
    bool probability = true;
    /// Why label smoothing has no meaning here; empty when it has.
    std::string no_smoothing;
};

enum class Player { Generator, Discriminator };

/// What a penalty may look at. Gradients are taken with create_graph.
struct RegulariserInput {
    Generator& generator;
    Discriminator& discriminator;
    /// What the discriminator was shown, after augmentation; leaves that require a gradient when
    /// the regulariser asks for it. Only in the discriminator's step.
    const Pyramid& reals;
    const Pyramid& fakes;
    torch::Tensor real_logits, fake_logits;  ///< of these, with their graph
    torch::Tensor labels;                    ///< of the reals
    torch::Tensor latents, latent_labels;    ///< only in the generator's step
    torch::Generator random;
};

/// A penalty that is added to a player's loss, times its weight. One that is computed every n-th
/// step only counts n times ("lazy regularisation", Karras et al. 2019, arXiv:1912.04958, appendix
/// B).
struct Regulariser {
    Entry entry;
    Player player = Player::Discriminator;
    Param<double> weight;       ///< live; 0 switches it off
    Param<std::int64_t> every;  ///< live; steps
    bool real_gradient = false;
    bool fake_gradient = false;
    /// A scalar, to be multiplied by the weight.
    std::function<torch::Tensor(const RegulariserInput&)> penalty;
    /// Why it cannot be used with this generator; empty when it can. May be left out.
    std::function<std::string(const Architecture&)> refuses;
};

/// Things by id, listed in alphabetical order whatever the order of registration.
template <class T>
class Registry {
  public:
    explicit Registry(std::string kind) : kind_(std::move(kind)) {}

    /// Throws std::logic_error for an id that is taken; during start-up that ends the program.
    bool add(T item) {
        const std::string id = item.entry.id;
        if (id.empty() || !items_.emplace(id, std::move(item)).second)
            throw std::logic_error("Two " + kind_ + " entries are called '" + id + "'.");
        return true;
    }
    /// nullptr when there is none.
    const T* find(std::string_view id) const {
        const auto found = items_.find(id);
        return found == items_.end() ? nullptr : &found->second;
    }
    const std::map<std::string, T, std::less<>>& items() const { return items_; }
    std::vector<Entry> entries() const {
        std::vector<Entry> list;
        for (const auto& [id, item] : items_) list.push_back(item.entry);
        return list;
    }

  private:
    std::string kind_;
    std::map<std::string, T, std::less<>> items_;
};

Registry<Architecture>& architecture_registry();
Registry<Loss>& loss_registry();
Registry<Regulariser>& regulariser_registry();
Registry<Family>& family_registry();

}  // namespace pentimento::gan
