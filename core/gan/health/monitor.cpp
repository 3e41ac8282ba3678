// Runs the detectors over rows as they come, with patience in both directions.
#include <algorithm>
#include <cmath>

#include "core/gan/health/detector.h"
#include "core/gan/health/thresholds.h"
#include "core/session/history.h"

namespace pentimento::gan {
namespace {

using health::Detector;
using health::Finding;
using health::Sign;
using health::Situation;

/// Longest course kept of a curve; beyond it, the older half is forgotten.
constexpr std::size_t kLongest = 1 << 16;

bool triggered(const Detector& detector, const std::vector<std::string>& measured) {
    return std::any_of(detector.triggers.begin(), detector.triggers.end(), [&](const auto& id) {
        return std::find(measured.begin(), measured.end(), id) != measured.end();
    });
}

Verdict make_verdict(const Detector& detector, const Situation& situation, Finding finding,
                     std::int64_t since) {
    return {detector.info.kind, since, std::move(finding.text), std::move(finding.evidence),
            detector.remedies(situation)};
}

}  // namespace

namespace health {

// In the order of VerdictKind.
const std::vector<Detector>& detectors() {
    static const std::vector<Detector> all = {
        divergence(),         mode_collapse(),          memorisation(),
        discriminator_wins(), discriminator_overfits(), oscillation()};
    return all;
}

}  // namespace health

const std::vector<VerdictInfo>& verdict_infos() {
    static const std::vector<VerdictInfo> infos = [] {
        std::vector<VerdictInfo> all;
        for (const Detector& detector : health::detectors()) all.push_back(detector.info);
        return all;
    }();
    return infos;
}

const VerdictInfo& verdict_info(VerdictKind kind) {
    return *std::find_if(verdict_infos().begin(), verdict_infos().end(),
                         [&](const VerdictInfo& info) { return info.kind == kind; });
}

Event health_event(const HealthChange& change) {
    const VerdictInfo& info = verdict_info(change.verdict.kind);
    Json evidence = Json::object();
    for (const Evidence& item : change.verdict.evidence) evidence[item.metric] = item.value;
    return {.type = "health",
            .text = change.raised ? info.title + ". " + change.verdict.text
                                  : "No longer: " + info.title + ".",
            .step = change.step,
            .severity = change.raised ? Severity::Warning : Severity::Info,
            .data = {{"verdict", info.id},
                     {"state", change.raised ? "raised" : "cleared"},
                     {"evidence", std::move(evidence)}}};
}

HealthMonitor::HealthMonitor(const ParamSet& params, std::int64_t pictures)
    : params_(params),
      pictures_(pictures),
      loss_(std::make_unique<LossView>(loss_view(params))),
      tracks_(health::detectors().size()) {
}
HealthMonitor::~HealthMonitor() = default;
HealthMonitor::HealthMonitor(HealthMonitor&&) noexcept = default;
HealthMonitor& HealthMonitor::operator=(HealthMonitor&&) noexcept = default;

void HealthMonitor::set_params(const ParamSet& params) {
    params_ = params;
    *loss_ = loss_view(params);
    for (Verdict& verdict : verdicts_)
        verdict.remedies =
            health::detectors()[static_cast<std::size_t>(verdict.kind)].remedies(situation());
}

health::Situation HealthMonitor::situation() const {
    return {curves_,   params_, *loss_,
            pictures_, step_,   breakdowns_.empty() ? -1 : breakdowns_.back()};
}

std::vector<HealthChange> HealthMonitor::add(const MetricRow& row) {
    if (row.step <= step_) return {};
    step_ = row.step;
    std::vector<std::string> measured;
    bool broken = false;
    for (const Metric& metric : row.metrics) {
        if (!std::isfinite(metric.value)) {
            broken |= metric.id.starts_with("loss");
            continue;
        }
        measured.push_back(metric.id);
        Curve& curve = curves_[metric.id];
        curve.emplace_back(row.step, metric.value);
        if (curve.size() > kLongest) curve.erase(curve.begin(), curve.begin() + kLongest / 2);
    }
    std::vector<HealthChange> changes = look(measured);
    if (broken)
        for (HealthChange& change : broke_down(row.step)) changes.push_back(std::move(change));
    return changes;
}

std::vector<HealthChange> HealthMonitor::broke_down(std::int64_t step) {
    step_ = std::max(step_, step);
    breakdowns_.push_back(step);
    return look({health::kBreakdown});
}

std::vector<HealthChange> HealthMonitor::look(const std::vector<std::string>& measured) {
    std::vector<HealthChange> changes;
    const Situation now = situation();
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
        const Detector& detector = health::detectors()[i];
        if (!triggered(detector, measured)) continue;
        Track& track = tracks_[i];
        Finding finding = detector.find(now);
        if (finding.sign == Sign::Bad) {
            if (!track.raised && track.bad == 0) track.since = step_;
            track.bad = std::min(track.bad + 1, detector.hold);
            track.clear = 0;
        } else if (finding.sign == Sign::Clear) {
            track.clear = std::min(track.clear + 1, detector.release);
            track.bad = 0;
        } else {
            // What was found before stands, but nothing new is raised or cleared on its account.
            track.clear = 0;
            if (!track.raised) track.bad = 0;
        }
        const auto known = std::find_if(
            verdicts_.begin(), verdicts_.end(),
            [&](const Verdict& verdict) { return verdict.kind == detector.info.kind; });
        if (track.raised && track.clear >= detector.release) {
            track.raised = false;
            if (known != verdicts_.end()) {
                changes.push_back({step_, false, std::move(*known)});
                verdicts_.erase(known);
            }
        } else if (finding.sign == Sign::Bad && track.bad >= detector.hold) {
            Verdict verdict = make_verdict(detector, now, std::move(finding), track.since);
            if (!std::exchange(track.raised, true)) changes.push_back({step_, true, verdict});
            if (known != verdicts_.end())
                *known = std::move(verdict);
            else
                verdicts_.push_back(std::move(verdict));
        }
    }
    // Enumerators are in order of gravity.
    std::sort(verdicts_.begin(), verdicts_.end(),
              [](const Verdict& a, const Verdict& b) { return a.kind < b.kind; });
    return changes;
}

void HealthMonitor::rewind_to(std::int64_t step) {
    // The same rows give the same verdicts, so what is kept is simply read again.
    std::map<std::int64_t, MetricRow> rows;
    for (const auto& [id, curve] : curves_)
        for (const auto& [at, value] : curve) {
            if (at > step) break;
            rows[at].step = at;
            rows[at].metrics.push_back({id, value});
        }
    const std::vector<std::int64_t> breakdowns = std::move(breakdowns_);
    curves_.clear();
    breakdowns_.clear();
    verdicts_.clear();
    tracks_.assign(tracks_.size(), {});
    step_ = 0;
    auto broke = breakdowns.begin();
    for (const auto& [at, row] : rows) {
        for (; broke != breakdowns.end() && *broke < at; ++broke) (void)broke_down(*broke);
        (void)add(row);
    }
    for (; broke != breakdowns.end() && *broke <= step; ++broke) (void)broke_down(*broke);
    step_ = step;
}

bool HealthMonitor::informed() const {
    const auto count = [&](const char* id) {
        const auto found = curves_.find(id);
        return found == curves_.end() ? std::size_t{0} : found->second.size();
    };
    const bool evaluates = params_.value("evaluate_every") != ParamValue(std::int64_t{0});
    return count("loss_d") >= thresholds::kWindow && (!evaluates || count("diversity") >= 2);
}

HealthRecord judge_record(const ParamSet& started, const std::vector<MetricRow>& rows,
                          const std::vector<Event>& events, std::int64_t pictures) {
    HealthRecord record{{}, HealthMonitor(started, pictures)};
    const auto take = [&](std::vector<HealthChange> changes) {
        for (HealthChange& change : changes) record.changes.push_back(std::move(change));
    };
    ParamSet params = started;
    auto row = rows.begin();
    for (const Event& event : settled(events)) {
        for (; row != rows.end() && row->step <= event.step; ++row) take(record.monitor.add(*row));
        if (event.type == "edit") {
            for (const RecordedEdit& edit : recorded_edits({event}))
                (void)params.set(edit.id, edit.value);
            record.monitor.set_params(params);
        } else if (event.type == "rollback" ||
                   (event.type == "failed" && event.text.find("broke down") != event.text.npos)) {
            take(record.monitor.broke_down(event.step));
        }
    }
    for (; row != rows.end(); ++row) take(record.monitor.add(*row));
    return record;
}

}  // namespace pentimento::gan
