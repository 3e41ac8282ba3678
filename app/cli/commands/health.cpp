#include "core/gan/health/health.h"
#include "app/cli/commands/all.h"
#include "core/base/text.h"
#include "core/gan/gan_run.h"

namespace pentimento::cli {
namespace {

struct State {
    std::string run;
    bool json = false;
    bool explain = false;
};

Json as_json(const gan::Verdict& verdict) {
    Json evidence = Json::array(), remedies = Json::array();
    for (const gan::Evidence& item : verdict.evidence)
        evidence.push_back({{"metric", item.metric},
                            {"value", item.value},
                            {"threshold", item.threshold},
                            {"speaks", item.above ? "above" : "below"}});
    for (const gan::Remedy& remedy : verdict.remedies) {
        Json edits = Json::object();
        for (const auto& [id, value] : remedy.edits) edits[id] = to_json(value);
        remedies.push_back(
            {{"label", remedy.label}, {"edits", edits}, {"to_best", remedy.to_best}});
    }
    return {{"verdict", gan::verdict_info(verdict.kind).id},
            {"since", verdict.since},
            {"text", verdict.text},
            {"evidence", evidence},
            {"remedies", remedies}};
}

void print_verdict(const gan::Verdict& verdict, bool explain) {
    const gan::VerdictInfo& info = gan::verdict_info(verdict.kind);
    std::printf("\n%s, since step %s\n  %s\n", info.title.c_str(),
                format_count(verdict.since).c_str(), verdict.text.c_str());
    for (const gan::Evidence& item : verdict.evidence)
        std::printf("  %s: %.4g (%s %.4g speaks for it)\n", item.label.c_str(), item.value,
                    item.above ? "above" : "below", item.threshold);
    if (explain) std::printf("  %s\n", info.explanation.c_str());
    for (const gan::Remedy& remedy : verdict.remedies) {
        std::string edits;
        for (const auto& [id, value] : remedy.edits) edits += " " + id + "=" + to_text(value);
        std::printf("  try: %s%s\n", remedy.label.c_str(),
                    edits.empty() ? "" : (" (" + edits.substr(1) + ")").c_str());
    }
}

Status health(const State& state) {
    Result<Experiment> experiment = Experiment::open(state.run);
    if (!experiment) return experiment.error();
    if (experiment->info().kind != "gan")
        return Error{ErrorCode::Unsupported,
                     state.run + " is a " + experiment->info().kind +
                         " run; only the health of GAN runs can be judged.",
                     ""};
    ParamSet params(gan::schema());
    if (auto set = params.from_json(experiment->info().params); !set) return set.error();
    const Json& inputs = experiment->info().inputs;
    const bool counted =
        inputs.is_object() && inputs.contains("count") && inputs["count"].is_number_integer();
    const std::vector<MetricRow> rows = experiment->read_metrics();
    const gan::HealthRecord record = gan::judge_record(
        params, rows, experiment->read_events(), counted ? inputs["count"].get<std::int64_t>() : 0);
    const std::int64_t last = rows.empty() ? 0 : rows.back().step;
    if (state.json) {
        Json result = {{"step", last},
                       {"informed", record.monitor.informed()},
                       {"verdicts", Json::array()},
                       {"changes", Json::array()}};
        for (const gan::Verdict& verdict : record.monitor.verdicts())
            result["verdicts"].push_back(as_json(verdict));
        for (const gan::HealthChange& change : record.changes)
            result["changes"].push_back({{"step", change.step},
                                         {"verdict", gan::verdict_info(change.verdict.kind).id},
                                         {"state", change.raised ? "raised" : "cleared"},
                                         {"text", change.verdict.text}});
        std::printf("%s\n", result.dump(2).c_str());
        return {};
    }
    for (const gan::HealthChange& change : record.changes)
        std::printf("step %s: %s: %s\n", format_count(change.step).c_str(),
                    change.raised ? "raised" : "cleared",
                    gan::verdict_info(change.verdict.kind).title.c_str());
    for (const gan::Verdict& verdict : record.monitor.verdicts())
        print_verdict(verdict, state.explain);
    if (record.monitor.verdicts().empty())
        std::printf("%s at step %s.\n",
                    record.monitor.informed() ? "Nothing wrong" : "Too little measured to tell",
                    format_count(last).c_str());
    return {};
}

}  // namespace

void add_health(CLI::App& app, Handlers& handlers) {
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "health", "Judge a stored GAN run by its curves: what went wrong when, and what helps");
    command->add_option("run", state->run, "The run's folder")->required()->type_name("RUN");
    command->add_flag("--explain", state->explain, "Say what each verdict means");
    command->add_flag("--json", state->json, "For programs");
    handlers[command] = [state] { return health(*state); };
}

}  // namespace pentimento::cli
