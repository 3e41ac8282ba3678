// The list of what is published, and its cache.
#include "core/fetch/weights.h"

#include <cstdlib>

#include "core/base/file.h"

namespace pentimento {
namespace {

constexpr const char* kPublisher = "pytorch.org";

}  // namespace

const std::vector<PublishedWeights>& published_weights() {
    static const std::vector<PublishedWeights> list{
        {"squeezenet", "SqueezeNet 1.1",
         "https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth", 4'958'839,
         "b8a52dc049b60e4b6ab68ad0df457362afab8b6304b2febdc1650a5dab4d7e7b", "torchvision"},
        {"vgg16", "VGG-16", "https://download.pytorch.org/models/vgg16-397923af.pth", 553'433'881,
         "397923af8e79cdbb6a7127f12361acd7a2f83e06b05044ddf496e83de57a5bf0", "torchvision"},
        {"vgg19", "VGG-19", "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth", 574'673'361,
         "dcbb9e9dad569fff7a846263a77324fc34978fea2bfb039c012d710e1776ae44", "torchvision"},
    };
    return list;
}

const PublishedWeights* find_published_weights(std::string_view features) {
    for (const auto& weights : published_weights())
        if (weights.features == features) return &weights;
    return nullptr;
}

fs::path weights_cache() {
    const auto variable = [](const char* name) {
        const char* value = std::getenv(name);
        return fs::path(value ? value : "");
    };
    // Relative paths there are invalid by the XDG Base Directory Specification.
    fs::path root = variable("XDG_CACHE_HOME");
    if (!root.is_absolute()) {
        root = variable("HOME");
        if (!root.is_absolute()) return {};
        root /= ".cache";
    }
    return root / "pentimento" / "weights";
}

std::optional<fs::path> cached_weights(const PublishedWeights& weights, const fs::path& cache) {
    const fs::path path = cache / weights.file_name();
    std::error_code failed;
    if (cache.empty() || !fs::is_regular_file(path, failed) ||
        fs::file_size(path, failed) != weights.bytes || failed)
        return {};
    return path;
}

Result<fs::path> fetch_weights(const PublishedWeights& weights, const fs::path& cache,
                               const DownloadObserver& observer, const std::string& from) {
    if (cache.empty())
        return Error{ErrorCode::NotFound,
                     "There is no folder to keep downloads in: set HOME or XDG_CACHE_HOME.",
                     {}};
    if (const Status made = make_directories(cache); !made) return made.error();
    const fs::path path = cache / weights.file_name();
    if (cached_weights(weights, cache)) {
        const auto sum = file_sha256(path, observer);
        if (sum && *sum == weights.sha256) return path;
        if (!sum && sum.error().code == ErrorCode::Cancelled) return sum.error();
        // A damaged one is replaced once the new one is complete.
    }
    Download what;
    what.url = from.empty() ? weights.url : from.ends_with('/') ? from + weights.file_name() : from;
    what.target = path;
    what.bytes = weights.bytes;
    what.sha256 = weights.sha256;
    // Whom a person names is trusted to send us anywhere; the checksum decides.
    if (from.empty()) what.hosts = {kPublisher};
    if (const Status done = download(what, observer); !done) return done.error();
    return path;
}

}  // namespace pentimento
