// Networks of one's own for the methods that paint in one pass. No torch here.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

#include "core/base/result.h"

namespace pentimento::style {

/// Files written by train::export_network. Like the weights of a feature network they travel with
/// the pictures, not with the settings.
struct InstantNetworks {
    std::filesystem::path features;  ///< in place of the built-in encoder; may be empty
    std::filesystem::path decoder;   ///< in place of the built-in decoder; may be empty
    std::filesystem::path painter;   ///< what the method "painter" paints with: none is built in

    /// Each with the name that stored runs and films know it by.
    template <class Self>
    static auto named(Self& self) {
        return std::array{std::pair("encoder", &self.features), std::pair("decoder", &self.decoder),
                          std::pair("painter", &self.painter)};
    }

    friend bool operator==(const InstantNetworks&, const InstantNetworks&) = default;
};

/// What a painter's file says of itself.
struct PainterInfo {
    std::string name;        ///< of the training, "Painter of waves"; may be empty
    std::int64_t width = 0;  ///< channels of its first layer
    std::int64_t steps = 0;  ///< that it was trained for
};

/// Reads only the header. Unsupported, with what it is instead, for anything but a painter.
Result<PainterInfo> identify_painter(const std::filesystem::path& path);

/// Whether a file's metadata says that it is a style network of the kind `network` ("features",
/// "decoder" or "painter"). `name` is used in messages.
Status expect_network(const std::map<std::string, std::string>& metadata,
                      const std::string& network, const std::string& name);

inline constexpr const char* kNetworkFormat = "pentimento style network";

}  // namespace pentimento::style
