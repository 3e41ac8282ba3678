// What loops of our own are compiled for, several times over: each kind of register that x86
// processors have. Without LibTorch.
#pragma once

namespace pentimento::tensor {

enum class Width { Any, Avx2, Avx512 };

/// The widest that this processor has.
inline Width widest() {
#if defined(__x86_64__)
    static const Width found = __builtin_cpu_supports("avx512f") ? Width::Avx512
                               : __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")
                                   ? Width::Avx2
                                   : Width::Any;
    return found;
#else
    return Width::Any;
#endif
}

/// Numbers in a register.
constexpr int lanes(Width width) {
    return width == Width::Avx512 ? 16 : width == Width::Avx2 ? 8 : 4;
}

template <int kLanes>
struct Lanes {
    // Read and written at any address.
    typedef float Numbers __attribute__((vector_size(4 * kLanes), aligned(4), may_alias));
};

/// A number that has been loaded stays in its register. GCC 12 otherwise loads it again with each
/// product that it is a factor of, and a processor loads no more than it multiplies.
#if defined(__x86_64__)
#define PENTIMENTO_IN_REGISTER(numbers) asm("" : "+v"(numbers))
#else
#define PENTIMENTO_IN_REGISTER(numbers)
#endif

// Loops are part of the functions that say which processor they are compiled for.
#define PENTIMENTO_INLINE [[gnu::always_inline]] inline
#if defined(__x86_64__)
#define PENTIMENTO_AVX512 [[gnu::target("avx512f")]]
#define PENTIMENTO_AVX2 [[gnu::target("avx2,fma")]]
#else
#define PENTIMENTO_AVX512
#define PENTIMENTO_AVX2
#endif

}  // namespace pentimento::tensor
