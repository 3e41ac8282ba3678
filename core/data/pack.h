// One memory-mapped file that holds a whole dataset: fixed-size uint8 pictures, labels, source
// names. The format is described in docs/FORMATS.md. No torch here: tensors begin in
// core/data/sampler.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/file.h"
#include "core/base/frame.h"
#include "core/base/json.h"
#include "core/base/result.h"

namespace pentimento {

/// A source that was left out, and why.
struct ImportProblem {
    std::string source;
    std::string reason;
};

struct PackInfo {
    int width = 0;  ///< pixels, 8 … 1024
    int height = 0;
    int channels = 0;  ///< 1 (grey) or 3 (RGB)
    std::int64_t count = 0;
    std::vector<std::string>
        class_names;  ///< empty: no labels; else label i is named class_names[i]
    std::vector<std::int64_t> class_counts;  ///< pictures of each class
    std::string name;                        ///< what the person called the source
    Json import_settings;                    ///< the import parameters that made it
    std::int64_t skipped = 0;                ///< sources left out
    std::vector<ImportProblem> problems;     ///< the first 1,000 of them
    std::string fingerprint;  ///< hash of all pixels and labels, 16 hexadecimal digits
};

/// Streams pictures into a new file; without finish() nothing appears at `path`.
class PackWriter {
  public:
    static Result<PackWriter> create(const std::filesystem::path& path, int width, int height,
                                     int channels);
    PackWriter(PackWriter&&) noexcept;
    PackWriter& operator=(PackWriter&&) noexcept;
    ~PackWriter();

    /// `pixels`: height·width·channels bytes, interleaved (HWC), as RGB or grey. `label`: -1 for
    /// none.
    Status add(std::span<const std::uint8_t> pixels, std::int32_t label, std::string_view source);
    std::int64_t count() const;
    /// The source name of picture i, 0 ≤ i < count(); valid until the next add().
    std::string_view source(std::int64_t i) const;
    /// `info.width, height, channels, count, class_counts, fingerprint` are filled in by the
    /// writer.
    Status finish(PackInfo info);

  private:
    struct Impl;
    explicit PackWriter(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

/// Opened in milliseconds whatever its size; memory stays flat since pages are mapped.
/// Copies share the mapping; reading from several threads is safe.
class PackedDataset {
  public:
    static Result<PackedDataset> open(const std::filesystem::path& path);

    const PackInfo& info() const;
    const std::filesystem::path& path() const;
    std::int64_t count() const { return info().count; }
    /// HWC bytes of picture i, 0 ≤ i < count().
    std::span<const std::uint8_t> picture(std::int64_t i) const;
    std::int32_t label(std::int64_t i) const;  ///< -1 without labels
    std::string_view source(std::int64_t i) const;
    Frame frame(std::int64_t i) const;  ///< an RGBA copy
    /// Reads all pixels and compares the fingerprint.
    Status verify() const;

  private:
    struct Impl;
    std::shared_ptr<const Impl> impl_;
};

}  // namespace pentimento
