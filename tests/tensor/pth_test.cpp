// Foreign weights: both forms are read, and a file that wants to run something is refused by name.
#include "core/tensor/pth_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "core/base/file.h"
#include "core/base/random.h"
#include "core/tensor/pickle.h"
#include "tests/temp_dir.h"
#include "tests/tensor/pth_test_tools.h"

namespace pentimento {
namespace {

using namespace pickled;
using testing::HasSubstr;

class Pth : public testing::Test {
  protected:
    Result<TensorFile> read(const std::string& bytes) {
        std::ofstream(dir_ / "a.pth", std::ios::binary) << bytes;
        return read_pth(dir_ / "a.pth");
    }
    std::string refusal(const std::string& bytes) {
        const auto file = read(bytes);
        return file ? std::string("(was read)") : file.error().message;
    }
    TempDir dir_;
};

std::string floats(std::int64_t count) {
    std::string bytes;
    for (std::int64_t i = 0; i < count; ++i) bytes += little(static_cast<float>(i));
    return bytes;
}

/// A 2×3 weight, its transpose and its middle row, on one storage; and a scalar.
std::string example(const std::string& tail) {
    const auto shared = storage("FloatStorage", "0", 6, tail);
    return program(state_dict({{"conv.weight", tensor(shared, 0, {2, 3}, {3, 1})},
                               {"turned", tensor(shared, 0, {3, 2}, {1, 3})},
                               {"row", tensor(shared, 3, {3}, {1})},
                               {"scalar", tensor(storage("FloatStorage", "1", 1, tail), 0, {}, {})},
                               {"none", tensor(shared, 0, {0, 4}, {4, 1})}}));
}
const Storages kExample{{"0", floats(6)}, {"1", little(2.5f)}};

void expect_example(const Result<TensorFile>& file) {
    ASSERT_TRUE(file) << file.error().message;
    const auto whole = torch::arange(6, torch::kFloat32).view({2, 3});
    ASSERT_EQ(file->tensors.size(), 5u);
    EXPECT_TRUE(torch::equal(file->tensors.at("conv.weight"), whole));
    EXPECT_TRUE(torch::equal(file->tensors.at("turned"), whole.t()));
    EXPECT_TRUE(torch::equal(file->tensors.at("row"), whole[1]));
    EXPECT_TRUE(torch::equal(file->tensors.at("scalar"), torch::tensor(2.5f)));
    EXPECT_EQ(file->tensors.at("none").sizes(), (std::vector<std::int64_t>{0, 4}));
    for (const auto& [name, tensor] : file->tensors) EXPECT_TRUE(tensor.is_contiguous()) << name;
}

TEST_F(Pth, ReadsTheNewForm) {
    expect_example(read(new_form(example(""), kExample)));
}

TEST_F(Pth, ReadsTheOldForm) {
    expect_example(read(old_form(example("N"), kExample)));
}

TEST_F(Pth, ReadsEveryNumberType) {
    const std::vector<std::tuple<std::string, torch::ScalarType>> types{
        {"FloatStorage", torch::kFloat32},     {"HalfStorage", torch::kFloat16},
        {"BFloat16Storage", torch::kBFloat16}, {"DoubleStorage", torch::kFloat64},
        {"LongStorage", torch::kInt64},        {"IntStorage", torch::kInt32},
        {"ShortStorage", torch::kInt16},       {"CharStorage", torch::kInt8},
        {"ByteStorage", torch::kUInt8},        {"BoolStorage", torch::kBool}};
    for (const auto& [name, type] : types) {
        const auto value = torch::tensor({1, 0, 1}).to(type);
        const std::string bytes(static_cast<const char*>(value.data_ptr()), value.nbytes());
        for (const bool old : {false, true}) {
            const auto body = program(
                state_dict({{"x", tensor(storage(name, "7", 3, old ? "N" : ""), 0, {3}, {1})}}));
            const auto file = read(old ? old_form(body, {{"7", bytes}}, value.element_size())
                                       : new_form(body, {{"7", bytes}}));
            ASSERT_TRUE(file) << name << file.error().message;
            EXPECT_EQ(file->tensors.at("x").scalar_type(), type) << name;
            EXPECT_TRUE(torch::equal(file->tensors.at("x"), value)) << name;
        }
    }
}

TEST_F(Pth, ReadsViewsParametersAndNestedDicts) {
    // Old files: a view of a storage, and parameters made by the class itself with hooks attached.
    const auto view =
        storage("FloatStorage", "0", 6, "(" + text("v") + integer(2) + integer(3) + "t");
    const auto parameter = global("torch.nn.parameter", "Parameter") + "(" +
                           tensor(view, 1, {2}, {1}) + "t\x81(\x88\x89}tb";
    const auto rebuilt = global("torch._utils", "_rebuild_parameter") + "(" +
                         tensor(view, 0, {3}, {1}) + "\x88" + global("collections", "OrderedDict") +
                         ")RtR";
    const auto body = "}(" + text("epoch") + integer(7) + text("note") + text("hello") +
                      text("list") + "(" + parameter + rebuilt + "l" + text("model") +
                      state_dict({{"w", tensor(view, 0, {1}, {1})}}) + "u";
    const auto file = read(old_form(program(body), {{"0", floats(6)}}));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(torch::equal(file->tensors.at("list.0"), torch::tensor({3.f, 4.f})));
    EXPECT_TRUE(torch::equal(file->tensors.at("list.1"), torch::tensor({2.f, 3.f, 4.f})));
    EXPECT_TRUE(torch::equal(file->tensors.at("model.w"), torch::tensor({2.f})));
    EXPECT_EQ(file->metadata.at("epoch"), "7");
    EXPECT_EQ(file->metadata.at("note"), "hello");

    const auto only = "}(" + text("state_dict") + state_dict({{"w", tensor(view, 0, {1}, {1})}}) +
                      text("optimizer") + state_dict({{"m", tensor(view, 0, {1}, {1})}}) + "u";
    const auto inner = read(old_form(program(only), {{"0", floats(6)}}));
    ASSERT_TRUE(inner) << inner.error().message;
    EXPECT_EQ(inner->tensors.size(), 1u);
    EXPECT_EQ(inner->tensors.count("w"), 1u);
}

TEST_F(Pth, RefusesToRunAnythingAndSaysWhat) {
    const auto command = "(" + text("touch /tmp/owned") + "t";
    const std::vector<std::pair<std::string, std::string>> programs{
        {global("os", "system") + command + "R", "'os.system'"},
        {global("posix", "system") + command + "R", "'posix.system'"},
        {global("builtins", "eval") + command + "R", "'builtins.eval'"},
        {text("os") + text("system") + "\x93" + command + "R", "'os.system'"},
        {"(" + text("id") + "ios\nsystem\n", "'os.system'"},
        {global("torch", "load") + command + "R", "'torch.load'"},
        {global("torch._utils", "_rebuild_tensor_v2.x") + command + "R", "_rebuild_tensor_v2.x"},
        {global("collections", "OrderedDict.fromkeys") + command + "R", "fromkeys"},
        {global("torch.storage", "_load_from_bytes") + command + "R", "_load_from_bytes"},
        {"\x82\x05", "extension 5"},
        {"(" + global("collections", "OrderedDict") + "o", "object"},
        {text("x") + "}b", "object"},
        {"Pkey\n", "instruction 80"},
        {")}\x92", "instruction 146"},
        // Names cannot smuggle line breaks or broken text into the message.
        {text("o\n\x01s") + text("\xff") + "\x93", "'o  s.\xEF\xBF\xBD'"},
        // Behind a sound state dict, and inside it.
        {state_dict({{"w", tensor(storage("FloatStorage", "0", 1, "N"), 0, {1}, {1})}}) +
             global("os", "system") + command + "R",
         "'os.system'"},
        {state_dict({{"w", global("os", "system") + command + "R"}}), "'os.system'"},
    };
    for (const auto& [body, name] : programs)
        for (const bool old : {false, true}) {
            const auto bytes = old ? old_form(program(body), {}) : new_form(program(body), {});
            const auto message = refusal(bytes);
            EXPECT_THAT(message, HasSubstr(name));
            EXPECT_THAT(message, HasSubstr("Nothing was run"));
        }
    EXPECT_FALSE(fs::exists("/tmp/owned"));
}

TEST_F(Pth, RefusesProgramsThatContradictThemselves) {
    const auto one = [](std::int64_t offset, const std::vector<std::int64_t>& shape,
                        const std::vector<std::int64_t>& stride, std::int64_t count = 6) {
        return program(state_dict(
            {{"x", tensor(storage("FloatStorage", "0", count), offset, shape, stride)}}));
    };
    const std::int64_t huge = std::int64_t{1} << 62;
    for (const auto& body :
         {one(1, {2, 3}, {3, 1}), one(-1, {2}, {1}), one(0, {7}, {1}), one(0, {2, 3}, {4, 1}),
          one(0, {2}, {6}), one(0, {2, 3}, {3}), one(0, {-2}, {1}), one(0, {2}, {-1}),
          one(0, {huge, huge}, {0, 0}), one(0, {huge, 8}, {huge, huge}), one(huge, {1}, {1}),
          one(7, {0}, {1}),
          one(0, std::vector<std::int64_t>(17, 1), std::vector<std::int64_t>(17, 1)),
          one(0, {6}, {1}, 7), one(0, {6}, {1}, huge), one(0, {6}, {1}, -1),
          // Much from little: a stride of 0.
          one(0, {std::int64_t{1} << 40}, {0}), one(0, {1 << 20}, {0})})
        EXPECT_THAT(refusal(new_form(body, {{"0", floats(6)}})), HasSubstr("was not read"));
    // The largest that fits is read, so that the refusals above have their reasons.
    EXPECT_TRUE(read(new_form(one(0, {2, 3}, {3, 1}), {{"0", floats(6)}})));
    EXPECT_TRUE(read(new_form(one(5, {4}, {0}), {{"0", floats(6)}})));
    EXPECT_TRUE(read(new_form(one(6, {0}, {1}), {{"0", floats(6)}})));

    const auto twice = tensor(storage("FloatStorage", "0", 1), 0, {1}, {1});
    EXPECT_THAT(
        refusal(new_form(program(state_dict({{"x", twice}, {"x", twice}})), {{"0", floats(1)}})),
        HasSubstr("two tensors"));
    const auto boolean =
        program(state_dict({{"x", tensor(storage("BoolStorage", "0", 1), 0, {1}, {1})}}));
    EXPECT_THAT(refusal(new_form(boolean, {{"0", "\x02"}})), HasSubstr("neither true nor false"));
    for (const std::string body :
         {"", "h\x01", "a", "(", "u", "t", "0", "R", "}h\x05s",
          "]"
          "}R",
          "L12x\n", "I\n", "F1.5.2\n", "\x8b\xff\xff\xff\xff", "\xff", "}(K\x01u", "Q"})
        EXPECT_THAT(refusal(new_form(program(body), {})), HasSubstr("was not read")) << body;
}

TEST_F(Pth, BoundsWhatAShortProgramCanMake) {
    // A list in itself, and ten levels of lists that each hold the next one ten times.
    EXPECT_THAT(refusal(new_form(program("]q\x01h\x01"
                                         "a"),
                                 {})),
                HasSubstr("without end"));
    std::string laughs = "]q\x63";
    for (char level = 0; level < 30; ++level) {
        laughs += "]q" + std::string(1, level) + "(";
        for (int i = 0; i < 10; ++i)
            laughs += "h" + std::string(1, level == 0 ? '\x63' : static_cast<char>(level - 1));
        laughs += "e";
    }
    EXPECT_THAT(refusal(new_form(program(laughs), {})), HasSubstr("without end"));
    EXPECT_THAT(refusal(new_form(program(std::string(2u << 20, 'N')), {})), HasSubstr("too many"));
    EXPECT_THAT(refusal(new_form(program(std::string(2u << 20, '(')), {})), HasSubstr("too many"));
    EXPECT_THAT(refusal(new_form(program("N" + std::string(2u << 20, '2')), {})),
                HasSubstr("too many"));
    EXPECT_THAT(refusal(new_form(program("N" + std::string(2u << 20, '\x94')), {})),
                HasSubstr("too many"));
}

TEST_F(Pth, NoTruncationOrFlippedByteGetsThrough) {
    for (const bool old : {false, true}) {
        const auto whole = old ? old_form(example("N"), kExample) : new_form(example(""), kExample);
        for (std::size_t length = 0; length < whole.size(); ++length)
            EXPECT_FALSE(read(whole.substr(0, length))) << old << " " << length;
        int refused = 0;
        SplitMix64 random(5);
        const int tries = 500;
        for (int i = 0; i < tries; ++i) {
            auto flipped = whole;
            flipped[random.below(whole.size())] ^= static_cast<char>(1u << random.below(8));
            const auto file = read(flipped);
            if (!file) {
                ++refused;
                EXPECT_FALSE(file.error().message.empty());
                continue;
            }
            for (const auto& [name, tensor] : file->tensors) EXPECT_LE(tensor.nbytes(), 1u << 20);
            // The new form has checksums: what is read in spite of a flip is all the same.
            if (!old && file->tensors.count("conv.weight")) expect_example(file);
        }
        EXPECT_GT(refused, tries / (old ? 10 : 3)) << old;
    }
}

TEST_F(Pth, MutatedProgramsNeverCrash) {
    SplitMix64 random(9);
    const auto body = example("");
    for (int i = 0; i < 3000; ++i) {
        auto mutated = body;
        for (std::uint64_t k = 0; k < 1 + random.below(4); ++k) {
            const auto at = random.below(mutated.size());
            if (random.below(2) == 0)
                mutated[at] = static_cast<char>(random.below(256));
            else
                mutated.erase(at, random.below(8));
        }
        const auto pickle = read_pickle(std::as_bytes(std::span(mutated)), "x");
        EXPECT_TRUE(pickle.ok() || !pickle.error().message.empty());
    }
}

TEST_F(Pth, OtherFilesAreRefusedWithAMessage) {
    EXPECT_FALSE(read(""));
    EXPECT_FALSE(read("PK\x03\x04"));
    EXPECT_FALSE(read("not weights at all"));
    EXPECT_FALSE(read_pth(dir_ / "missing"));
    EXPECT_THAT(refusal(stored_zip({{"word/document.xml", "x"}})), HasSubstr("not one of PyTorch"));
    EXPECT_THAT(refusal(stored_zip({{"m/data.pkl", program("}")}, {"m/constants.pkl", ""}})),
                HasSubstr("TorchScript"));
    EXPECT_THAT(refusal(stored_zip({{"m/data.pkl", program("}")}, {"m/byteorder", "big"}})),
                HasSubstr("big-endian"));
    auto packed = new_form(example(""), kExample);
    packed[packed.find("PK\x01\x02") + 10] = 8;  // deflate
    EXPECT_THAT(refusal(packed), HasSubstr("compressed"));
}

TEST_F(Pth, TheFirstBytesTellTheFormat) {
    ASSERT_TRUE(write_safetensors(dir_ / "a", {{"x", torch::ones({2})}}));
    ASSERT_TRUE(write_file_atomically(dir_ / "b", new_form(example(""), kExample)));
    ASSERT_TRUE(write_file_atomically(dir_ / "c", old_form(example("N"), kExample)));
    EXPECT_EQ(read_tensor_file(dir_ / "a")->tensors.count("x"), 1u);
    expect_example(read_tensor_file(dir_ / "b"));
    expect_example(read_tensor_file(dir_ / "c"));
}

TEST(Crc32, MatchesThePublishedCheckValue) {
    EXPECT_EQ(crc32(std::as_bytes(std::span(std::string_view("123456789")))), 0xcbf43926u);
    EXPECT_EQ(crc32({}), 0u);
}

}  // namespace
}  // namespace pentimento
