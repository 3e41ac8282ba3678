// The files of resources/models as part of the library. CMake names the folder.
#include "core/nn/features/builtin.h"

// clang-format off
#define PENTIMENTO_EMBED(name, file)                                        \
    __asm__(".section .rodata\n"                                            \
            ".balign 16\n"                                                  \
            ".global pentimento_" #name "_begin\n"                          \
            ".hidden pentimento_" #name "_begin\n"                          \
            "pentimento_" #name "_begin:\n"                                 \
            ".incbin \"" PENTIMENTO_MODELS_DIR "/" file "\"\n"              \
            ".global pentimento_" #name "_end\n"                            \
            ".hidden pentimento_" #name "_end\n"                            \
            "pentimento_" #name "_end:\n"                                   \
            ".byte 0\n"                                                     \
            ".previous\n");                                                 \
    extern "C" const std::byte pentimento_##name##_begin[], pentimento_##name##_end[]
// clang-format on

PENTIMENTO_EMBED(features, "features.safetensors");
PENTIMENTO_EMBED(decoder, "decoder.safetensors");

namespace pentimento::nn {

std::span<const std::byte> builtin_feature_weights() {
    return {pentimento_features_begin, pentimento_features_end};
}

std::span<const std::byte> builtin_decoder_weights() {
    return {pentimento_decoder_begin, pentimento_decoder_end};
}

}  // namespace pentimento::nn
