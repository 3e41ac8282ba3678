// Which weights file a command uses for its feature network.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <string>

#include "core/params/param_set.h"

namespace pentimento::cli {

/// "--weights FILE", for choose_weights().
void add_weights(CLI::App& command, std::string& file);

/// `named` if it is not empty: it must hold the network that `params` say; unless `features_given`,
/// it decides what they say. Otherwise the downloaded file of that network; or, when nobody asked
/// for that one, the built-in network; or NotFound with the command that downloads it. Empty for
/// what is part of the program.
Result<std::filesystem::path> choose_weights(ParamSet& params, const std::string& named,
                                             bool features_given);

}  // namespace pentimento::cli
