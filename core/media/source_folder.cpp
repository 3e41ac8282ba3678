// A folder and what lies below it. Links to folders are not followed, so that a loop cannot trap
// us.
#include <algorithm>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/media/class_folders.h"
#include "core/media/picture_source.h"

namespace pentimento::media {
namespace {

class FolderSource final : public PictureSource {
  public:
    explicit FolderSource(fs::path root) : root_(std::move(root)) { pending_.push_back(root_); }

    Result<bool> scan(Deadline deadline) override {
        std::error_code failed;
        while (!pending_.empty() || at_ != fs::directory_iterator()) {
            if (passed(deadline)) return false;
            if (at_ == fs::directory_iterator()) {
                folder_ = std::move(pending_.back());
                pending_.pop_back();
                at_ = fs::directory_iterator(folder_, failed);
                if (failed) note_unreadable(failed);
                continue;
            }
            visit(*at_);
            at_.increment(failed);
            if (failed) note_unreadable(failed);
        }
        order();
        return true;
    }

    std::int64_t total() const override { return static_cast<std::int64_t>(found_.size()); }
    std::vector<std::string> class_names() const override {
        std::vector<std::string> names;
        for (const std::string& name : classes_.names()) names.push_back(to_valid_utf8(name));
        return names;
    }

    Result<std::optional<SourceItem>> next() override {
        if (!ordered_) order();
        if (index_ >= found_.size()) return std::optional<SourceItem>();
        const Found& found = found_[index_++];
        SourceItem item;
        item.name = to_valid_utf8(found.path);
        item.problem = found.problem;
        if (!item.problem.empty()) return std::optional(std::move(item));
        item.label = classes_.label(found.path);
        item.decode = [path = root_ / found.path,
                       name = item.name](const ImportSettings& settings) -> Result<Rgba> {
            const auto bytes = read_file(path, settings.read.max_file_bytes);
            if (!bytes) return bytes.error();
            return decode_for_import(std::as_bytes(std::span(*bytes)), name, settings);
        };
        return std::optional(std::move(item));
    }

    Status rewind() override {
        index_ = 0;
        return {};
    }

  private:
    struct Found {
        std::string path;  ///< relative to the root, raw bytes
        std::string problem;
    };

    std::string relative(const fs::path& path) const {
        const std::string &whole = path.native(), &root = root_.native();
        return whole.substr(std::min(whole.size(), root.size() + (root.ends_with('/') ? 0 : 1)));
    }

    void note_unreadable(const std::error_code& why) {
        found_.push_back({relative(folder_), "the folder cannot be read: " + why.message()});
        at_ = {};
    }

    void visit(const fs::directory_entry& entry) {
        const std::string name = entry.path().filename().native();
        if (is_hidden(name)) return;
        std::error_code failed;
        const fs::file_type type = entry.symlink_status(failed).type();
        if (type == fs::file_type::directory) {
            pending_.push_back(entry.path());
            return;
        }
        Found found{relative(entry.path()), {}};
        const NameKind kind = kind_of_name(name);
        if (type == fs::file_type::symlink && entry.is_directory(failed))
            found.problem = "a link to a folder; links are not followed";
        else if (kind == NameKind::Other)
            found.problem = "not a picture, to judge by its name";
        else if (kind == NameKind::Picture)
            classes_.add(found.path);
        found_.push_back(std::move(found));
    }

    void order() {
        std::sort(found_.begin(), found_.end(),
                  [](const Found& a, const Found& b) { return natural_less(a.path, b.path); });
        classes_.finish();
        ordered_ = true;
    }

    fs::path root_, folder_;
    std::vector<fs::path> pending_;
    fs::directory_iterator at_;
    std::vector<Found> found_;
    ClassFolders classes_;
    std::size_t index_ = 0;
    bool ordered_ = false;
};

}  // namespace

Result<SourcePtr> open_folder(const fs::path& path) {
    std::error_code failed;
    if (!fs::is_directory(path, failed))
        return Error{
            ErrorCode::NotFound, "There is no folder “" + to_valid_utf8(path.native()) + "”.", {}};
    fs::directory_iterator readable(path, failed);
    if (failed)
        return Error{ErrorCode::Io,
                     "The folder “" + to_valid_utf8(path.native()) + "” cannot be read.",
                     failed.message()};
    // Without a slash at the end, so that relative paths begin after exactly one.
    std::string root = path.native();
    while (root.size() > 1 && root.back() == '/') root.pop_back();
    return SourcePtr(std::make_unique<FolderSource>(root));
}

}  // namespace pentimento::media
