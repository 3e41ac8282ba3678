#include "app/cli/options.h"

#include <algorithm>

#include "core/base/text.h"

namespace pentimento::cli {

namespace {

std::string describe(const ParamSpec& spec) {
    std::string text = spec.help;
    std::vector<std::string> facts;
    if (const std::string allowed = spec.allowed(); !allowed.empty()) facts.push_back(allowed);
    const std::string standard = to_text(spec.default_value);
    if (!standard.empty())
        facts.push_back("default " + standard + (spec.unit.empty() ? "" : " " + spec.unit));
    if (!facts.empty()) text += " (" + join(facts, "; ") + ")";
    return text;
}

/// A setting that does not exist is the caller's slip, unlike a file that does not.
Error wrong_call(Error error) {
    error.code = ErrorCode::InvalidArgument;
    return error;
}

}  // namespace

void ParamOptions::add_to(CLI::App& app, const Schema& schema) {
    for (const ParamSpec& spec : schema.specs()) {
        std::vector<std::string> names{"--" + spec.id};
        const auto add = [&](std::string name) {
            if (std::find(names.begin(), names.end(), name) == names.end())
                names.push_back(std::move(name));
        };
        for (std::string name : {spec.id}) {
            std::replace(name.begin(), name.end(), '_', '-');
            add("--" + name);
        }
        for (const std::string& alias : spec.aliases) add("--" + alias);
        app.add_option_function<std::string>(
               join(names, ","),
               [this, id = spec.id](const std::string& text) { named_[id] = text; }, describe(spec))
            ->group(spec.group.empty() ? "Settings" : spec.group)
            ->type_name(spec.choices.empty() ? "VALUE" : "NAME");
    }
    app.add_option("--set", assignments_, "Any setting as key=value; may be given several times")
        ->take_all();
}

Status ParamOptions::apply_to(ParamSet& params) const {
    for (const auto& [id, text] : named_)
        if (Status set = params.set_text(id, text); !set) return wrong_call(set.error());
    for (const std::string& text : assignments_) {
        const auto parts = split_assignment(text);
        if (!parts) return parts.error();
        if (Status set = params.set_text(parts->first, parts->second); !set)
            return wrong_call(set.error());
    }
    return {};
}

Result<Patch> ParamOptions::patch(const Schema& schema) const {
    Patch patch;
    ParamSet params(schema);
    if (Status applied = apply_to(params); !applied) return applied.error();
    for (const auto& [id, text] : named_) patch[schema.find(id)->id] = params.value(id);
    for (const std::string& text : assignments_) {
        const std::string id = split_assignment(text)->first;
        patch[schema.find(id)->id] = params.value(id);
    }
    return patch;
}

bool ParamOptions::given(const std::string& id) const {
    return named_.contains(id) ||
           std::any_of(assignments_.begin(), assignments_.end(),
                       [&](const std::string& text) { return text.starts_with(id + "="); });
}

Result<std::pair<std::string, std::string>> split_assignment(const std::string& text) {
    const std::size_t at = text.find('=');
    if (at == std::string::npos || at == 0)
        return Error{ErrorCode::InvalidArgument, "'" + text + "' is not of the form key=value.",
                     ""};
    return std::pair(text.substr(0, at), text.substr(at + 1));
}

std::string nearest_hint(const CLI::App& app, const std::vector<std::string>& given) {
    const CLI::App* active = &app;
    for (const CLI::App* used : app.get_subcommands()) active = used;
    std::vector<std::string> options, commands;
    for (const CLI::Option* option : active->get_options())
        for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
        commands.push_back(command->get_name());
    for (const std::string& word : given) {
        const bool option = word.starts_with("-");
        const std::string name = word.substr(0, word.find('='));
        const auto& known = option ? options : commands;
        if (!option && active != &app) continue;
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        if (const std::string near = nearest(name, known); !near.empty())
            return " Did you mean " + near + "?";
    }
    return "";
}

CLI::Option* add_resume(CLI::App& command, std::string& run) {
    return command.add_option("--resume", run, "Go on with this run; --steps sets the new end")
        ->type_name("RUN");
}

CLI::Option* add_preset(CLI::App& command, std::string& name) {
    return command.add_option("--preset", name, "Start from named settings: see 'list presets'")
        ->type_name("NAME");
}

Status apply_preset(ParamSet& params, const std::string& id, const std::vector<Preset>& presets) {
    std::vector<std::string> ids;
    for (const Preset& preset : presets) {
        if (preset.id == id) return preset.apply_to(params);
        ids.push_back(preset.id);
    }
    const std::string near = nearest(id, ids);
    return Error{ErrorCode::InvalidArgument,
                 "There is no preset '" + id + "'" +
                     (near.empty() ? "" : "; did you mean '" + near + "'?") +
                     " (presets: " + join(ids, ", ") + ")",
                 ""};
}

}  // namespace pentimento::cli
