// The registries, made on first use, so that files may register in any order.
#include "core/gan/registry.h"

namespace pentimento::gan {

Registry<Architecture>& architecture_registry() {
    static Registry<Architecture> registry("architecture");
    return registry;
}

Registry<Loss>& loss_registry() {
    static Registry<Loss> registry("loss");
    return registry;
}

Registry<Regulariser>& regulariser_registry() {
    static Registry<Regulariser> registry("regulariser");
    return registry;
}

Registry<Family>& family_registry() {
    static Registry<Family> registry("family");
    return registry;
}

std::vector<Family> families() {
    std::vector<Family> list;
    for (const auto& [id, family] : family_registry().items()) list.push_back(family);
    return list;
}
std::vector<Entry> architectures() {
    return architecture_registry().entries();
}
std::vector<Entry> losses() {
    return loss_registry().entries();
}
std::vector<Entry> regularisers() {
    return regulariser_registry().entries();
}

}  // namespace pentimento::gan
