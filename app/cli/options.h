// Command-line options made from parameter declarations: one option a parameter, grouped as
// declared.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "core/params/param_set.h"

namespace pentimento::cli {

/// Collects what the person gave; applied afterwards, so that a preset can come first.
class ParamOptions {
  public:
    /// Adds "--id" (also with dashes, and aliases) for every declaration, and "--set id=value".
    void add_to(CLI::App& app, const Schema& schema);
    /// Named options first, then --set in the order given.
    Status apply_to(ParamSet& params) const;
    /// The same as a patch, for resuming.
    Result<Patch> patch(const Schema& schema) const;
    bool given(const std::string& id) const;

  private:
    std::map<std::string, std::string> named_;
    std::vector<std::string> assignments_;
};

/// "--resume RUN", in the same words for every command that goes on with a run.
CLI::Option* add_resume(CLI::App& command, std::string& run);
/// "--preset NAME", to be applied by apply_preset().
CLI::Option* add_preset(CLI::App& command, std::string& name);

/// Resets `params` to the preset named `id`; the error names the nearest one and all others.
Status apply_preset(ParamSet& params, const std::string& id, const std::vector<Preset>& presets);

/// "id=value" → both; an error when there is no '='.
Result<std::pair<std::string, std::string>> split_assignment(const std::string& text);

/// The option or command of `app` (or of the subcommand in use) that is nearest to what was given,
/// as a hint " Did you mean --size?", or empty.
std::string nearest_hint(const CLI::App& app, const std::vector<std::string>& given);

}  // namespace pentimento::cli
