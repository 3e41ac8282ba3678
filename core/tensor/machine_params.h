// Where a run computes: settings that every kind of run shares, declared once. No torch here.
#pragma once

#include <cstdint>
#include <string>

#include "core/params/param_spec.h"

namespace pentimento::tensor {

inline const Param<std::string> kDevice =
    Param<std::string>("device", "auto")
        .label("Device")
        .help("Where to compute. Automatic takes a CUDA graphics card when there is one.")
        .group("Machine")
        .choice("auto", "Automatic", "A CUDA graphics card when there is one, else the processor")
        .choice("cpu", "Processor")
        .choice("cuda", "Graphics card (CUDA)")
        .advanced();
inline const Param<std::int64_t> kThreads =
    Param<std::int64_t>("threads", 0)
        .label("Threads")
        .help(
            "Processors to use; 0 takes all that this program may "
            "use. With 1, results are the same bit for bit on "
            "every computer with the same kind of processor.")
        .unit("threads")
        .group("Machine")
        .range(0, 256)
        .advanced();

}  // namespace pentimento::tensor
