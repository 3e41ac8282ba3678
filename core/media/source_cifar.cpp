// The binary files of CIFAR-10 and CIFAR-100: 32 × 32 pictures as planes of red, green and blue.
#include <algorithm>
#include <array>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/gz_file.h"
#include "core/media/picture_source.h"

namespace pentimento::media {
namespace {

constexpr int kSide = 32;
constexpr std::size_t kPlane = kSide * kSide;
constexpr std::size_t kPixels = 3 * kPlane;

using Record = std::array<std::uint8_t, 2 + kPixels>;

Rgba unpack(const Record& record, std::size_t first) {
    Rgba out(kSide, kSide);
    for (std::size_t i = 0; i < kPlane; ++i) {
        for (std::size_t c = 0; c < 3; ++c) out.pixels[i * 4 + c] = record[first + c * kPlane + i];
        out.pixels[i * 4 + 3] = 255;
    }
    return out;
}

class CifarSource final : public PictureSource {
  public:
    CifarSource(std::vector<fs::path> files, std::vector<std::string> names, std::size_t labels,
                std::int64_t total)
        : files_(std::move(files)), names_(std::move(names)), labels_(labels), total_(total) {}

    std::int64_t total() const override { return total_; }
    std::vector<std::string> class_names() const override { return names_; }
    bool keeps_duplicates() const override { return true; }

    Result<std::optional<SourceItem>> next() override {
        for (; file_ < files_.size(); ++file_, index_ = 0, in_.reset()) {
            if (!in_) {
                auto opened = GzFile::open(files_[file_]);
                if (!opened) return opened.error();
                in_ = std::make_unique<GzFile>(std::move(*opened));
            }
            auto record = std::make_shared<Record>();
            SourceItem item;
            item.name =
                to_valid_utf8(files_[file_].filename().native()) + " #" + std::to_string(index_);
            if (!in_->read(record->data(), 1)) continue;  // the file's regular end
            if (!in_->read(record->data() + 1, labels_ + kPixels - 1)) {
                item.problem = "the file ends within this picture";
                ++file_, index_ = 0, in_.reset();
                return std::optional(std::move(item));
            }
            ++index_;
            const int label = (*record)[labels_ - 1];  // of CIFAR-100's two labels the finer one
            if (label >= static_cast<int>(names_.size())) {
                item.problem = "label " + std::to_string(label) + " is out of range";
                return std::optional(std::move(item));
            }
            item.label = label;
            item.bytes = sizeof(Record);
            item.decode = [record = std::move(record),
                           first = labels_](const ImportSettings&) -> Result<Rgba> {
                return unpack(*record, first);
            };
            return std::optional(std::move(item));
        }
        return std::optional<SourceItem>();
    }

    Status rewind() override {
        file_ = 0;
        index_ = 0;
        in_.reset();
        return {};
    }

  private:
    std::vector<fs::path> files_;
    std::vector<std::string> names_;
    std::size_t labels_;
    std::int64_t total_;
    std::size_t file_ = 0;
    std::int64_t index_ = 0;
    std::unique_ptr<GzFile> in_;
};

/// One name a line; numbers when the file is missing or of another length.
std::vector<std::string> read_names(const fs::path& file, std::size_t count) {
    std::vector<std::string> names;
    if (const auto text = read_file(file, 1 << 20))
        for (std::size_t at = 0; at < text->size();) {
            const std::size_t end = std::min(text->find('\n', at), text->size());
            std::string line = text->substr(at, end - at);
            if (line.ends_with('\r')) line.pop_back();
            if (!line.empty()) names.push_back(to_valid_utf8(line));
            at = end + 1;
        }
    if (names.size() != count) {
        names.clear();
        for (std::size_t i = 0; i < count; ++i) names.push_back(std::to_string(i));
    }
    return names;
}

}  // namespace

std::vector<fs::path> cifar_files(const fs::path& folder) {
    std::error_code failed;
    for (const char* inside : {"", "cifar-10-batches-bin", "cifar-100-binary"}) {
        const fs::path at = folder / inside;
        std::vector<fs::path> found;
        for (const char* name : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                                 "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"})
            if (fs::is_regular_file(at / name, failed)) found.push_back(at / name);
        if (!found.empty()) return found;
        if (fs::is_regular_file(at / "fine_label_names.txt", failed))
            for (const char* name : {"train.bin", "test.bin"})
                if (fs::is_regular_file(at / name, failed)) found.push_back(at / name);
        if (!found.empty()) return found;
    }
    return {};
}

Result<SourcePtr> open_cifar(const fs::path& path) {
    std::vector<fs::path> files = cifar_files(path);
    if (files.empty())
        return Error{
            ErrorCode::NotFound,
            "There are no binary CIFAR files in “" + to_valid_utf8(path.native()) +
                "”. Expected are data_batch_1.bin … or train.bin with fine_label_names.txt.",
            {}};
    const fs::path folder = files.front().parent_path();
    const bool hundred =
        files.front().filename() == "train.bin" || files.front().filename() == "test.bin";
    const std::size_t labels = hundred ? 2 : 1;
    std::int64_t total = 0;
    std::error_code failed;
    for (const fs::path& file : files)
        total += static_cast<std::int64_t>(fs::file_size(file, failed) / (labels + kPixels));
    auto names = read_names(folder / (hundred ? "fine_label_names.txt" : "batches.meta.txt"),
                            hundred ? 100 : 10);
    return SourcePtr(
        std::make_unique<CifarSource>(std::move(files), std::move(names), labels, total));
}

}  // namespace pentimento::media
