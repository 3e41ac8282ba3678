// From what a person names to the importer that can read it, and the cache key of the result.
#include <algorithm>
#include <fstream>
#include <set>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/media/class_folders.h"
#include "core/media/import.h"
#include "core/media/picture_probe.h"
#include "core/media/picture_source.h"

namespace pentimento {
namespace media {
namespace {

/// The first bytes of a regular file; empty for everything else.
std::string beginning(const fs::path& path) {
    std::error_code failed;
    if (!fs::is_regular_file(path, failed)) return {};
    std::string bytes(64, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return bytes;
}

bool is_font(const std::string& bytes) {
    return bytes.starts_with(std::string_view("\0\1\0\0", 4)) || bytes.starts_with("OTTO") ||
           bytes.starts_with("ttcf") || bytes.starts_with("true");
}

Result<std::string> kind_of_file(const fs::path& path) {
    const std::string shown = "“" + to_valid_utf8(path.filename().native()) + "”";
    const std::string bytes = beginning(path);
    if (bytes.starts_with("PNTMPACK")) return std::string("pack");
    if (path.filename().native().find("idx3-ubyte") != std::string::npos) return std::string("idx");
    if (is_font(bytes)) return std::string("emoji");
    if (is_archive(path)) return std::string("archive");
    if (probe(std::as_bytes(std::span(bytes)), {}).ok())
        return Error{ErrorCode::Unsupported,
                     shown + " is a single picture. Choose a folder or an archive of pictures.",
                     {}};
    return Error{ErrorCode::Unsupported,
                 shown +
                     " is not a dataset. Choose a folder or an archive (zip, 7z, tar …) of "
                     "pictures, a packed "
                     "dataset, or a font of colour emoji.",
                 {}};
}

}  // namespace

std::string reason_of(const Error& error, std::string_view name) {
    const std::string shown = "“" + std::string(name) + "” ";
    std::string reason = error.message;
    if (reason.starts_with(shown)) reason.erase(0, shown.size());
    if (reason.ends_with('.') && !reason.ends_with("..")) reason.pop_back();
    return reason;
}

Result<SourceName> parse_source(const std::string& text) {
    std::error_code failed;
    if (text.empty())
        return Error{ErrorCode::InvalidArgument, "No source of pictures was named.", {}};
    if (const fs::path path = text; fs::exists(path, failed)) {
        if (!fs::is_directory(path, failed)) {
            auto kind = kind_of_file(path);
            return kind ? Result<SourceName>(SourceName{*kind, path}) : kind.error();
        }
        if (!idx_files(path).empty()) return SourceName{"idx", path};
        return SourceName{cifar_files(path).empty() ? "folder" : "cifar", path};
    }
    if (text == "emoji") return SourceName{"emoji", standard_emoji_font()};
    for (const char* kind : {"idx", "cifar", "emoji"})
        if (const std::string prefix = std::string(kind) + ":"; text.starts_with(prefix))
            return SourceName{kind, text.substr(prefix.size())};
    return Error{ErrorCode::NotFound,
                 "There is no “" + to_valid_utf8(text) +
                     "”. A source is a folder, an archive, a packed dataset, idx:FOLDER, "
                     "cifar:FOLDER, emoji or "
                     "emoji:FONT.",
                 {}};
}

Result<SourcePtr> open_source(const SourceName& name, const ImportSettings& settings) {
    if (name.kind == "folder") return open_folder(name.path);
    if (name.kind == "archive") return open_archive(name.path);
    if (name.kind == "idx") return open_idx(name.path);
    if (name.kind == "cifar") return open_cifar(name.path);
    if (name.kind == "emoji") return open_emoji(name.path, settings.emoji);
    return Error{ErrorCode::Unsupported,
                 "“" + to_valid_utf8(name.path.filename().native()) +
                     "” is a packed dataset already and needs no import.",
                 {}};
}

}  // namespace media

namespace {

constexpr int kImporterVersion = 1;  ///< a change in what importing gives needs new cached packs
constexpr auto kGuessTime = std::chrono::milliseconds(300);

std::string plural(std::int64_t count, const std::string& one, const std::string& many) {
    return format_count(count) + " " + (count == 1 ? one : many);
}

std::string folder_label(media::PictureSource& source, const std::string& what) {
    const auto scanned = source.scan(std::chrono::steady_clock::now() + kGuessTime);
    if (!scanned || source.total() == 0) return what;
    const std::string more = *scanned ? "" : "more than ";
    const auto classes = static_cast<std::int64_t>(source.class_names().size());
    if (classes > 0)
        return what + " with " + plural(classes, "class folder", "class folders") + ", " + more +
               plural(source.total(), "file", "files");
    return what + " with " + more + plural(source.total(), "file", "files");
}

}  // namespace

Result<SourceGuess> guess_source(const std::string& path_or_source) {
    const auto name = media::parse_source(path_or_source);
    if (!name) return name.error();
    SourceGuess guess{path_or_source, name->kind, {}};
    if (name->kind == "pack") {
        const auto pack = PackedDataset::open(name->path);
        if (!pack) return pack.error();
        const PackInfo& info = pack->info();
        guess.label = "Packed dataset, " + plural(info.count, "picture", "pictures") + " of " +
                      std::to_string(info.width) + " × " + std::to_string(info.height) + " px";
        return guess;
    }
    auto source =
        media::open_source(*name, *media::ImportSettings::from(ParamSet(import_schema())));
    if (!source) return source.error();
    if (name->kind == "folder" || name->kind == "archive") {
        guess.label = folder_label(**source, name->kind == "folder" ? "Folder" : "Archive");
        return guess;
    }
    guess.source = name->kind + ":" + name->path.string();
    guess.label = (name->kind == "idx"     ? "IDX files, "
                   : name->kind == "cifar" ? "CIFAR files, "
                                           : "Emoji font, ") +
                  plural((*source)->total(), "picture", "pictures");
    return guess;
}

Result<ImportPreview> preview_import(const std::string& source, const ParamSet& params, int count) {
    constexpr int kPreviewEdge = 512;
    const auto settings = media::ImportSettings::from(params);
    if (!settings) return settings.error();
    const auto name = media::parse_source(source);
    if (!name) return name.error();
    ImportPreview preview;
    if (name->kind == "pack") {
        const auto pack = PackedDataset::open(name->path);
        if (!pack) return pack.error();
        for (std::int64_t i = 0; i < std::min<std::int64_t>(count, pack->count()); ++i) {
            preview.before.push_back(pack->frame(i));
            preview.after.push_back(preview.before.back());
            preview.names.emplace_back(pack->source(i));
        }
        return preview;
    }
    auto opened = media::open_source(*name, *settings);
    if (!opened) return opened.error();
    if (name->kind == "folder")
        if (const auto scanned = (*opened)->scan(std::chrono::steady_clock::now() + kGuessTime);
            !scanned)
            return scanned.error();
    // The original is wanted large enough to be looked at, not only large enough for the import.
    media::ImportSettings looking = *settings;
    looking.size = std::max(looking.size, kPreviewEdge / 2);
    std::string reason;
    for (int tried = 0; static_cast<int>(preview.after.size()) < count && tried < count + 1000;
         ++tried) {
        auto item = (*opened)->next();
        if (!item) return item.error();
        if (!*item) break;
        auto decoded = (*item)->decode
                           ? (*item)->decode(looking)
                           : Result<media::Rgba>(Error{ErrorCode::Corrupt, (*item)->problem, {}});
        if (!decoded) {
            reason = (*item)->name + ": " + media::reason_of(decoded.error(), (*item)->name);
            continue;
        }
        media::Rgba original = *decoded;
        auto after = media::prepare(std::move(*decoded), *settings);
        if (!after) {
            reason = (*item)->name + ": " + after.error().message;
            continue;
        }
        if (settings->channels == media::Channels::Grey) after = media::grey_frame(*after);
        preview.before.push_back(resize_to_edge(std::move(original).to_frame(), kPreviewEdge));
        preview.after.push_back(std::move(*after));
        preview.names.push_back((*item)->name);
    }
    if (preview.after.empty())
        return Error{ErrorCode::NotFound,
                     "No picture that can be used was found in “" + to_valid_utf8(source) + "”." +
                         (reason.empty() ? "" : " The last one tried: " + reason + "."),
                     {}};
    return preview;
}

std::string import_cache_key(const std::string& source, const ParamSet& params) {
    Hasher hasher;
    const auto add = [&hasher](std::string_view text) {
        hasher.update(std::as_bytes(std::span(text)));
        hasher.update(std::as_bytes(std::span("\0", 1)));
    };
    std::error_code failed;
    const auto add_file = [&](const fs::path& path) {
        const auto time = fs::last_write_time(path, failed).time_since_epoch().count();
        const auto size = fs::is_regular_file(path, failed) ? fs::file_size(path, failed) : 0;
        add(path.native());
        add(std::to_string(time) + " " + std::to_string(size));
    };
    add(std::to_string(kImporterVersion));
    add(params.to_json().dump());
    const auto name = media::parse_source(source);
    std::string stem = "dataset";
    if (name) {
        const fs::path path = fs::weakly_canonical(name->path, failed);
        stem = name->kind == "emoji" ? "emoji" : to_valid_utf8(path.stem().native());
        add(name->kind);
        add_file(path);
        if (fs::is_directory(path, failed)) {
            // Sorted, since a folder lists its files in no particular order.
            std::set<fs::path> files;
            constexpr auto kSkip = fs::directory_options::skip_permission_denied;
            for (fs::recursive_directory_iterator at(path, kSkip, failed), end;
                 !failed && at != end; at.increment(failed))
                files.insert(at->path());
            for (const fs::path& file : files) add_file(file);
        }
    } else {
        add(source);
    }
    for (char& c : stem)
        if (!std::isalnum(static_cast<unsigned char>(c)) && c != '-' && c != '_') c = '-';
    return stem.substr(0, 40) + "-" + to_hex(hasher.digest());
}

}  // namespace pentimento
