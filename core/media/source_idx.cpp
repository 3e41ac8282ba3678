// IDX files, the format of MNIST and its successors: grey pictures and labels in files of their
// own.
#include <algorithm>
#include <array>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/class_folders.h"
#include "core/media/gz_file.h"
#include "core/media/picture_source.h"

namespace pentimento::media {
namespace {

constexpr std::uint32_t kPicturesMagic = 0x00000803;  // unsigned bytes, three dimensions
constexpr std::uint32_t kLabelsMagic = 0x00000801;    // unsigned bytes, one dimension
constexpr std::uint32_t kMaxSide = 4096;
constexpr std::uint32_t kMaxPictures = 1u << 31;

constexpr std::array<const char*, 10> kFashionNames = {
    "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
    "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.rfind(from);
    return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

/// "train-images-idx3-ubyte.gz" → its labels, compressed or not; empty when there are none.
fs::path labels_of(const fs::path& pictures) {
    const std::string name =
        replaced(replaced(pictures.filename().native(), "images", "labels"), "idx3", "idx1");
    std::error_code failed;
    for (const std::string& candidate :
         {name, name + ".gz", name.ends_with(".gz") ? name.substr(0, name.size() - 3) : name})
        if (candidate != pictures.filename().native() &&
            fs::is_regular_file(pictures.parent_path() / candidate, failed))
            return pictures.parent_path() / candidate;
    return {};
}

class IdxSource final : public PictureSource {
  public:
    struct File {
        fs::path pictures, labels;
        std::uint32_t count = 0, width = 0, height = 0;
    };

    IdxSource(std::vector<File> files, bool fashion)
        : files_(std::move(files)), fashion_(fashion) {}

    std::int64_t total() const override {
        std::int64_t sum = 0;
        for (const File& file : files_) sum += file.count;
        return sum;
    }
    bool keeps_duplicates() const override { return true; }

    std::vector<std::string> class_names() const override {
        if (largest_label_ < 0) return {};
        if (fashion_ && largest_label_ < 10) return {kFashionNames.begin(), kFashionNames.end()};
        std::vector<std::string> names;
        for (int label = 0; label <= largest_label_; ++label)
            names.push_back(std::to_string(label));
        return names;
    }

    Result<std::optional<SourceItem>> next() override {
        for (; file_ < files_.size(); ++file_, index_ = 0, pictures_.reset(), labels_.reset()) {
            const File& file = files_[file_];
            if (index_ == 0)
                if (Status opened = start(file); !opened) return opened.error();
            if (index_ >= file.count) continue;
            SourceItem item;
            item.name =
                to_valid_utf8(file.pictures.filename().native()) + " #" + std::to_string(index_++);
            auto grey =
                std::make_shared<std::vector<std::uint8_t>>(std::size_t{file.width} * file.height);
            if (!pictures_->read(grey->data(), grey->size())) {
                item.problem = "the file ends early or is damaged; the rest of its " +
                               format_count(file.count) + " pictures is lost";
                index_ = file.count;
                return std::optional(std::move(item));
            }
            std::uint8_t label = 0;
            if (labels_ && labels_->read(&label, 1)) {
                item.label = label;
                largest_label_ = std::max(largest_label_, static_cast<int>(label));
            }
            item.bytes = grey->size();
            item.decode = [grey = std::move(grey), width = file.width,
                           height = file.height](const ImportSettings&) -> Result<Rgba> {
                Rgba out(static_cast<int>(width), static_cast<int>(height));
                for (std::size_t i = 0; i < grey->size(); ++i) {
                    std::fill_n(out.pixels.data() + i * 4, 3, (*grey)[i]);
                    out.pixels[i * 4 + 3] = 255;
                }
                return out;
            };
            return std::optional(std::move(item));
        }
        return std::optional<SourceItem>();
    }

    Status rewind() override {
        file_ = 0;
        index_ = 0;
        return {};
    }

  private:
    Status start(const File& file) {
        auto pictures = GzFile::open(file.pictures);
        if (!pictures) return pictures.error();
        pictures_ = std::make_unique<GzFile>(std::move(*pictures));
        for (int i = 0; i < 4; ++i) pictures_->number();
        if (file.labels.empty()) return {};
        auto labels = GzFile::open(file.labels);
        // Labels that do not belong to the pictures are worse than none.
        if (labels && labels->number() == kLabelsMagic && labels->number() == file.count)
            labels_ = std::make_unique<GzFile>(std::move(*labels));
        return {};
    }

    std::vector<File> files_;
    bool fashion_;
    std::size_t file_ = 0;
    std::uint32_t index_ = 0;
    std::unique_ptr<GzFile> pictures_, labels_;
    int largest_label_ = -1;
};

}  // namespace

std::vector<fs::path> idx_files(const fs::path& folder) {
    std::vector<fs::path> found;
    std::error_code failed;
    int looked_at = 0;
    for (fs::directory_iterator at(folder, failed), end; at != end && looked_at < 10'000;
         at.increment(failed), ++looked_at) {
        const std::string name = at->path().filename().native();
        if (name.find("idx3-ubyte") != std::string::npos && at->is_regular_file(failed))
            found.push_back(at->path());
    }
    // Training pictures first; of a file that is there twice, the uncompressed one.
    std::sort(found.begin(), found.end(), [](const fs::path& a, const fs::path& b) {
        const bool train_a = a.filename().native().starts_with("train"),
                   train_b = b.filename().native().starts_with("train");
        return train_a != train_b ? train_a : natural_less(a.native(), b.native());
    });
    std::erase_if(found, [&](const fs::path& path) {
        return path.extension() == ".gz" &&
               std::find(found.begin(), found.end(), fs::path(path).replace_extension()) !=
                   found.end();
    });
    return found;
}

Result<SourcePtr> open_idx(const fs::path& path) {
    std::error_code failed;
    const bool single = !fs::is_directory(path, failed);
    const std::vector<fs::path> pictures = single ? std::vector{path} : idx_files(path);
    if (pictures.empty())
        return Error{
            ErrorCode::NotFound,
            "There are no IDX files in “" + to_valid_utf8(path.native()) +
                "”. Expected are names like train-images-idx3-ubyte or train-images-idx3-ubyte.gz.",
            {}};
    std::vector<IdxSource::File> files;
    for (const fs::path& file : pictures) {
        auto in = GzFile::open(file);
        if (!in) return in.error();
        IdxSource::File entry{file, labels_of(file)};
        const std::uint32_t magic = in->number();
        entry.count = in->number();
        entry.height = in->number();
        entry.width = in->number();
        if (magic != kPicturesMagic || entry.count == 0 || entry.count > kMaxPictures ||
            entry.width < 1 || entry.width > kMaxSide || entry.height < 1 ||
            entry.height > kMaxSide)
            return Error{ErrorCode::Corrupt,
                         "“" + to_valid_utf8(file.filename().native()) +
                             "” is not an IDX file of pictures, or its header is damaged.",
                         {}};
        files.push_back(std::move(entry));
    }
    const fs::path whole = fs::weakly_canonical(path, failed);
    const bool fashion =
        (single ? whole.parent_path() : whole).filename().native().find("fashion") !=
        std::string::npos;
    return SourcePtr(std::make_unique<IdxSource>(std::move(files), fashion));
}

}  // namespace pentimento::media
