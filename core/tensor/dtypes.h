// The number types of tensors in files, by safetensors' names.
#pragma once

#include <torch/torch.h>

#include <array>
#include <optional>
#include <string_view>
#include <utility>

namespace pentimento::tensor {

inline constexpr std::array<std::pair<std::string_view, torch::ScalarType>, 10> kTypes{{
    {"F64", torch::kFloat64},
    {"F32", torch::kFloat32},
    {"F16", torch::kFloat16},
    {"BF16", torch::kBFloat16},
    {"I64", torch::kInt64},
    {"I32", torch::kInt32},
    {"I16", torch::kInt16},
    {"I8", torch::kInt8},
    {"U8", torch::kUInt8},
    {"BOOL", torch::kBool},
}};

inline std::optional<torch::ScalarType> scalar_type(std::string_view dtype) {
    for (const auto& [name, type] : kTypes)
        if (name == dtype) return type;
    return std::nullopt;
}

/// Empty for a type that the format does not know.
inline std::string_view dtype_name(torch::ScalarType type) {
    for (const auto& [name, known] : kTypes)
        if (known == type) return name;
    return {};
}

}  // namespace pentimento::tensor
