// Turns what LibTorch throws into an Error: used once at each edge where the engine is called from
// outside.
#pragma once

#include <c10/util/Exception.h>

#include <exception>
#include <new>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace pentimento::tensor {

/// `what` is the thing that failed, as it begins a sentence: "Training step 12".
inline Error to_error(const std::exception& exception, std::string_view what) {
    const auto* torch_error = dynamic_cast<const c10::Error*>(&exception);
    const std::string text =
        torch_error != nullptr ? torch_error->what_without_backtrace() : exception.what();
    // The CPU allocator throws a plain c10::Error with this text, the CUDA one a class of its own.
    const bool memory = dynamic_cast<const c10::OutOfMemoryError*>(&exception) != nullptr ||
                        dynamic_cast<const std::bad_alloc*>(&exception) != nullptr ||
                        text.find("t allocate memory") != std::string::npos ||
                        text.find("out of memory") != std::string::npos;
    if (memory)
        return {ErrorCode::OutOfMemory,
                std::string(what) +
                    " needs more memory than is free. Choose a smaller batch, width or picture "
                    "size, or "
                    "close other programs.",
                text};
    return {ErrorCode::Internal,
            std::string(what) + " failed: " + text.substr(0, text.find('\n')) +
                " This is a fault of the program; please report it with the log.",
            text};
}

/// Calls `work`, whose result is a Result or Status, and catches what it throws.
template <class Work>
auto guarded(std::string_view what, Work&& work) -> decltype(work()) {
    try {
        return work();
    } catch (const std::exception& exception) {
        return to_error(exception, what);
    }
}

}  // namespace pentimento::tensor
