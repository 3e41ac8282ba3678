// Networks of one's own for the methods that paint in one pass, as options of a command.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "app/cli/options.h"
#include "core/style/instant/networks.h"

namespace pentimento::cli {

class NetworkOptions {
  public:
    void add_to(CLI::App& command);
    /// The files. A painter without a method named means that it shall paint: `params` say so then.
    /// InvalidArgument for files that the method does not look at, or a painter that is missing.
    Result<style::InstantNetworks> choose(ParamSet& params, const ParamOptions& given) const;

  private:
    std::string encoder_, decoder_, painter_;
};

}  // namespace pentimento::cli
