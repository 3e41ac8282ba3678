// The two registries, made on first use, so that files may register in any order.
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

std::vector<Entry> architectures() {
    return architecture_registry().entries();
}
std::vector<Entry> losses() {
    return loss_registry().entries();
}

}  // namespace pentimento::gan
