// The published weights of feature networks, and where this machine keeps them.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/fetch/download.h"

namespace pentimento {

struct PublishedWeights {
    std::string features;  ///< id of the feature network: "vgg19"
    std::string label;     ///< "VGG-19"
    std::string url;       ///< its official home
    std::uint64_t bytes = 0;
    std::string sha256;
    std::string preprocessing;  ///< as in style::kPreprocessing: "torchvision"

    std::string file_name() const { return url.substr(url.rfind('/') + 1); }
};
const std::vector<PublishedWeights>& published_weights();
/// nullptr when there are none for this network.
const PublishedWeights* find_published_weights(std::string_view features);

/// $XDG_CACHE_HOME/pentimento/weights, else ~/.cache/pentimento/weights; empty without either.
std::filesystem::path weights_cache();

/// The file, if it is in `cache` and of the right size. Its checksum was compared before it came
/// there.
std::optional<std::filesystem::path> cached_weights(const PublishedWeights& weights,
                                                    const std::filesystem::path& cache);

/// Gives the file in `cache`, and downloads it when it is not there. One that is there is checked;
/// a damaged one is replaced. `from`: another address than the official one, of the file itself or
/// (ending with '/') of the folder that it is in. Errors: those of download().
Result<std::filesystem::path> fetch_weights(const PublishedWeights& weights,
                                            const std::filesystem::path& cache,
                                            const DownloadObserver& observer = {},
                                            const std::string& from = {});

}  // namespace pentimento
