// A reader of Python's pickle programs that can build data and tensors and nothing else. Whatever
// else a program asks for is refused by name; no code of it is ever run. No torch here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace pentimento {

/// A run of numbers that a program refers to by its key; they lie elsewhere in the file.
struct PickledStorage {
    std::string key;
    std::string dtype;        ///< as in safetensors: "F32" …
    std::uint64_t count = 0;  ///< numbers in the whole storage
    std::uint64_t view_begin = 0;
    std::uint64_t view_count = 0;  ///< the part that is referred to, inside `count`
};

/// A window into a storage. Checked: shape and strides are of one length up to 16, nothing is
/// negative, and every element lies inside the storage.
struct PickledTensor {
    PickledStorage storage;
    std::uint64_t offset = 0;  ///< numbers from the start of the whole storage
    std::vector<std::int64_t> shape;
    std::vector<std::int64_t> stride;
    std::uint64_t elements = 0;  ///< product of shape
    std::uint64_t extent = 0;    ///< numbers from `offset` to the last element used, inclusive
};

struct PickleNode {
    enum class Kind {
        None,
        Bool,
        Int,
        BigInt,
        Float,
        Text,
        List,
        Tuple,
        Dict,
        Callable,
        Storage,
        Tensor
    };
    Kind kind = Kind::None;
    std::int64_t integer = 0;  ///< Int, Bool; index into `storages` or `tensors`
    double real = 0;           ///< Float
    std::string text;          ///< Text; Callable: "module.name"; BigInt: its bytes, little-endian
    std::vector<std::uint32_t> items;  ///< List, Tuple; Dict: key, value, key, value …
};

/// What a program built. Nodes refer to each other by index and may do so in circles.
struct Pickle {
    std::vector<PickleNode> nodes;
    std::vector<PickledStorage> storages;
    std::vector<PickledTensor> tensors;
    std::uint32_t root = 0;
    std::size_t bytes = 0;  ///< length of the program

    const PickleNode& at(std::uint32_t index) const { return nodes[index]; }
    const PickleNode& top() const { return nodes[root]; }
    /// The value of a text key, or nullptr.
    const PickleNode* find(const PickleNode& dict, std::string_view key) const;
};

/// Larger programs are refused; those of the largest networks have a few megabytes.
inline constexpr std::size_t kMaxPickleBytes = 16u << 20;
/// Values and tensors that a program may build; with them, memory stays below some 300 MB.
inline constexpr std::size_t kMaxPickleValues = 1u << 20;
inline constexpr std::size_t kMaxPickledTensors = 1u << 17;

/// Interprets one program at the start of `bytes`, which may go on behind it. `name` is the file's,
/// for messages. Errors: Unsupported (asks for something that is not data), Corrupt, TooLarge.
Result<Pickle> read_pickle(std::span<const std::byte> bytes, std::string_view name);

}  // namespace pentimento
