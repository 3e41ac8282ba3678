// Writes archives for tests, honest and hostile ones, through libarchive.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <string>

#include "tests/media/media_test_tools.h"

namespace pentimento {

class ArchiveBuilder {
  public:
    /// "zip", "tar", "tar.gz", "tar.xz", "tar.bz2", "tar.zst" or "7z".
    ArchiveBuilder(fs::path path, const std::string& kind)
        : path_(std::move(path)), out_(archive_write_new()) {
        if (kind == "zip")
            archive_write_set_format_zip(out_);
        else if (kind == "7z")
            archive_write_set_format_7zip(out_);
        else
            archive_write_set_format_pax_restricted(out_);
        if (kind == "tar.gz") archive_write_add_filter_gzip(out_);
        if (kind == "tar.xz") archive_write_add_filter_xz(out_);
        if (kind == "tar.bz2") archive_write_add_filter_bzip2(out_);
        if (kind == "tar.zst") archive_write_add_filter_zstd(out_);
    }
    ArchiveBuilder(const ArchiveBuilder&) = delete;
    ~ArchiveBuilder() { close(); }

    ArchiveBuilder& password(const char* text) {
        archive_write_set_options(out_, "zip:encryption=zipcrypt");
        archive_write_set_passphrase(out_, text);
        return *this;
    }

    ArchiveBuilder& file(const std::string& name, const std::string& bytes) {
        return entry(name, AE_IFREG, bytes, nullptr, nullptr);
    }
    ArchiveBuilder& folder(const std::string& name) {
        return entry(name, AE_IFDIR, "", nullptr, nullptr);
    }
    ArchiveBuilder& symlink(const std::string& name, const char* to) {
        return entry(name, AE_IFLNK, "", to, nullptr);
    }
    ArchiveBuilder& hardlink(const std::string& name, const char* to) {
        return entry(name, AE_IFREG, "", nullptr, to);
    }
    ArchiveBuilder& special(const std::string& name, unsigned type) {
        return entry(name, type, "", nullptr, nullptr);
    }
    /// Zeros without end.
    ArchiveBuilder& zeros(const std::string& name, const std::string& start, std::size_t size) {
        open();
        archive_entry* e = make(name, AE_IFREG, static_cast<std::int64_t>(start.size() + size));
        archive_write_header(out_, e);
        archive_write_data(out_, start.data(), start.size());
        const std::string block(1 << 20, '\0');
        for (std::size_t done = 0; done < size; done += block.size())
            archive_write_data(out_, block.data(), std::min(block.size(), size - done));
        archive_entry_free(e);
        return *this;
    }

    void close() {
        if (out_ == nullptr) return;
        open();
        archive_write_close(out_);
        archive_write_free(out_);
        out_ = nullptr;
    }

  private:
    void open() {
        if (!opened_) {
            EXPECT_EQ(archive_write_open_filename(out_, path_.c_str()), ARCHIVE_OK);
        }
        opened_ = true;
    }

    static archive_entry* make(const std::string& name, unsigned type, std::int64_t size) {
        archive_entry* e = archive_entry_new();
        archive_entry_set_pathname(e, name.c_str());
        archive_entry_set_filetype(e, type);
        archive_entry_set_perm(e, 0644);
        archive_entry_set_size(e, size);
        return e;
    }

    ArchiveBuilder& entry(const std::string& name, unsigned type, const std::string& bytes,
                          const char* symlink, const char* hardlink) {
        open();
        archive_entry* e = make(name, type, static_cast<std::int64_t>(bytes.size()));
        if (symlink) archive_entry_set_symlink(e, symlink);
        if (hardlink) archive_entry_set_hardlink(e, hardlink);
        // A name that is not UTF-8 gives a warning, and is written.
        EXPECT_GE(archive_write_header(out_, e), ARCHIVE_WARN)
            << name << ": " << archive_error_string(out_);
        if (!bytes.empty()) archive_write_data(out_, bytes.data(), bytes.size());
        archive_entry_free(e);
        return *this;
    }

    fs::path path_;
    archive* out_;
    bool opened_ = false;
};

}  // namespace pentimento
