// Architectures and losses register themselves here: a new one is one new file in arch/ or loss/,
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
#include "core/params/schema.h"

namespace pentimento::gan {

/// N×latent standard normals → N×C×S×S pictures in [−1, 1].
class Generator : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(const torch::Tensor& latents) = 0;
};

/// N×C×S×S pictures → N logits: sigmoid(logit) is the probability that the picture is real.
class Discriminator : public torch::nn::Module {
  public:
    virtual torch::Tensor forward(const torch::Tensor& pictures) = 0;
};

/// What a network must fit.
struct NetworkShape {
    int size = 64;     ///< pixels, one of the architecture's sizes
    int channels = 3;  ///< 1 or 3
    int latent = 100;  ///< numbers in a latent
};

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
};

/// Both functions give a scalar to be minimised, finite for every finite logit.
struct Loss {
    Entry entry;
    /// `real_target` is the probability the discriminator shall give real pictures: 1, or a little
    /// less with one-sided label smoothing. Loss on real and loss on fake, to be added.
    struct Discriminating {
        torch::Tensor real, fake;
    };
    std::function<Discriminating(const torch::Tensor& real_logits, const torch::Tensor& fake_logits,
                                 double real_target)>
        discriminator;
    std::function<torch::Tensor(const torch::Tensor& fake_logits)> generator;
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

}  // namespace pentimento::gan
