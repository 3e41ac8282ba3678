#include "app/cli/commands/all.h"
#include "core/base/text.h"
#include "core/gan/gan_run.h"
#include "core/jobs/video.h"
#include "core/media/import.h"
#include "core/style/style_run.h"

namespace pentimento::cli {
namespace {

Json entry(const gan::Entry& e) {
    Json json = {{"id", e.id}, {"label", e.label}, {"help", e.help}, {"reference", e.reference}};
    if (!e.sizes.empty()) json["sizes"] = e.sizes;
    if (e.conditional) json["conditional"] = true;
    return json;
}

Json entry(const gan::Family& f) {
    Json json = entry(f.entry);
    json["arch"] = f.arch;
    json["expect"] = f.expect;
    return json;
}

/// Architectures, each with the families that are built on it.
Json architectures_with_families() {
    Json array = Json::array();
    for (const gan::Entry& architecture : gan::architectures()) {
        Json json = entry(architecture);
        json["families"] = Json::array();
        for (const gan::Family& family : gan::families())
            if (family.arch == architecture.id)
                json["families"].push_back(
                    {{"id", family.entry.id}, {"label", family.entry.label}});
        array.push_back(std::move(json));
    }
    return array;
}

Json entry(const style::FeatureEntry& e) {
    return {{"id", e.id},
            {"label", e.label},
            {"help", e.help},
            {"reference", e.reference},
            {"weights", e.weights_hint}};
}

Json entry(const ParamSpec& spec) {
    Json json = {{"id", spec.id},
                 {"label", spec.label},
                 {"help", spec.help},
                 {"group", spec.group},
                 {"default", to_json(spec.default_value)}};
    if (!spec.unit.empty()) json["unit"] = spec.unit;
    if (spec.min) json["min"] = *spec.min;
    if (spec.max) json["max"] = *spec.max;
    json["apply"] = spec.apply == Apply::Live ? "live" : "restart";
    json["level"] = spec.level == Level::Basic ? "basic" : "advanced";
    for (const Choice& choice : spec.choices)
        json["choices"].push_back(
            {{"id", choice.id}, {"label", choice.label}, {"help", choice.help}});
    if (!spec.when_id.empty()) json["when"] = {{spec.when_id, spec.when_values}};
    return json;
}

Json entry(const Preset& preset) {
    Json settings = Json::object();
    for (const auto& [id, text] : preset.settings) settings[id] = text;
    return {{"id", preset.id},
            {"label", preset.label},
            {"help", preset.help},
            {"reference", preset.reference},
            {"settings", settings}};
}

template <class List>
Json entries(const List& list) {
    Json array = Json::array();
    for (const auto& item : list) array.push_back(entry(item));
    return array;
}

/// What films have beside the settings of style transfer.
Json video_params() {
    Json array = Json::array();
    for (const ParamSpec& spec : video_schema().specs())
        if (!style::schema().find(spec.id)) array.push_back(entry(spec));
    return array;
}

std::string allowed_text(const Json& item) {
    if (item.contains("choices")) {
        std::vector<std::string> ids;
        for (const Json& choice : item["choices"]) ids.push_back(choice["id"].get<std::string>());
        return join(ids, ", ");
    }
    if (item.contains("min") && item.contains("max"))
        return item["min"].dump() + " … " + item["max"].dump();
    return "";
}

void print_people(const Json& list, const std::string& indent) {
    for (const Json& item : list) {
        std::printf("%s%-20s %s\n", indent.c_str(), item["id"].get<std::string>().c_str(),
                    item["label"].get<std::string>().c_str());
        const std::string pad = indent + std::string(21, ' ');
        std::printf("%s%s\n", pad.c_str(), item["help"].get<std::string>().c_str());
        if (item.contains("default")) {
            const std::string allowed = allowed_text(item);
            std::printf("%sdefault %s%s%s; %s\n", pad.c_str(), item["default"].dump().c_str(),
                        allowed.empty() ? "" : "; ", allowed.c_str(),
                        item["apply"] == "live" ? "acts live" : "acts at the next start");
        }
        if (item.contains("sizes"))
            std::printf("%ssizes %s px\n", pad.c_str(), item["sizes"].dump().c_str());
        if (item.contains("families") && !item["families"].empty()) {
            std::vector<std::string> ids;
            for (const Json& family : item["families"])
                ids.push_back(family["id"].get<std::string>());
            std::printf("%sfamilies %s\n", pad.c_str(), join(ids, ", ").c_str());
        }
        if (item.contains("weights"))
            std::printf("%s%s\n", pad.c_str(), item["weights"].get<std::string>().c_str());
        if (item.contains("reference") && !item["reference"].get<std::string>().empty())
            std::printf("%s%s\n", pad.c_str(), item["reference"].get<std::string>().c_str());
    }
}

}  // namespace

void add_list(CLI::App& app, Handlers& handlers) {
    struct State {
        std::string what;
        bool json = false;
    };
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "list", "What there is: architectures, losses, feature networks, settings, presets");
    command
        ->add_option("what", state->what,
                     "arch | families | loss | regularisers | augmentations | "
                     "features | params | presets")
        ->required()
        ->type_name("WHAT")
        ->check(CLI::IsMember({"arch", "families", "loss", "regularisers", "augmentations",
                               "features", "params", "presets"}));
    command->add_flag("--json", state->json, "For programs");
    handlers[command] = [state]() -> Status {
        // Lists that belong to one job each come as an object; the others as an array.
        Json result;
        if (state->what == "arch") result = architectures_with_families();
        if (state->what == "families") result = entries(gan::families());
        if (state->what == "regularisers") result = entries(gan::regularisers());
        if (state->what == "augmentations") result = entries(gan::augmentations());
        if (state->what == "loss") result = entries(gan::losses());
        if (state->what == "features") result = entries(style::features());
        if (state->what == "params")
            result = {{"import", entries(import_schema().specs())},
                      {"train", entries(gan::schema().specs())},
                      {"style", entries(style::schema().specs())},
                      {"video", video_params()}};
        if (state->what == "presets")
            result = {{"train", entries(gan::presets())}, {"style", entries(style::presets())}};
        if (state->json) {
            std::printf("%s\n", result.dump(2).c_str());
        } else if (result.is_array()) {
            print_people(result, "");
        } else {
            for (const auto& [job, list] : result.items()) {
                std::printf("%s\n", job.c_str());
                print_people(list, "  ");
            }
        }
        return {};
    };
}

}  // namespace pentimento::cli
