// compare: what runs were set to and what came of them, side by side.
#include "core/jobs/compare.h"

#include <cstdio>

#include "app/cli/commands/all.h"
#include "core/base/text.h"

namespace pentimento::cli {
namespace {

using Row = std::vector<std::string>;

/// Characters, not bytes: names and units are UTF-8.
std::size_t width_of(const std::string& text) {
    std::size_t width = 0;
    for (const char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    return width;
}

void print_table(const std::vector<Row>& rows) {
    std::vector<std::size_t> widths;
    for (const Row& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i)
            widths[i] = std::max(widths[i], width_of(row[i]));
    }
    for (const Row& row : rows) {
        std::string line;
        for (std::size_t i = 0; i < row.size(); ++i) {
            line += row[i];
            if (i + 1 < row.size()) line += std::string(widths[i] - width_of(row[i]) + 2, ' ');
        }
        std::printf("%s\n", line.c_str());
    }
}

void print(const RunComparison& comparison) {
    const std::string none = "–";
    std::vector<Row> rows{{""}};
    for (const Experiment& run : comparison.runs) rows[0].push_back(run.info().name);
    for (const RunComparison::Setting& setting : comparison.settings) {
        Row row{setting.label};
        for (const std::string& value : setting.values)
            row.push_back(value.empty()          ? none
                          : setting.unit.empty() ? value
                                                 : value + " " + setting.unit);
        rows.push_back(std::move(row));
    }
    Row last_step{"Last step on record"};
    for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
        std::int64_t last = 0;
        for (const RunComparison::Series& series : comparison.series)
            if (!series.points[i].empty()) last = std::max(last, series.points[i].back().step);
        last_step.push_back(format_count(last));
    }
    rows.push_back(std::move(last_step));
    for (const RunComparison::Series& series : comparison.series) {
        Row row{series.spec.label};
        for (const auto& points : series.points) {
            char text[32];
            std::snprintf(text, sizeof text, "%.4g", points.empty() ? 0 : points.back().value);
            row.push_back(points.empty() ? none : text);
        }
        rows.push_back(std::move(row));
    }
    print_table(rows);
}

}  // namespace

void add_compare(CLI::App& app, Handlers& handlers) {
    struct State {
        std::vector<std::string> runs;
        bool json = false;
    };
    auto state = std::make_shared<State>();
    CLI::App* command = app.add_subcommand(
        "compare", "Settings in which runs differ, and the last values of their metrics");
    command->add_option("run", state->runs, "The runs' folders")
        ->required()
        ->expected(2, 64)
        ->type_name("RUN");
    command->add_flag("--json", state->json, "For programs, with the whole curves");
    handlers[command] = [state]() -> Status {
        const Result<RunComparison> comparison =
            compare_runs({state->runs.begin(), state->runs.end()});
        if (!comparison) return comparison.error();
        if (state->json)
            std::printf("%s\n", to_json(*comparison).dump(2).c_str());
        else
            print(*comparison);
        return {};
    };
}

}  // namespace pentimento::cli
