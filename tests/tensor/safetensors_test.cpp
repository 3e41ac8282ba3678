// Tensors survive the disk; damaged files and failing disks give messages, never crashes.
#include "core/tensor/safetensors.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/base/file.h"
#include "core/base/random.h"

namespace pentimento {
namespace {

using Named = std::vector<std::pair<std::string, torch::Tensor>>;

class Safetensors : public testing::Test {
  protected:
    void SetUp() override {
        dir_ = fs::temp_directory_path() / ("safetensors-" + std::to_string(getpid()));
        fs::create_directories(dir_);
    }
    void TearDown() override {
        inject_file_fault(0, 0);
        fs::remove_all(dir_);
    }
    fs::path path(const std::string& name = "a.safetensors") const { return dir_ / name; }

    void write_bytes(const std::string& bytes) {
        const auto status = write_file_atomically(path("raw"), bytes);
        ASSERT_TRUE(status) << status.error().message;
    }
    /// A file of any header and data, sound or not.
    void write_raw(std::string header, const std::string& data) {
        const std::uint64_t length = header.size();
        std::string bytes(8, '\0');
        std::memcpy(bytes.data(), &length, 8);
        write_bytes(bytes + header + data);
    }
    std::string refusal() const {
        const auto file = read_safetensors(path("raw"));
        return file ? std::string() : file.error().message;
    }

    fs::path dir_;
};

Named example() {
    torch::manual_seed(3);
    return {{"conv.weight", torch::randn({4, 3, 3, 3})},
            {"conv.bias", torch::arange(4, torch::kInt64)},
            {"flag", torch::tensor(true)},
            {"nothing", torch::zeros({0, 5})}};
}

TEST_F(Safetensors, KeepsEveryTypeAndShape) {
    Named tensors;
    for (const auto type :
         {torch::kFloat64, torch::kFloat32, torch::kFloat16, torch::kBFloat16, torch::kInt64,
          torch::kInt32, torch::kInt16, torch::kInt8, torch::kUInt8, torch::kBool}) {
        const std::string name = torch::toString(type);
        tensors.emplace_back(name, torch::arange(7).to(type));
        tensors.emplace_back(name + ".scalar", torch::tensor(1).to(type));
        tensors.emplace_back(name + ".empty", torch::empty({3, 0}, type));
        tensors.emplace_back(name + ".strided", torch::arange(24).to(type).view({4, 6}).t());
    }
    const std::map<std::string, std::string> metadata{{"note", "ä \"quoted\"\n"}, {"empty", ""}};
    ASSERT_TRUE(write_safetensors(path(), tensors, metadata));
    const auto file = read_safetensors(path());
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->metadata, metadata);
    ASSERT_EQ(file->tensors.size(), tensors.size());
    for (const auto& [name, tensor] : tensors) {
        const auto& read = file->tensors.at(name);
        EXPECT_EQ(read.scalar_type(), tensor.scalar_type()) << name;
        EXPECT_EQ(read.sizes(), tensor.sizes()) << name;
        EXPECT_TRUE(torch::equal(read, tensor)) << name;
    }
}

TEST_F(Safetensors, HeaderAloneTellsWhatIsInside) {
    ASSERT_TRUE(write_safetensors(path(), example(), {{"kind", "test"}}));
    const auto header = read_safetensors_header(path());
    ASSERT_TRUE(header) << header.error().message;
    EXPECT_EQ(header->tensors.size(), 4u);
    EXPECT_EQ(header->tensors.at("conv.weight").dtype, "F32");
    EXPECT_EQ(header->tensors.at("conv.weight").shape, (std::vector<std::int64_t>{4, 3, 3, 3}));
    EXPECT_TRUE(header->tensors.at("flag").shape.empty());
    EXPECT_EQ(header->metadata.at("kind"), "test");
    EXPECT_EQ(header->data_offset % 8, 0u);
}

TEST_F(Safetensors, FileWithoutTensorsIsSound) {
    ASSERT_TRUE(write_safetensors(path(), {}, {}));
    const auto file = read_safetensors(path());
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_TRUE(file->tensors.empty());
}

TEST_F(Safetensors, ReadsFilesOfOtherPrograms) {
    // As Python's writer makes them: no checksums, data in another order than names, unaligned.
    write_raw(R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
              R"("a":{"dtype":"F32","shape":[1,1],"data_offsets":[1,5]},)"
              R"("__metadata__":{"format":"pt"}}   )",
              std::string("\x07\x00\x00\x80\x3f", 5));
    const auto file = read_safetensors(path("raw"));
    ASSERT_TRUE(file) << file.error().message;
    EXPECT_EQ(file->tensors.at("b").item<int>(), 7);
    EXPECT_EQ(file->tensors.at("a").item<float>(), 1.0f);
    EXPECT_EQ(file->metadata.at("format"), "pt");
}

TEST_F(Safetensors, RefusesHeadersThatLie) {
    const std::string data(8, '\0');
    const auto one = [](const std::string& fields) { return "{\"a\":{" + fields + "}}"; };
    const std::string f32 = R"("dtype":"F32",)";
    const std::vector<std::pair<std::string, std::string>> cases{
        {one(f32 + R"("shape":[3],"data_offsets":[0,8])"), "needs 12 bytes"},
        {one(f32 + R"("shape":[-2],"data_offsets":[0,8])"), "negative"},
        {one(f32 + R"("shape":[2.0],"data_offsets":[0,8])"), "fraction"},
        {one(f32 + R"("shape":[2],"data_offsets":[8,0])"), "outside"},
        {one(f32 + R"("shape":[2],"data_offsets":[0,16])"), "outside"},
        {one(f32 + R"("shape":[2],"data_offsets":[8,16])"), "outside"},
        {one(f32 + R"("shape":[2],"data_offsets":[0])"), "two numbers"},
        {one(f32 + R"("shape":[2],"data_offsets":[0,8,8])"), "more than two"},
        {one(f32 + R"("shape":[2],"data_offsets":[0,18446744073709551616])"), ""},
        {one(f32 + R"("shape":[4294967296,4294967296,2],"data_offsets":[0,8])"), "too large"},
        {one(f32 + R"("shape":[18446744073709551615],"data_offsets":[0,8])"), "too large"},
        {one(f32 + R"("shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2],"data_offsets":[0,8])"), "16"},
        {one(f32 + R"("shape":[1],"data_offsets":[0,4])"), "belongs to no tensor"},
        {one(f32 + R"("shape":[1],"data_offsets":[4,8])"), "gap"},
        {one(R"("dtype":"F31","shape":[2],"data_offsets":[0,8])"), "unknown type"},
        {one(R"("dtype":"F32","shape":[2])"), "lacks"},
        {one(R"("dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8])"), "twice"},
        {one(f32 + R"("shape":[2],"data_offsets":[0,8],"x":[1])"), "unknown key"},
        {one(f32 + R"("shape":[[2]],"data_offsets":[0,8])"), "list"},
        {one(f32 + R"("shape":{},"data_offsets":[0,8])"), "object"},
        {one(f32 + R"("shape":null,"data_offsets":[0,8])"), "null"},
        {one(f32 + R"("shape":true,"data_offsets":[0,8])"), "truth"},
        {one(f32 + R"("shape":"2","data_offsets":[0,8])"), "text"},
        {one(R"("dtype":4,"shape":[2],"data_offsets":[0,8])"), "number"},
        {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
         R"("b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
         "overlapping"},
        {R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
         R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
         "twice"},
        {R"({"__metadata__":{"k":1},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})",
         "number"},
        {R"({"__metadata__":{"k":"1","k":"2"},"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})",
         "twice"},
        {R"([{"a":1}])", "object"},
        {"{}", "no tensor"},
        {"{}}", "JSON"},
        {R"({"a":)", "object"},
        {"", "short"},
        {"{\"\xff\":1}", "JSON"},
        {std::string(100000, '[') + std::string(100000, ']'), "object"},
        {"{\"a\":" + std::string(100000, '[') + "}", "list"},
    };
    for (const auto& [header, expected] : cases) {
        write_raw(header, header.empty() ? "" : data);
        const auto message = refusal();
        EXPECT_FALSE(message.empty()) << header.substr(0, 200);
        EXPECT_NE(message.find(expected), std::string::npos) << header.substr(0, 200) << message;
    }
}

TEST_F(Safetensors, RefusesHeaderLengthsThatLie) {
    for (const std::uint64_t length : {~0ull, 1ull << 63, 1ull << 40, 9ull, 0ull}) {
        std::string bytes(8, '\0');
        std::memcpy(bytes.data(), &length, 8);
        write_bytes(bytes + "{}");
        EXPECT_FALSE(refusal().empty()) << length;
    }
    write_bytes("");
    EXPECT_FALSE(refusal().empty());
    write_bytes("short");
    EXPECT_FALSE(refusal().empty());
    EXPECT_FALSE(read_safetensors(path("missing")));
    EXPECT_FALSE(read_safetensors(dir_));
}

TEST_F(Safetensors, RefusesBytesThatAreNeitherTrueNorFalse) {
    write_raw(R"({"a":{"dtype":"BOOL","shape":[2],"data_offsets":[0,2]}})", "\x01\x02");
    EXPECT_NE(refusal().find("neither true nor false"), std::string::npos);
}

TEST_F(Safetensors, RefusesEveryDamagedFileOfItsOwn) {
    ASSERT_TRUE(write_safetensors(path(), example(), {{"note", "some text"}}));
    const auto sound = read_file(path());
    ASSERT_TRUE(sound);
    int mutations = 0;
    const auto expect_refused = [&](const std::string& bytes, const std::string& what) {
        ++mutations;
        write_bytes(bytes);
        EXPECT_FALSE(refusal().empty()) << what;
    };
    for (std::size_t length = 0; length < sound->size(); length += 5)
        expect_refused(sound->substr(0, length), "cut to " + std::to_string(length));
    for (const std::size_t extra : {1, 8, 4096})
        expect_refused(*sound + std::string(extra, '\0'), "grown by " + std::to_string(extra));
    for (std::size_t at = 0; at < sound->size(); ++at) {  // one bit of every byte
        auto bytes = *sound;
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << (at % 8)));
        expect_refused(bytes, "bit flipped in byte " + std::to_string(at));
    }
    SplitMix64 random(1);
    for (int i = 0; i < 200; ++i) {  // several random bytes
        auto bytes = *sound;
        for (int k = 0; k < 4; ++k)
            bytes[random.below(bytes.size())] ^= static_cast<char>(1 + random.below(255));
        expect_refused(bytes, "random damage " + std::to_string(i));
    }
    for (int i = 0; i < 100; ++i) {  // a stretch moved elsewhere
        auto bytes = *sound;
        const auto from = random.below(bytes.size() - 40), to = random.below(bytes.size() - 40);
        bytes.replace(to, 32, sound->substr(from, 32));
        if (bytes != *sound) expect_refused(bytes, "copied stretch " + std::to_string(i));
    }
    EXPECT_GE(mutations, 500);
}

TEST_F(Safetensors, ForeignFilesNeverCrash) {
    // Without checksums damage in the data cannot be noticed, but it must do no harm.
    const std::string header =
        R"({"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]},)"
        R"("b":{"dtype":"I64","shape":[1],"data_offsets":[16,24]}})";
    SplitMix64 random(2);
    int refused = 0;
    for (int i = 0; i < 600; ++i) {
        auto mutated = header;
        const auto changes = 1 + random.below(3);
        for (std::uint64_t k = 0; k < changes; ++k)
            mutated[random.below(mutated.size())] = static_cast<char>(random.below(128));
        write_raw(mutated, std::string(24, '\1'));
        const auto file = read_safetensors(path("raw"));
        if (!file) {
            ++refused;
            EXPECT_FALSE(file.error().message.empty());
        } else {
            for (const auto& [name, tensor] : file->tensors) EXPECT_LE(tensor.nbytes(), 24u);
        }
    }
    EXPECT_GT(refused, 300);
}

TEST_F(Safetensors, FailingDiskLeavesTheOldFile) {
    ASSERT_TRUE(write_safetensors(path(), example(), {{"version", "old"}}));
    const auto before = read_file(path());
    ASSERT_TRUE(before);
    const Named next{{"x", torch::ones({1000})}};
    int faults = 0, replaced = 0;
    for (const int error : {ENOSPC, EIO, EACCES}) {
        for (int nth = 1; nth < 50; ++nth) {
            inject_file_fault(nth, error);
            const auto status = write_safetensors(path("b.safetensors"), next);
            inject_file_fault(0, 0);
            if (status) break;
            ++faults;
            EXPECT_FALSE(status.error().message.empty());
            EXPECT_FALSE(fs::exists(path("b.safetensors")) &&
                         !read_safetensors(path("b.safetensors")));

            inject_file_fault(nth, error);
            const auto over = write_safetensors(path(), next);
            inject_file_fault(0, 0);
            EXPECT_FALSE(over);
            // Only when the folder's own sync fails is the new file already in place, and whole.
            const auto after = read_file(path());
            ASSERT_TRUE(after);
            if (*after != *before) {
                const auto whole = read_safetensors(path());
                ASSERT_TRUE(whole) << whole.error().message;
                EXPECT_TRUE(torch::equal(whole->tensors.at("x"), next[0].second));
                ++replaced;
                ASSERT_TRUE(write_safetensors(path(), example(), {{"version", "old"}}));
            }
        }
    }
    EXPECT_GE(faults, 9);
    EXPECT_LT(2 * replaced, faults);
}

TEST_F(Safetensors, RefusesWhatItCannotWrite) {
    const auto x = torch::ones({1});
    EXPECT_FALSE(write_safetensors(path(), {{"a", x}, {"a", x}}));
    EXPECT_FALSE(write_safetensors(path(), {{"__metadata__", x}}));
    EXPECT_FALSE(write_safetensors(path(), {{"a", torch::Tensor()}}));
    EXPECT_FALSE(write_safetensors(path(), {{"a", x.to(torch::kComplexFloat)}}));
    EXPECT_FALSE(write_safetensors(path(), {{"\xff", x}}));
    EXPECT_FALSE(write_safetensors(path(), {{"a", x}}, {{"pentimento.x", "1"}}));
    EXPECT_FALSE(write_safetensors(dir_ / "no" / "such" / "folder", {{"a", x}}));
    EXPECT_FALSE(fs::exists(path()));
}

}  // namespace
}  // namespace pentimento
