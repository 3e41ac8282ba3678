// zip, 7z and tar archives, compressed or not, read through libarchive. Nothing is ever unpacked to
// disk.
#include <archive.h>
#include <archive_entry.h>

#include <unordered_set>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/media/class_folders.h"
#include "core/media/picture_probe.h"
#include "core/media/picture_source.h"

namespace pentimento::media {
namespace {

constexpr std::int64_t kMaxEntries = 5'000'000;
constexpr std::uint64_t kMaxEntryBytes = 128u << 20;
/// Pictures are compressed already; what grows this much more is made to exhaust memory or
/// patience.
constexpr std::int64_t kMaxRatio = 200;
constexpr std::int64_t kRatioSlack = 64 << 10;  // libarchive reads ahead this much
/// An entry of a compressed stream can only be passed over by decompressing it.
constexpr std::int64_t kMaxSkippedBytes = std::int64_t{2} << 30;
constexpr std::size_t kBlock = 64 << 10;

using Handle = std::unique_ptr<archive, void (*)(archive*)>;

void release(archive* handle) {
    archive_read_free(handle);
}

/// Only formats and filters that run inside this process; "all" would call other programs.
Handle open(const fs::path& path) {
    Handle handle(archive_read_new(), release);
    archive* a = handle.get();
    for (const auto support : {archive_read_support_format_zip, archive_read_support_format_tar,
                               archive_read_support_format_gnutar, archive_read_support_format_7zip,
                               archive_read_support_filter_gzip, archive_read_support_filter_bzip2,
                               archive_read_support_filter_xz, archive_read_support_filter_lzma,
                               archive_read_support_filter_zstd, archive_read_support_filter_lz4})
        support(a);
    if (archive_read_open_filename(a, path.c_str(), kBlock) != ARCHIVE_OK)
        return {nullptr, release};
    return handle;
}

std::string why(archive* a) {
    const char* text = archive_error_string(a);
    return text ? to_valid_utf8(text) : "unknown reason";
}

std::string name_of(archive_entry* entry) {
    for (const char* name : {archive_entry_pathname_utf8(entry), archive_entry_pathname(entry)})
        if (name != nullptr) {
            std::string_view text = name;
            while (text.starts_with("./")) text.remove_prefix(2);
            return std::string(text);
        }
    return {};
}

bool leaves_its_folder(std::string_view name) {
    if (name.starts_with('/') || name.starts_with('\\') || (name.size() > 1 && name[1] == ':'))
        return true;
    std::string_view rest = name;
    while (!rest.empty()) {
        const std::string_view part = rest.substr(0, rest.find_first_of("/\\"));
        if (part == "..") return true;
        rest.remove_prefix(std::min(rest.size(), part.size() + 1));
    }
    return false;
}

class ArchiveSource final : public PictureSource {
  public:
    ArchiveSource(fs::path path, Handle listing)
        : path_(std::move(path)), listing_(std::move(listing)), reading_(nullptr, release) {}

    Result<bool> scan(Deadline deadline) override {
        archive_entry* entry = nullptr;
        while (listing_) {
            if (passed(deadline)) return false;
            const int status = archive_read_next_header(listing_.get(), &entry);
            if (status == ARCHIVE_RETRY) continue;
            if (status == ARCHIVE_EOF || status == ARCHIVE_FATAL) {
                listing_.reset();
                break;  // what is damaged is reported by next(), in its place
            }
            if (Status fair = check(entry); !fair) return fair.error();
            const std::string name = name_of(entry);
            if (passed_over(entry, name)) continue;
            if (++total_ > kMaxEntries)
                return Error{ErrorCode::TooLarge,
                             shown() + " has more than " + format_count(kMaxEntries) + " entries.",
                             {}};
            if (kind_of_name(name) == NameKind::Picture &&
                archive_entry_filetype(entry) == AE_IFREG)
                classes_.add(name);
        }
        classes_.finish();
        return true;
    }

    std::int64_t total() const override { return total_; }
    std::vector<std::string> class_names() const override {
        std::vector<std::string> names;
        for (const std::string& name : classes_.names()) names.push_back(to_valid_utf8(name));
        return names;
    }

    Result<std::optional<SourceItem>> next() override {
        if (ended_) return std::optional<SourceItem>();
        if (!reading_ && !(reading_ = open(path_)))
            return Error{ErrorCode::Io, shown() + " can no longer be read.", {}};
        archive_entry* entry = nullptr;
        for (;;) {
            const int status = archive_read_next_header(reading_.get(), &entry);
            if (status == ARCHIVE_RETRY) continue;
            if (status == ARCHIVE_EOF) {
                ended_ = true;
                return std::optional<SourceItem>();
            }
            SourceItem item;
            if (status == ARCHIVE_FATAL) {
                ended_ = true;
                item.name = to_valid_utf8(path_.filename().native());
                item.problem = "the archive ends early or is damaged; what follows is lost (" +
                               why(reading_.get()) + ")";
                return std::optional(std::move(item));
            }
            if (Status fair = check(entry); !fair) return fair.error();
            const std::string name = name_of(entry);
            if (passed_over(entry, name)) continue;
            item.name = to_valid_utf8(name);
            item.problem = objection(entry, name);
            if (item.problem.empty()) fetch(entry, name, item);
            return std::optional(std::move(item));
        }
    }

    Status rewind() override {
        reading_.reset();
        seen_.clear();
        ended_ = false;
        return {};
    }

  private:
    std::string shown() const { return "“" + to_valid_utf8(path_.filename().native()) + "”"; }

    static bool passed_over(archive_entry* entry, const std::string& name) {
        return archive_entry_filetype(entry) == AE_IFDIR || is_hidden(name);
    }

    /// What makes reading on dangerous.
    Status check(archive_entry* entry) const {
        const archive* a = listing_ ? listing_.get() : reading_.get();
        if (archive_filter_count(const_cast<archive*>(a)) > 1 &&
            archive_entry_size(entry) > kMaxSkippedBytes)
            return Error{ErrorCode::TooLarge,
                         shown() + " holds an entry that unpacks to " +
                             format_bytes(static_cast<std::uint64_t>(archive_entry_size(entry))) +
                             ". It looks like a decompression bomb and was not read.",
                         {}};
        return {};
    }

    /// Why an entry is not even looked into; empty when it may be.
    std::string objection(archive_entry* entry, const std::string& name) {
        if (name.empty()) return "an entry without a name";
        if (archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr)
            return "a link, not a picture";
        if (archive_entry_filetype(entry) != AE_IFREG) return "not a regular file";
        if (leaves_its_folder(name)) return "its path points outside of the archive";
        if (!seen_.insert(hash64(name)).second) return "a second entry of the same name";
        if (archive_entry_is_encrypted(entry))
            return "encrypted; unpack it with its password first";
        if (kind_of_name(name) == NameKind::Other) return "not a picture, to judge by its name";
        if (archive_entry_size_is_set(entry) &&
            archive_entry_size(entry) > static_cast<std::int64_t>(kMaxEntryBytes))
            return "too large: " +
                   format_bytes(static_cast<std::uint64_t>(archive_entry_size(entry)));
        return {};
    }

    /// Reads the entry into memory, giving up as soon as it turns out to be no picture or a bomb.
    void fetch(archive_entry* entry, const std::string& name, SourceItem& item) {
        archive* a = reading_.get();
        const std::int64_t packed_before = archive_filter_bytes(a, -1);
        auto bytes = std::make_shared<std::vector<std::byte>>();
        const void* block = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        for (;;) {
            const int status = archive_read_data_block(a, &block, &size, &offset);
            if (status == ARCHIVE_EOF) break;
            if (status == ARCHIVE_RETRY) continue;
            if (status != ARCHIVE_OK) {
                item.problem = "cannot be unpacked (" + why(a) + ")";
                return;
            }
            if (size == 0) continue;
            if (offset != static_cast<la_int64_t>(bytes->size())) {
                item.problem = "a sparse file, not a picture";
                return;
            }
            if (bytes->size() + size > kMaxEntryBytes) {
                item.problem = "too large: more than " + format_bytes(kMaxEntryBytes);
                return;
            }
            const bool first = bytes->empty();
            const auto* from = static_cast<const std::byte*>(block);
            bytes->insert(bytes->end(), from, from + size);
            if (first && size >= 32 && probe(*bytes, name).ok() == false &&
                probe(*bytes, name).error().code == ErrorCode::Unsupported) {
                item.problem = "is not a picture that can be read";
                return;
            }
            const std::int64_t packed = archive_filter_bytes(a, -1) - packed_before + kRatioSlack;
            if (static_cast<std::int64_t>(bytes->size()) / kMaxRatio > packed) {
                item.problem = "expands more than " + std::to_string(kMaxRatio) +
                               " times; it looks like a decompression bomb";
                return;
            }
        }
        if (archive_entry_size_is_set(entry) &&
            static_cast<std::int64_t>(bytes->size()) < archive_entry_size(entry)) {
            item.problem = "ends early";
            return;
        }
        item.label = classes_.label(name);
        item.bytes = bytes->size();
        item.decode = [bytes = std::move(bytes),
                       shown = item.name](const ImportSettings& settings) {
            return decode_for_import(*bytes, shown, settings);
        };
    }

    fs::path path_;
    Handle listing_;  ///< the first pass, over the names
    Handle reading_;  ///< the second, over the contents
    std::unordered_set<std::uint64_t> seen_;
    ClassFolders classes_;
    std::int64_t total_ = 0;
    bool ended_ = false;
};

/// A regular file that libarchive recognises: its first header can be read, or it is validly empty.
Handle open_checked(const fs::path& path) {
    std::error_code failed;
    if (!fs::is_regular_file(path, failed))  // a FIFO would block
        return {nullptr, release};
    Handle probe_handle = open(path);
    archive_entry* entry = nullptr;
    if (!probe_handle || archive_read_next_header(probe_handle.get(), &entry) == ARCHIVE_FATAL)
        return {nullptr, release};
    // An empty file, or a compressed one that is no archive, passes for an empty archive.
    if (archive_format(probe_handle.get()) == 0) return {nullptr, release};
    return open(path);
}

}  // namespace

bool is_archive(const fs::path& path) {
    return open_checked(path) != nullptr;
}

Result<SourcePtr> open_archive(const fs::path& path) {
    Handle handle = open_checked(path);
    if (!handle)
        return Error{
            ErrorCode::Unsupported,
            "“" + to_valid_utf8(path.filename().native()) +
                "” is not an archive that can be read (zip, 7z, or tar, also compressed with gzip, "
                "bzip2, xz or zstd), or it is damaged.",
            path.string()};
    return SourcePtr(std::make_unique<ArchiveSource>(path, std::move(handle)));
}

}  // namespace pentimento::media
