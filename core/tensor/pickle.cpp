// The pickle machine (Python's pickletools describes every instruction): a stack, a memo, and a
// short list of names that mean data. Values are nodes in one vector, so that circular programs
// leak nothing.
#include "core/tensor/pickle.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_map>

#include "core/base/text.h"

namespace pentimento {
namespace {

using Kind = PickleNode::Kind;
using Index = std::uint32_t;

constexpr std::size_t kMaxRank = 16;

/// Ends the interpretation; never leaves this file.
struct Refusal {
    ErrorCode code;
    std::string message;
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kStorages{{
    {"torch.FloatStorage", "F32"},
    {"torch.HalfStorage", "F16"},
    {"torch.BFloat16Storage", "BF16"},
    {"torch.DoubleStorage", "F64"},
    {"torch.LongStorage", "I64"},
    {"torch.IntStorage", "I32"},
    {"torch.ShortStorage", "I16"},
    {"torch.CharStorage", "I8"},
    {"torch.ByteStorage", "U8"},
    {"torch.BoolStorage", "BOOL"},
}};

constexpr std::string_view kOrderedDict = "collections.OrderedDict";
constexpr std::string_view kParameter = "torch.nn.parameter.Parameter";
constexpr std::string_view kRebuild1 = "torch._utils._rebuild_tensor";
constexpr std::string_view kRebuild2 = "torch._utils._rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils._rebuild_parameter";

std::string_view storage_dtype(std::string_view callable) {
    for (const auto& [name, dtype] : kStorages)
        if (name == callable) return dtype;
    return {};
}

bool is_known(std::string_view name) {
    return name == kOrderedDict || name == kParameter || name == kRebuild1 || name == kRebuild2 ||
           name == kRebuildParameter || !storage_dtype(name).empty();
}

/// Fit for a message: valid UTF-8 on one line, and not endless.
std::string shown(std::string_view text) {
    std::string line(text.substr(0, 120));
    for (char& c : line)
        if (static_cast<unsigned char>(c) < 0x20) c = ' ';
    return to_valid_utf8(line);
}

class Machine {
  public:
    explicit Machine(std::span<const std::byte> bytes) : bytes_(bytes) {}

    Pickle run() {
        while (!execute(byte())) {
        }
        out_.bytes = at_;
        return std::move(out_);
    }

  private:
    [[noreturn]] static void damaged(std::string problem) {
        throw Refusal{ErrorCode::Corrupt, std::move(problem)};
    }
    [[noreturn]] static void refuse_call(std::string_view what) {
        throw Refusal{ErrorCode::Unsupported, "it asks to run '" + shown(what) + "'"};
    }

    // ---- input ----
    std::string_view take(std::uint64_t count) {
        if (count > bytes_.size() - at_) damaged("its program ends too early");
        const auto* begin = reinterpret_cast<const char*>(bytes_.data()) + at_;
        at_ += static_cast<std::size_t>(count);
        return {begin, static_cast<std::size_t>(count)};
    }
    std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
    template <class T>
    T little() {
        T value;
        std::memcpy(&value, take(sizeof(T)).data(), sizeof(T));
        return value;
    }
    std::string_view line() {
        const auto* begin = reinterpret_cast<const char*>(bytes_.data()) + at_;
        const auto* end = static_cast<const char*>(std::memchr(begin, '\n', bytes_.size() - at_));
        if (end == nullptr) damaged("its program ends too early");
        const std::string_view text(begin, static_cast<std::size_t>(end - begin));
        at_ += text.size() + 1;
        return text;
    }
    template <class T>
    static T number(std::string_view text) {
        T value{};
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size())
            damaged("it holds a number that cannot be read");
        return value;
    }

    // ---- stack and memo ----
    PickleNode& node(Index index) { return out_.nodes[index]; }
    Index make(Kind kind) {
        limit(out_.nodes.size(), kMaxPickleValues, "values");
        out_.nodes.emplace_back().kind = kind;
        return static_cast<Index>(out_.nodes.size() - 1);
    }
    void push(Index index) {
        limit(stack_.size(), kMaxPickleValues, "values");
        stack_.push_back(index);
    }
    void push_integer(std::int64_t value, Kind kind = Kind::Int) {
        const Index made = make(kind);
        node(made).integer = value;
        push(made);
    }
    void push_text(std::string_view text, Kind kind = Kind::Text) {
        const Index made = make(kind);
        node(made).text = text;
        push(made);
    }
    void push_long(std::string_view bytes) {
        if (bytes.size() > 8) return push_text(bytes, Kind::BigInt);
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < bytes.size(); ++i)
            value |= std::uint64_t{static_cast<std::uint8_t>(bytes[i])} << (8 * i);
        if (!bytes.empty() && bytes.size() < 8 && (bytes.back() & 0x80))
            value |= ~std::uint64_t{0} << (8 * bytes.size());
        push_integer(static_cast<std::int64_t>(value));
    }
    /// What lies above the last mark is out of reach until the mark is taken.
    std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }
    Index pop() {
        if (stack_.size() <= floor()) damaged("its program takes from an empty stack");
        const Index top = stack_.back();
        stack_.pop_back();
        return top;
    }
    Index peek() {
        if (stack_.size() <= floor()) damaged("its program takes from an empty stack");
        return stack_.back();
    }
    std::vector<Index> pop_to_mark() {
        if (marks_.empty()) damaged("its program lacks a mark");
        const auto begin = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
        std::vector<Index> items(begin, stack_.end());
        stack_.erase(begin, stack_.end());
        marks_.pop_back();
        return items;
    }
    static void limit(std::size_t count, std::size_t most, const char* what) {
        if (count >= most)
            throw Refusal{ErrorCode::TooLarge, std::string("it holds too many ") + what};
    }
    void remember(std::uint64_t slot) {
        limit(memo_.size(), kMaxPickleValues, "values");
        memo_[slot] = peek();
    }
    void mark() {
        limit(marks_.size(), kMaxPickleValues, "values");
        marks_.push_back(stack_.size());
    }
    /// For what instructions copy: without it, a short program could copy endlessly.
    void copied(std::size_t count) {
        copied_ += count;
        limit(copied_, kMaxPickleValues, "values");
    }
    void recall(std::uint64_t slot) {
        const auto found = memo_.find(slot);
        if (found == memo_.end()) damaged("its program recalls what it never stored");
        push(found->second);
    }
    void push_items(Kind kind, std::vector<Index> items) {
        const Index made = make(kind);
        node(made).items = std::move(items);
        push(made);
    }
    void push_tuple(std::size_t count) {
        std::vector<Index> items(count);
        for (std::size_t i = count; i-- > 0;) items[i] = pop();
        push_items(Kind::Tuple, std::move(items));
    }
    void extend(Kind kind, const std::vector<Index>& items) {
        PickleNode& target = node(peek());
        if (target.kind != kind) damaged("its program adds to something that is no list or dict");
        if (kind == Kind::Dict && items.size() % 2 != 0) damaged("it holds a key without a value");
        target.items.insert(target.items.end(), items.begin(), items.end());
    }
    void call_to_dict(const std::vector<Index>& arguments) {
        std::vector<Index> items;
        if (arguments.size() > 1) damaged("an OrderedDict has too many arguments");
        if (arguments.size() == 1) {
            const PickleNode& pairs = node(arguments[0]);
            copied(pairs.items.size());
            if (pairs.kind != Kind::List) damaged("an OrderedDict is not made of pairs");
            for (const Index pair : pairs.items) {
                const PickleNode& entry = node(pair);
                if ((entry.kind != Kind::Tuple && entry.kind != Kind::List) ||
                    entry.items.size() != 2)
                    damaged("an OrderedDict is not made of pairs");
                items.push_back(entry.items[0]);
                items.push_back(entry.items[1]);
            }
        }
        push_items(Kind::Dict, std::move(items));
    }

    // ---- torch's own ----
    std::uint64_t count_of(Index index) {
        const PickleNode& value = node(index);
        if (value.kind != Kind::Int || value.integer < 0)
            damaged("a size or offset is not a number, or negative");
        return static_cast<std::uint64_t>(value.integer);
    }
    std::vector<std::int64_t> sizes_of(Index index) {
        const PickleNode& value = node(index);
        if (value.kind != Kind::Tuple && value.kind != Kind::List) damaged("a shape is no list");
        if (value.items.size() > kMaxRank) damaged("a tensor has more than 16 dimensions");
        std::vector<std::int64_t> sizes;
        for (const Index item : value.items)
            sizes.push_back(static_cast<std::int64_t>(count_of(item)));
        return sizes;
    }

    /// ("storage", type, key, location, count[, None | (key, begin, count)])
    void push_storage(Index index) {
        const PickleNode id = node(index);
        if (id.kind != Kind::Tuple || id.items.size() < 5 || id.items.size() > 6 ||
            node(id.items[0]).text != "storage" || node(id.items[1]).kind != Kind::Callable)
            damaged("it refers to something that is no storage");
        PickledStorage storage;
        storage.dtype = storage_dtype(node(id.items[1]).text);
        if (storage.dtype.empty()) damaged("a storage has no known type");
        const PickleNode& key = node(id.items[2]);
        if (key.kind != Kind::Text && key.kind != Kind::Int) damaged("a storage has no key");
        storage.key = key.kind == Kind::Text ? key.text : std::to_string(key.integer);
        storage.count = count_of(id.items[4]);
        storage.view_count = storage.count;
        if (id.items.size() == 6 && node(id.items[5]).kind != Kind::None) {
            const PickleNode view = node(id.items[5]);
            if (view.kind != Kind::Tuple || view.items.size() != 3)
                damaged("a view of a storage cannot be read");
            storage.view_begin = count_of(view.items[1]);
            storage.view_count = count_of(view.items[2]);
            if (storage.view_begin > storage.count ||
                storage.view_count > storage.count - storage.view_begin)
                damaged("a view lies outside its storage");
        }
        copied(storage.key.size() / 16);
        limit(out_.storages.size(), kMaxPickledTensors, "tensors");
        const Index made = make(Kind::Storage);
        node(made).integer = static_cast<std::int64_t>(out_.storages.size());
        out_.storages.push_back(std::move(storage));
        push(made);
    }

    void push_tensor(const std::vector<Index>& arguments) {
        if (arguments.size() < 4) damaged("a tensor lacks its shape");
        const PickleNode& storage = node(arguments[0]);
        if (storage.kind != Kind::Storage) damaged("a tensor lacks its storage");
        PickledTensor tensor;
        tensor.storage = out_.storages[static_cast<std::size_t>(storage.integer)];
        copied(tensor.storage.key.size() / 16);
        limit(out_.tensors.size(), kMaxPickledTensors, "tensors");
        const std::uint64_t begin = count_of(arguments[1]);
        tensor.shape = sizes_of(arguments[2]);
        tensor.stride = sizes_of(arguments[3]);
        if (tensor.shape.size() != tensor.stride.size())
            damaged("a tensor's shape and strides differ in length");
        tensor.elements = 1;
        for (const std::int64_t size : tensor.shape)
            if (size == 0) tensor.elements = 0;
        std::uint64_t last = 0;
        if (tensor.elements != 0)
            for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
                const auto size = static_cast<std::uint64_t>(tensor.shape[i]);
                std::uint64_t reach = 0;
                if (__builtin_mul_overflow(tensor.elements, size, &tensor.elements) ||
                    tensor.elements > std::numeric_limits<std::int64_t>::max() ||
                    __builtin_mul_overflow(size - 1, static_cast<std::uint64_t>(tensor.stride[i]),
                                           &reach) ||
                    __builtin_add_overflow(last, reach, &last))
                    damaged("a tensor is larger than any memory");
            }
        tensor.extent = tensor.elements == 0 ? 0 : last + 1;
        if (begin > tensor.storage.view_count ||
            tensor.extent > tensor.storage.view_count - begin ||
            (tensor.elements != 0 && tensor.extent == 0))
            damaged("a tensor reaches outside its storage");
        tensor.offset = tensor.storage.view_begin + begin;
        const Index made = make(Kind::Tensor);
        node(made).integer = static_cast<std::int64_t>(out_.tensors.size());
        out_.tensors.push_back(std::move(tensor));
        push(made);
    }

    // ---- names and calls ----
    void push_global(std::string_view module, std::string_view name) {
        std::string full = std::string(module) + "." + std::string(name);
        if (!is_known(full)) refuse_call(full);
        push_text(full, Kind::Callable);
    }

    void call(Index callable, const std::vector<Index>& arguments) {
        const PickleNode& function = node(callable);
        if (function.kind != Kind::Callable) damaged("its program calls something that is data");
        const std::string_view name = function.text;
        if (name == kOrderedDict) return call_to_dict(arguments);
        if (name == kRebuild1 || name == kRebuild2) return push_tensor(arguments);
        if (name == kRebuildParameter || name == kParameter) {
            if (arguments.empty() || node(arguments[0]).kind != Kind::Tensor)
                damaged("a parameter is not made of a tensor");
            return push(arguments[0]);
        }
        refuse_call(name);
    }

    void reduce() {
        const Index arguments = pop(), callable = pop();
        if (node(arguments).kind != Kind::Tuple) damaged("its program calls without arguments");
        call(callable, std::vector<Index>(node(arguments).items));
    }

    /// State dicts carry version notes as an attribute, and old files parameters their hooks. Both
    /// are dropped; on anything else state could not have been meant as data.
    void build() {
        pop();
        const Kind target = node(peek()).kind;
        if (target != Kind::Dict && target != Kind::Tensor)
            throw Refusal{ErrorCode::Unsupported, "it asks to set up an object"};
    }

    bool execute(std::uint8_t op) {
        // One line an instruction.
        // clang-format off
        switch (op) {
            case '.':
                out_.root = pop();
                if (!marks_.empty()) damaged("its program ends inside a list");
                return true;
            case 0x80:
                if (byte() > 5)
                    throw Refusal{ErrorCode::Unsupported, "its pickle protocol is newer than 5"};
                return false;
            case 0x95: take(8); return false;  // FRAME: its length only helps to read ahead
            case '(': mark(); return false;
            case '0': drop(); return false;
            case '1': pop_to_mark(); return false;
            case '2': push(peek()); return false;
            // numbers and truth
            case 'N': push(make(Kind::None)); return false;
            case 0x88: push_integer(1, Kind::Bool); return false;
            case 0x89: push_integer(0, Kind::Bool); return false;
            case 'J': push_integer(little<std::int32_t>()); return false;
            case 'K': push_integer(byte()); return false;
            case 'M': push_integer(little<std::uint16_t>()); return false;
            case 'I': integer_line(line()); return false;
            case 'L': {
                auto text = line();
                if (text.ends_with('L')) text.remove_suffix(1);
                push_integer(number<std::int64_t>(text));
                return false;
            }
            case 0x8a: push_long(take(byte())); return false;
            case 0x8b: push_long(take(little<std::uint32_t>())); return false;
            case 'F': push_real(number<double>(line())); return false;
            case 'G': {
                std::uint64_t bits = __builtin_bswap64(little<std::uint64_t>());
                double value;
                std::memcpy(&value, &bits, 8);
                push_real(value);
                return false;
            }
            // text and bytes
            case 'X':
            case 'T':
            case 'B': push_text(take(little<std::uint32_t>())); return false;
            case 'U':
            case 0x8c:
            case 'C': push_text(take(byte())); return false;
            case 0x8d:
            case 0x8e: push_text(take(little<std::uint64_t>())); return false;
            case 'V': push_text(line()); return false;
            case 'S': quoted(line()); return false;
            // lists, tuples, dicts
            case ']': push(make(Kind::List)); return false;
            case ')': push(make(Kind::Tuple)); return false;
            case '}': push(make(Kind::Dict)); return false;
            case 'l': push_items(Kind::List, pop_to_mark()); return false;
            case 't': push_items(Kind::Tuple, pop_to_mark()); return false;
            case 'd': {
                auto items = pop_to_mark();
                push(make(Kind::Dict));
                extend(Kind::Dict, items);
                return false;
            }
            case 0x85: push_tuple(1); return false;
            case 0x86: push_tuple(2); return false;
            case 0x87: push_tuple(3); return false;
            case 'a': {
                const Index item = pop();
                extend(Kind::List, {item});
                return false;
            }
            case 'e': {
                const auto items = pop_to_mark();
                extend(Kind::List, items);
                return false;
            }
            case 's': {
                const Index value = pop(), key = pop();
                extend(Kind::Dict, {key, value});
                return false;
            }
            case 'u': {
                const auto items = pop_to_mark();
                extend(Kind::Dict, items);
                return false;
            }
            // memo
            case 'p': remember(number<std::uint64_t>(line())); return false;
            case 'q': remember(byte()); return false;
            case 'r': remember(little<std::uint32_t>()); return false;
            case 0x94: remember(memo_.size()); return false;
            case 'g': recall(number<std::uint64_t>(line())); return false;
            case 'h': recall(byte()); return false;
            case 'j': recall(little<std::uint32_t>()); return false;
            // names, calls, references
            case 'c': {
                const auto module = line(), name = line();
                push_global(module, name);
                return false;
            }
            case 0x93: {
                const Index name = pop(), module = pop();
                if (node(name).kind != Kind::Text || node(module).kind != Kind::Text)
                    damaged("its program names something by no name");
                push_global(std::string(node(module).text), std::string(node(name).text));
                return false;
            }
            case 'R':
            case 0x81: reduce(); return false;  // NEWOBJ: only for what REDUCE allows as well
            case 'Q': push_storage(pop()); return false;
            case 'b': build(); return false;
            case 'i': {
                const auto module = line(), name = line();
                refuse_call(std::string(module) + "." + std::string(name));
            }
            case 'o':
                throw Refusal{ErrorCode::Unsupported, "it asks to make an object"};
            case 0x82:
                refuse_call("extension " + std::to_string(byte()));
            case 0x83:
                refuse_call("extension " + std::to_string(little<std::uint16_t>()));
            case 0x84:
                refuse_call("extension " + std::to_string(little<std::uint32_t>()));
            default:
                if (std::string_view("P\x8f\x90\x91\x92\x96\x97\x98").find(static_cast<char>(op)) !=
                    std::string_view::npos)
                    throw Refusal{ErrorCode::Unsupported,
                                  "it uses instruction " + std::to_string(op) +
                                      " of pickle, which tensors do not need"};
                damaged("it holds an unknown instruction");
        }
        // clang-format on
    }

    /// POP takes a mark off as well, if one is on top.
    void drop() {
        if (!marks_.empty() && marks_.back() == stack_.size())
            marks_.pop_back();
        else
            pop();
    }
    void push_real(double value) {
        const Index made = make(Kind::Float);
        node(made).real = value;
        push(made);
    }
    void integer_line(std::string_view text) {
        if (text == "00" || text == "01") return push_integer(text == "01", Kind::Bool);
        push_integer(number<std::int64_t>(text));
    }
    /// Protocol 0 writes text as Python would print it; names of tensors have no escapes.
    void quoted(std::string_view text) {
        if (text.size() < 2 || text.front() != text.back() ||
            (text.front() != '\'' && text.front() != '"'))
            damaged("it holds a text that cannot be read");
        if (text.find('\\') != std::string_view::npos)
            throw Refusal{ErrorCode::Unsupported, "it holds a text with escapes"};
        push_text(text.substr(1, text.size() - 2));
    }

    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    Pickle out_;
    std::vector<Index> stack_;
    std::vector<std::size_t> marks_;
    std::unordered_map<std::uint64_t, Index> memo_;
    std::size_t copied_ = 0;
};

}  // namespace

const PickleNode* Pickle::find(const PickleNode& dict, std::string_view key) const {
    if (dict.kind != Kind::Dict) return nullptr;
    for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
        const PickleNode& name = at(dict.items[i]);
        if (name.kind == Kind::Text && name.text == key) return &at(dict.items[i + 1]);
    }
    return nullptr;
}

Result<Pickle> read_pickle(std::span<const std::byte> bytes, std::string_view name) {
    try {
        return Machine(bytes.first(std::min(bytes.size(), kMaxPickleBytes))).run();
    } catch (const Refusal& refusal) {
        const std::string file = "'" + to_valid_utf8(name) + "'";
        if (refusal.code == ErrorCode::Unsupported)
            return Error{refusal.code,
                         file + " was not read: " + refusal.message +
                             ". Nothing was run. Use a file that holds only tensors (a state dict, "
                             "or safetensors).",
                         {}};
        return Error{refusal.code,
                     file + " was not read: " + refusal.message + ". Use another copy of the file.",
                     {}};
    }
}

}  // namespace pentimento
