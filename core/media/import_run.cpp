// Importing in steps of about a tenth of a second: read, decode on a few threads, append in order.
#include "core/media/import_run.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "core/base/hash.h"
#include "core/base/text.h"
#include "core/media/import.h"

namespace pentimento::media {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kStepTime = std::chrono::milliseconds(100);
constexpr double kBatchSeconds = 0.02;  // of this thread's share of decoding a batch
constexpr std::size_t kMaxBatch = 512;
constexpr std::uint64_t kBatchBytes = 32u << 20;
constexpr std::size_t kMaxProblems = 1000;
constexpr unsigned kMaxThreads = 4;
constexpr int kPreviewEdge = 128;
constexpr std::size_t kPreviewCells = 36;
constexpr std::int64_t kLargePreviewPixels = 256 * 256;

double thread_seconds() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

unsigned thread_count() {
    return std::clamp(std::thread::hardware_concurrency(), 1u, kMaxThreads);
}

}  // namespace

ImportRun::ImportRun(std::string title, ParamSet params, ImportSettings settings, SourcePtr source,
                     std::filesystem::path out)
    : title_(std::move(title)),
      params_(std::move(params)),
      settings_(settings),
      source_(std::move(source)),
      out_(std::move(out)) {
    if (settings_.channels != Channels::Auto)
        channels_ = settings_.channels == Channels::Grey ? 1 : 3;
}

Status ImportRun::apply(const Patch& patch) {
    if (patch.empty()) return {};
    return Error{ErrorCode::Conflict,
                 "An import's settings cannot change while it runs. Stop it and start again.",
                 {}};
}

Status ImportRun::save(const std::filesystem::path&) {
    return Error{ErrorCode::Unsupported,
                 "An import cannot be saved half-way; it starts again from the beginning.",
                 {}};
}

Status ImportRun::restore(const std::filesystem::path&) {
    return Error{ErrorCode::Unsupported,
                 "An import cannot be continued; it starts again from the beginning.",
                 {}};
}

StepReport& ImportRun::describe(StepReport& report) const {
    report.step = handled_;
    report.finished = finished_;
    std::int64_t total = scanned_ ? source_->total() : 0;
    if (settings_.limit > 0 && total > 0) total = std::min(total, settings_.limit + skipped_);
    report.total_steps = finished_ ? handled_ : total > 0 ? std::max(total, handled_) : 0;
    return report;
}

Result<StepReport> ImportRun::step() {
    StepReport report;
    if (finished_) return describe(report);
    const auto deadline = Clock::now() + kStepTime;
    if (!scanned_) {
        const auto done = source_->scan(deadline);
        if (!done) return done.error();
        scanned_ = *done;
        report.note = "Looking for pictures: " + format_count(source_->total()) + " files so far";
        if (!scanned_) return describe(report);
    }
    report.note = "Reading pictures";
    do {
        auto batch = take_batch();
        if (!batch) return batch.error();
        decode(*batch);
        for (Item& item : *batch) {
            if (settings_.limit > 0 && kept_ >= settings_.limit) break;
            const bool colour = settings_.channels == Channels::Auto && !item.frame.empty() &&
                                channels_ != 3 && !is_grey(item.frame);
            if (colour) {
                channels_ = 3;
                if (writer_) {
                    if (Status status = start_again_in_colour(); !status) return status.error();
                    break;
                }
            }
            if (Status status = add(item, report); !status) return status.error();
            ++report.items;
        }
        if (exhausted_ || (settings_.limit > 0 && kept_ >= settings_.limit)) {
            if (Status status = finish(report); !status) return status.error();
            break;
        }
    } while (!passed(deadline));
    return describe(report);
}

Result<std::vector<ImportRun::Item>> ImportRun::take_batch() {
    std::vector<Item> batch;
    const auto frame_bytes = static_cast<std::uint64_t>(settings_.size) * settings_.size * 4;
    std::uint64_t bytes = 0;
    while (!exhausted_ && batch.size() < batch_size_ && bytes < kBatchBytes) {
        auto item = source_->next();
        if (!item) return item.error();
        exhausted_ = !item->has_value();
        if (exhausted_) break;
        bytes += (*item)->bytes + frame_bytes;
        batch.push_back({std::move(**item), {}, {}});
    }
    return batch;
}

void ImportRun::decode(std::vector<Item>& batch) {
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        for (std::size_t i = next++; i < batch.size(); i = next++) {
            Item& item = batch[i];
            item.problem = item.source.problem;
            if (!item.source.decode) continue;
            try {
                auto decoded = item.source.decode(settings_);
                auto frame = decoded ? prepare(std::move(*decoded), settings_)
                                     : Result<Frame>(decoded.error());
                if (frame)
                    item.frame = std::move(*frame);
                else
                    item.problem = reason_of(frame.error(), item.source.name);
            } catch (const std::exception& unexpected) {
                item.problem = std::string("cannot be read (") + unexpected.what() + ")";
            }
            item.source.decode = nullptr;  // lets go of the file's bytes
        }
    };
    std::vector<std::jthread> helpers;
    for (std::size_t i = 1; i < std::min<std::size_t>(thread_count(), batch.size()); ++i)
        helpers.emplace_back(work);
    const double before = thread_seconds();
    work();
    // Waking a thread can take longer than decoding a few small pictures, the more so on a busy
    // machine, hence processor time and not the clock: a batch grows until it is worth the trouble.
    // Its size has no influence on the result.
    const double spent = thread_seconds() - before;
    if (spent < kBatchSeconds / 2)
        batch_size_ = std::min(batch_size_ * 2, kMaxBatch);
    else if (spent > kBatchSeconds * 2)
        batch_size_ = std::max<std::size_t>(batch_size_ / 2, thread_count());
}

void ImportRun::skip(const std::string& source, const std::string& reason, StepReport& report) {
    ++skipped_;
    if (problems_.size() < kMaxProblems) problems_.push_back({source, reason});
    if (handled_ <= reported_ || skipped_ > static_cast<std::int64_t>(kMaxProblems)) return;
    report.events.push_back({.type = "skipped",
                             .text = source + ": " + reason + ".",
                             .severity = Severity::Warning,
                             .data = {{"source", source}, {"reason", reason}}});
}

Status ImportRun::add(Item& item, StepReport& report) {
    ++handled_;
    if (item.frame.empty()) {
        skip(item.source.name, item.problem.empty() ? "cannot be read" : item.problem, report);
    } else if (settings_.skip_duplicates && !source_->keeps_duplicates()) {
        const auto& frame = item.frame;
        Hasher hasher;
        for (int y = 0; y < frame.height; ++y)
            hasher.update(
                std::as_bytes(std::span(frame.row(y), static_cast<std::size_t>(frame.width) * 4)));
        const auto [at, fresh] = seen_.emplace(hasher.digest(), writer_ ? writer_->count() : 0);
        if (!fresh)
            skip(item.source.name, "a duplicate of " + std::string(writer_->source(at->second)),
                 report);
        else if (Status status = write(item); !status)
            return status;
    } else if (Status status = write(item); !status) {
        return status;
    }
    reported_ = std::max(reported_, handled_);
    return {};
}

Status ImportRun::write(const Item& item) {
    if (channels_ == 0) channels_ = 1;  // grey until a picture shows otherwise
    if (!writer_) {
        auto created = PackWriter::create(out_, settings_.size, settings_.size, channels_);
        if (!created) return created.error();
        writer_.emplace(std::move(*created));
    }
    const auto& [name, label] = std::pair(item.source.name, item.source.label);
    if (Status status = writer_->add(packed_pixels(item.frame, channels_, false), label, name);
        !status)
        return status;
    if (settings_.mirror)
        if (Status status = writer_->add(packed_pixels(item.frame, channels_, true), label,
                                         name + " (mirrored)");
            !status)
            return status;
    ++kept_;
    const bool large = std::int64_t{item.frame.width} * item.frame.height > kLargePreviewPixels;
    newest_.push_back(channels_ == 1 ? grey_frame(item.frame) : item.frame);
    while (newest_.size() > (large ? kPreviewCells / 4 : kPreviewCells)) newest_.pop_front();
    return {};
}

/// What was written as grey can no longer stay so. Rare: only when grey pictures come before
/// coloured ones, and then cheaper than knowing all pictures beforehand.
Status ImportRun::start_again_in_colour() {
    writer_.reset();
    seen_.clear();
    problems_.clear();
    newest_.clear();
    handled_ = kept_ = skipped_ = 0;
    exhausted_ = false;
    return source_->rewind();
}

Status ImportRun::finish(StepReport& report) {
    if (kept_ == 0) {
        std::string message = "No picture that can be used was found in “" + title_ + "”.";
        if (!problems_.empty())
            message += " " + format_count(skipped_) + " left out; the first was " +
                       problems_.front().source + ": " + problems_.front().reason + ".";
        else
            message += " Pictures are files such as PNG, JPEG, WebP, TIFF, BMP or GIF.";
        return Error{ErrorCode::NotFound, std::move(message), {}};
    }
    PackInfo info;
    info.name = title_;
    info.class_names = source_->class_names();
    info.import_settings = params_.to_json();
    info.skipped = skipped_;
    info.problems = problems_;
    const std::int64_t count = writer_->count();
    if (Status status = writer_->finish(std::move(info)); !status) return status;
    writer_.reset();
    finished_ = true;
    const std::string size = std::to_string(settings_.size);
    report.note = "Finished";
    report.events.push_back(
        {.type = "imported",
         .text = format_count(count) + " pictures of " + size + " × " + size + " px, " +
                 (channels_ == 1 ? "grey" : "colour") + "; " + format_count(skipped_) +
                 " left out.",
         .data = {{"count", count}, {"skipped", skipped_}, {"path", out_.string()}}});
    return {};
}

Result<Preview> ImportRun::preview() {
    if (newest_.empty()) return Error{ErrorCode::NotFound, "No picture has been read yet.", {}};
    std::vector<Frame> cells;
    for (const Frame& frame : newest_) cells.push_back(resize_to_edge(frame, kPreviewEdge));
    Preview preview;
    while (preview.columns * preview.columns < static_cast<int>(cells.size())) ++preview.columns;
    preview.rows = (static_cast<int>(cells.size()) + preview.columns - 1) / preview.columns;
    preview.step = handled_;
    preview.frame = make_grid(cells, preview.columns);
    return preview;
}

}  // namespace pentimento::media

namespace pentimento {

Result<std::unique_ptr<Run>> make_import_run(const std::string& source, const ParamSet& params,
                                             const std::filesystem::path& out) {
    const auto settings = media::ImportSettings::from(params);
    if (!settings) return settings.error();
    const auto name = media::parse_source(source);
    if (!name) return name.error();
    auto opened = media::open_source(*name, *settings);
    if (!opened) return opened.error();
    std::error_code failed;
    fs::path title = name->path;
    if (!title.has_filename()) title = title.parent_path();
    if (title == "." || title == "..") title = fs::weakly_canonical(title, failed);
    return std::unique_ptr<Run>(std::make_unique<media::ImportRun>(
        name->kind == "emoji" ? "Emoji" : to_valid_utf8(title.filename().native()), params,
        *settings, std::move(*opened), out));
}

}  // namespace pentimento
