#include "core/tensor/machine.h"

#include "core/tensor/device.h"
#include "core/tensor/machine_params.h"

namespace pentimento::tensor {

Result<std::string> set_up_machine(const ParamSet& params) {
    auto device = resolve_device(params.get(kDevice));
    if (!device) return device;
    set_threads(static_cast<int>(params.get(kThreads)));
    prepare_device(*device);
    return device;
}

}  // namespace pentimento::tensor
