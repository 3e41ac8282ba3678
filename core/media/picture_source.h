// What all importers have in common: a source that hands out one picture after the other.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/media/import_settings.h"

namespace pentimento::media {

using Deadline = std::chrono::steady_clock::time_point;
inline bool passed(Deadline deadline) {
    return std::chrono::steady_clock::now() >= deadline;
}

/// One picture, not yet decoded, or the reason why there is none.
struct SourceItem {
    std::string name;         ///< valid UTF-8
    std::int32_t label = -1;  ///< index into class_names()
    std::uint64_t bytes = 0;  ///< memory that the item holds until it is decoded
    /// May run on any thread, at the same time as those of other items.
    std::function<Result<Rgba>(const ImportSettings&)> decode;
    std::string problem;  ///< non-empty: `decode` is not set
};

class PictureSource {
  public:
    virtual ~PictureSource() = default;

    /// Finds out what is there, until `deadline`; call again while it returns false. Labels and
    /// totals are known afterwards; next() works before, without them.
    virtual Result<bool> scan(Deadline) { return true; }
    /// Items that next() will give; 0 when unknown.
    virtual std::int64_t total() const { return 0; }
    virtual std::vector<std::string> class_names() const { return {}; }
    /// Collections made as a whole keep their duplicates.
    virtual bool keeps_duplicates() const { return false; }
    /// Nothing at the end. An error ends the import.
    virtual Result<std::optional<SourceItem>> next() = 0;
    /// Back to the first item; what scan() found is kept.
    virtual Status rewind() = 0;
};

using SourcePtr = std::unique_ptr<PictureSource>;

Result<SourcePtr> open_folder(const std::filesystem::path& path);
Result<SourcePtr> open_archive(const std::filesystem::path& path);
/// A folder of IDX files or one of them.
Result<SourcePtr> open_idx(const std::filesystem::path& path);
Result<SourcePtr> open_cifar(const std::filesystem::path& path);
Result<SourcePtr> open_emoji(const std::filesystem::path& font, EmojiSet set);

/// "idx:DIR" taken apart.
struct SourceName {
    std::string kind;  ///< "folder", "archive", "idx", "cifar", "emoji", "pack"
    std::filesystem::path path;
};
/// Looks at the file system where the text alone does not tell.
Result<SourceName> parse_source(const std::string& text);
Result<SourcePtr> open_source(const SourceName& name, const ImportSettings& settings);

/// Where a folder's IDX or CIFAR files are; empty when it has none.
std::vector<std::filesystem::path> idx_files(const std::filesystem::path& folder);
std::vector<std::filesystem::path> cifar_files(const std::filesystem::path& folder);
/// True when the file begins like an archive that can be read.
bool is_archive(const std::filesystem::path& path);
std::filesystem::path standard_emoji_font();

/// An error's message as the reason beside `name`: the name is not repeated.
std::string reason_of(const Error& error, std::string_view name);

}  // namespace pentimento::media
