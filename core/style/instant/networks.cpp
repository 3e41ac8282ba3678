// What the header of a style network's file says.
#include "core/style/instant/networks.h"

#include <algorithm>

#include "core/base/text.h"
#include "core/style/progress.h"
#include "core/tensor/safetensors_header.h"

namespace pentimento::style {
namespace {

std::string describe(const std::string& network) {
    if (network == "painter") return "a painter of one style";
    if (network == "decoder") return "a decoder for instant style";
    if (network == "features") return "a small feature network";
    return "something unknown ('" + network + "')";
}

std::string entry(const std::map<std::string, std::string>& metadata, const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? std::string() : found->second;
}

}  // namespace

Status expect_network(const std::map<std::string, std::string>& metadata,
                      const std::string& network, const std::string& name) {
    if (entry(metadata, "format") != kNetworkFormat)
        return Error{ErrorCode::Unsupported,
                     "'" + name + "' is not " + describe(network) +
                         ": it was not written by 'train-style --export' or by the studio.",
                     {}};
    const std::string found = entry(metadata, "network");
    if (found == network) return {};
    return Error{ErrorCode::Unsupported,
                 "'" + name + "' holds " + describe(found) + ", not " + describe(network) + ".",
                 {}};
}

Result<PainterInfo> identify_painter(const std::filesystem::path& path) {
    const std::string name = to_valid_utf8(path.filename().native());
    const auto header = read_safetensors_header(path);
    if (!header) return header.error();
    if (const Status right = expect_network(header->metadata, "painter", name); !right)
        return right.error();
    const auto first = header->tensors.find("layers.0.convolution.weight");
    if (first == header->tensors.end() || first->second.shape.size() != 4 ||
        first->second.shape[0] < 1 || first->second.shape[0] > 1024)
        return Error{
            ErrorCode::Corrupt,
            "'" + name + "' says that it is a painter, but its layers are not those of one.",
            {}};
    return PainterInfo{entry(header->metadata, "name"), first->second.shape[0],
                       std::max<std::int64_t>(0, parse_count(entry(header->metadata, "step")))};
}

}  // namespace pentimento::style
