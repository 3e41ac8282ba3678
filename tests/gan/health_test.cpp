// The health monitor on curves made up for it: every verdict raised where it should be, and not
// where it should not.
#include "core/gan/health/health.h"

#include <cmath>

#include "core/gan/health/loss_view.h"
#include "core/gan/health/thresholds.h"
#include "toy.h"

namespace pentimento::gan {
namespace {

using Values = std::vector<Metric>;
using At = std::function<Values(std::int64_t step)>;

MetricRow row_of(std::int64_t step, const Values& values) {
    return {step, 0, values};
}

/// What a calm training with cross-entropy looks like.
Values calm_losses(std::int64_t step) {
    const double sway = 0.1 * std::sin(static_cast<double>(step) * 0.7);
    return {{"loss_g", 1.2 + sway},      {"loss_d", 1.0 - sway}, {"d_real", 0.65 + sway / 5},
            {"d_fake", 0.35 - sway / 5}, {"d_fake_after", 0.3},  {"accuracy", 0.75 + sway / 2},
            {"r_t", 0.45 + sway},        {"grad_g", 1 + sway},   {"grad_d", 1 - sway}};
}
/// Strong discriminator whose loss gives `loss_d`; scores are probabilities.
Values sure_losses(double loss_d) {
    return {{"loss_g", 6.0},         {"loss_d", loss_d}, {"d_real", 0.99}, {"d_fake", 0.003},
            {"d_fake_after", 0.003}, {"accuracy", 1.0},  {"r_t", 0.99},    {"grad_g", 1.0}};
}
Values evaluation(double kid, double diversity = 0.9, double recall = 0.5, double precision = 0.6,
                  double nearest = 1.1) {
    return {{"kid", kid},       {"kid_error", 0.002},     {"diversity", diversity},
            {"recall", recall}, {"precision", precision}, {"nearest", nearest}};
}
/// KID as it falls in a training that goes well, from 1 to 0.1.
double falling(std::int64_t step) {
    return 0.1 + 0.9 * std::exp(-static_cast<double>(step) / 400);
}

class Patient {
  public:
    explicit Patient(const Settings& settings = {}, std::int64_t pictures = 10000)
        : monitor(params_with(settings), pictures) {}

    /// Losses every 5 steps, an evaluation every 100, the change of fixed pictures every 50.
    std::vector<HealthChange> live(std::int64_t to, const At& losses, const At& evaluated,
                                   const std::function<double(std::int64_t)>& change = {}) {
        std::vector<HealthChange> all;
        for (step += 5; step <= to; step += 5) {
            Values values = losses(step);
            if (step % 100 == 0 && evaluated)
                for (const Metric& metric : evaluated(step)) values.push_back(metric);
            if (step % 50 == 0)
                values.push_back({"fixed_change", change ? change(step) : 20.0 / (200.0 + step)});
            for (HealthChange& one : monitor.add(row_of(step, values))) all.push_back(one);
        }
        step -= 5;
        return all;
    }
    std::vector<std::string> ids() const {
        std::vector<std::string> found;
        for (const Verdict& verdict : monitor.verdicts())
            found.push_back(verdict_info(verdict.kind).id);
        return found;
    }
    bool has(const std::string& id) const {
        const auto all = ids();
        return std::find(all.begin(), all.end(), id) != all.end();
    }

    HealthMonitor monitor;
    std::int64_t step = 0;
};

Values good(std::int64_t step) {
    return evaluation(falling(step));
}

TEST(Health, ACalmRunIsHealthy) {
    Patient patient;
    EXPECT_FALSE(patient.monitor.informed());
    EXPECT_TRUE(patient.live(2000, calm_losses, good).empty());
    EXPECT_TRUE(patient.ids().empty());
    EXPECT_TRUE(patient.monitor.informed());
}

TEST(Health, WithoutEvaluationsLossesAreEnoughToBeInformed) {
    Patient patient(Settings{{"evaluate_every", "0"}});
    patient.live(50, calm_losses, {});
    EXPECT_FALSE(patient.monitor.informed());
    patient.live(150, calm_losses, {});
    EXPECT_TRUE(patient.monitor.informed());
}

TEST(Health, TheDiscriminatorWinsWhenItIsSureAndPicturesDoNotImprove) {
    Patient patient;
    const auto stuck = [](std::int64_t) { return evaluation(0.9); };
    const auto changes = patient.live(
        1200, [](auto) { return sure_losses(0.01); }, stuck);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_TRUE(changes[0].raised);
    ASSERT_EQ(patient.ids(), std::vector<std::string>{"d_wins"});
    const Verdict& verdict = patient.monitor.verdicts()[0];
    EXPECT_GT(verdict.since, 0);
    EXPECT_LT(verdict.since, changes[0].step);
    EXPECT_NE(verdict.text.find("100 %"), std::string::npos) << verdict.text;
    ASSERT_GE(verdict.evidence.size(), 2u);
    for (const Evidence& item : verdict.evidence) {
        EXPECT_FALSE(item.course.empty()) << item.metric;
        EXPECT_TRUE(item.above ? item.value >= item.threshold : item.value <= item.threshold)
            << item.metric;
    }
}

TEST(Health, AStrongDiscriminatorIsNoFaultWhilePicturesImprove) {
    Patient patient;
    patient.live(
        1500, [](auto) { return sure_losses(0.01); }, good);
    EXPECT_FALSE(patient.has("d_wins"));
}

TEST(Health, WithoutEvaluationsAStarvedGeneratorShowsInTheLosses) {
    Patient sure(Settings{{"evaluate_every", "0"}}),
        minimax({{"evaluate_every", "0"}, {"loss", "minimax"}});
    sure.live(800, [](auto) { return sure_losses(0.01); }, {});
    EXPECT_TRUE(sure.has("d_wins"));
    minimax.live(800,
                 [](std::int64_t step) {
                     return Values{{"loss_g", -0.02},      {"loss_d", 0.03},
                                   {"d_real", 0.99},       {"d_fake", 0.02},
                                   {"d_fake_after", 0.02}, {"accuracy", 1.0},
                                   {"r_t", 0.99},          {"grad_g", std::exp(-step / 100.0)}};
                 },
                 {});
    EXPECT_TRUE(minimax.has("d_wins"));
}

TEST(Health, StrongCriticsOfOtherLossesAreHealthy) {
    struct Case {
        Settings settings;
        At losses;
    };
    const std::vector<Case> cases = {
        {{{"loss", "wasserstein"}, {"gp_weight", "10"}},
         [](std::int64_t step) {
             const double gap = 40 * std::exp(-static_cast<double>(step) / 600) + 5;
             return Values{{"loss_g", 30 + gap / 2},  {"loss_d", -gap},  {"d_real", -30 + gap / 2},
                           {"d_fake", -30 - gap / 2}, {"accuracy", 0.5}, {"r_t", -1.0},
                           {"d_fake_after", -50.0},   {"grad_g", 2.0}};
         }},
        {{{"loss", "hinge"}},
         [](std::int64_t) {
             return Values{{"loss_g", 1.5},        {"loss_d", 0.1},   {"d_real", 1.6},
                           {"d_fake", -1.6},       {"accuracy", 1.0}, {"r_t", 1.0},
                           {"d_fake_after", -1.5}, {"grad_g", 1.0}};
         }},
        {{{"loss", "relativistic_pairing"}, {"r1_gamma", "1"}},
         [](std::int64_t) {
             return Values{{"loss_g", 4.0},       {"loss_d", 0.05},  {"d_real", 12.0},
                           {"d_fake", 8.0},       {"accuracy", 0.5}, {"r_t", 1.0},
                           {"d_fake_after", 8.0}, {"grad_g", 1.0}};
         }},
        {{{"loss", "lsgan"}}, [](std::int64_t) {
             return Values{{"loss_g", 0.9},        {"loss_d", 0.03},  {"d_real", 0.95},
                           {"d_fake", 0.05},       {"accuracy", 1.0}, {"r_t", 1.0},
                           {"d_fake_after", 0.05}, {"grad_g", 1.0}};
         }}};
    for (const Case& one : cases) {
        Patient patient(one.settings);
        patient.live(2000, one.losses, good);
        EXPECT_TRUE(patient.ids().empty())
            << one.settings[0].second << ": " << testing::PrintToString(patient.ids());
    }
}

TEST(Health, TheDiscriminatorOverfitsWhenItIsSureOfSeenPicturesAndKidTurnsUp) {
    const auto sure_of_reals = [](std::int64_t) {
        return Values{{"loss_g", 2.5},        {"loss_d", 0.5},    {"d_real", 0.9}, {"d_fake", 0.2},
                      {"d_fake_after", 0.15}, {"accuracy", 0.93}, {"r_t", 0.9},    {"grad_g", 1.0}};
    };
    const auto turning = [](std::int64_t step) {
        return evaluation(step < 1000 ? falling(step) : falling(1000) + (step - 1000) * 1e-4);
    };
    Patient small({}, 500), unseen({}, 1'000'000), sound({}, 500);
    small.live(2500, sure_of_reals, turning);
    unseen.live(2500, sure_of_reals, turning);
    sound.live(2500, sure_of_reals, good);
    EXPECT_TRUE(small.has("d_overfits"));
    EXPECT_FALSE(unseen.has("d_overfits")) << "one cannot know pictures by heart after one pass";
    EXPECT_FALSE(sound.has("d_overfits")) << "pictures still get better";
}

TEST(Health, ModeCollapseByDiversity) {
    Patient patient;
    patient.live(600, calm_losses, good);
    EXPECT_TRUE(patient.ids().empty());
    const auto changes = patient.live(
        1000, calm_losses, [](std::int64_t step) { return evaluation(falling(step), 0.1); });
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].verdict.kind, VerdictKind::ModeCollapse);
    EXPECT_EQ(changes[0].verdict.since, 700);
    ASSERT_FALSE(changes[0].verdict.remedies.empty());
    EXPECT_TRUE(changes[0].verdict.remedies[0].to_best);
}

TEST(Health, ModeCollapseByRecallWhilePrecisionHolds) {
    Patient lost, blurred;
    lost.live(600, calm_losses, good);
    blurred.live(600, calm_losses, good);
    lost.live(1000, calm_losses,
              [](std::int64_t step) { return evaluation(falling(step), 0.8, 0.05, 0.7); });
    blurred.live(1000, calm_losses,
                 [](std::int64_t step) { return evaluation(falling(step), 0.8, 0.05, 0.1); });
    EXPECT_TRUE(lost.has("mode_collapse"));
    EXPECT_FALSE(blurred.has("mode_collapse")) << "bad pictures, but not few kinds";
}

TEST(Health, AnUntrainedGeneratorsSamenessIsNoCollapse) {
    Patient growing, stuck;
    growing.live(2000, calm_losses, [](std::int64_t step) {
        return evaluation(falling(step), 0.9 - 0.87 * std::exp(-static_cast<double>(step) / 600));
    });
    EXPECT_TRUE(growing.ids().empty());
    stuck.live(600, calm_losses, [](std::int64_t step) { return evaluation(falling(step), 0.05); });
    EXPECT_TRUE(stuck.has("mode_collapse")) << "it never was anything else";
}

TEST(Health, Memorisation) {
    Patient copying, close;
    const auto at = [](double nearest) {
        return [nearest](std::int64_t step) {
            return evaluation(falling(step), 0.9, 0.5, 0.9, step < 500 ? 1.0 : nearest);
        };
    };
    copying.live(1000, calm_losses, at(0.1));
    close.live(1000, calm_losses, at(0.7));
    EXPECT_EQ(copying.ids(), std::vector<std::string>{"memorisation"});
    EXPECT_TRUE(close.ids().empty());
}

TEST(Health, DivergenceByKid) {
    Patient patient, noisy;
    const auto worse = [](std::int64_t step) {
        return evaluation(step <= 1000 ? falling(step) : 0.6);
    };
    patient.live(1400, calm_losses, worse);
    EXPECT_EQ(patient.ids(), std::vector<std::string>{"divergence"});
    // One bad evaluation between good ones.
    noisy.live(1400, calm_losses,
               [](std::int64_t step) { return evaluation(step == 1100 ? 0.6 : falling(step)); });
    EXPECT_TRUE(noisy.ids().empty());
}

TEST(Health, DivergenceByScoresOfEveryLoss) {
    struct Case {
        std::string loss;
        double d_real, d_fake, loss_g, loss_d;
        bool bad;
    };
    const std::vector<Case> cases = {{"bce", 1, 0, 400, 0, true},
                                     {"bce", 1, 0, 12, 0, false},
                                     {"hinge", 500, -500, 500, 0, true},
                                     {"hinge", 4, -4, 4, 0, false},
                                     {"lsgan", 300, 1, 0, 9e4, true},
                                     {"lsgan", 1.2, -0.3, 1.7, 0.2, false},
                                     {"wasserstein", 3e4, -3e4, 3e4, -6e4, true},
                                     {"wasserstein", 500, 300, -300, -200, false},
                                     // Relativistic scores drift together without meaning anything.
                                     {"relativistic_pairing", 2000, 1990, 10, 0.3, false},
                                     {"relativistic_pairing", 900, -900, 1800, 0, true}};
    for (const Case& one : cases) {
        Patient patient({{"loss", one.loss}});
        patient.live(
            300,
            [&](std::int64_t) {
                return Values{{"loss_g", one.loss_g},
                              {"loss_d", one.loss_d},
                              {"d_real", one.d_real},
                              {"d_fake", one.d_fake},
                              {"d_fake_after", one.d_fake},
                              {"accuracy", 0.9},
                              {"r_t", 0.5},
                              {"grad_g", 1.0}};
            },
            good);
        EXPECT_EQ(patient.has("divergence"), one.bad) << one.loss << " " << one.d_real;
    }
}

TEST(Health, ABreakdownIsADivergenceForAWhile) {
    Patient patient;
    patient.live(300, calm_losses, good);
    ASSERT_EQ(patient.monitor.broke_down(300).size(), 1u);
    EXPECT_TRUE(patient.has("divergence"));
    const auto changes = patient.live(900, calm_losses, good);
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_FALSE(changes[0].raised);
    EXPECT_TRUE(patient.ids().empty());
}

TEST(Health, ALossThatIsNoNumberIsADivergence) {
    Patient patient;
    patient.live(300, calm_losses, good);
    const auto changes = patient.monitor.add(row_of(305, {{"loss_g", std::nan("")}}));
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_EQ(changes[0].verdict.kind, VerdictKind::Divergence);
}

TEST(Health, Oscillation) {
    Patient restless, settling;
    restless.live(2000, calm_losses, good, [](auto) { return 0.2; });
    settling.live(2000, calm_losses, good, [](std::int64_t step) { return 40.0 / (100.0 + step); });
    EXPECT_EQ(restless.ids(), std::vector<std::string>{"oscillation"});
    EXPECT_TRUE(settling.ids().empty());
}

TEST(Health, OneOddNumberRaisesNoAlarm) {
    Patient patient;
    patient.live(600, calm_losses, good);
    patient.live(605, [](auto) { return sure_losses(500); }, {});
    patient.live(700, calm_losses, [](auto) { return evaluation(5, 0.01, 0, 0, 0.01); });
    patient.live(1200, calm_losses, good);
    EXPECT_TRUE(patient.ids().empty());
}

TEST(Health, ClearedOnlyAfterItHasBeenWellForAWhile) {
    Patient patient;
    const auto with_diversity = [](double diversity) {
        return [diversity](std::int64_t step) { return evaluation(falling(step), diversity); };
    };
    patient.live(500, calm_losses, with_diversity(0.1));
    ASSERT_TRUE(patient.has("mode_collapse"));
    patient.live(600, calm_losses, with_diversity(0.9));
    EXPECT_TRUE(patient.has("mode_collapse")) << "one good evaluation is not enough";
    patient.live(
        1000, calm_losses,
        with_diversity((thresholds::kCollapsedDiversity + thresholds::kDiversityCleared) / 2));
    EXPECT_TRUE(patient.has("mode_collapse")) << "a little better is not well";
    const auto changes = patient.live(1200, calm_losses, with_diversity(0.9));
    ASSERT_EQ(changes.size(), 1u);
    EXPECT_FALSE(changes[0].raised);
    EXPECT_EQ(changes[0].verdict.kind, VerdictKind::ModeCollapse);
    EXPECT_TRUE(patient.ids().empty());
}

/// A life with several verdicts: collapse from 400 on, divergence from 900 on, recovery at 1400.
Values troubled(std::int64_t step) {
    return evaluation(step < 900 || step > 1400 ? 0.1 : 0.8, step < 400 || step > 1400 ? 0.9 : 0.1);
}

std::string told(const HealthMonitor& monitor) {
    std::string text;
    for (const Verdict& verdict : monitor.verdicts()) {
        text += verdict_info(verdict.kind).id + std::to_string(verdict.since) + verdict.text;
        for (const Evidence& item : verdict.evidence) {
            text += item.metric + std::to_string(item.value);
            for (const auto& [step, value] : item.course)
                text += std::to_string(step) + ":" + std::to_string(value);
        }
        for (const Remedy& remedy : verdict.remedies) text += remedy.label;
    }
    return text;
}

TEST(Health, TheSameRowsGiveTheSameVerdicts) {
    Patient a, b;
    for (const std::int64_t end : {700, 1200, 1450, 2000}) {
        a.live(end, calm_losses, troubled);
        b.live(end, calm_losses, troubled);
        EXPECT_EQ(told(a.monitor), told(b.monitor));
    }
}

TEST(Health, GoingBackForgetsWhatCameLater) {
    for (const std::int64_t back : {0, 350, 500, 1000, 1300, 1450, 1999}) {
        Patient whole, part;
        whole.live(2000, calm_losses, troubled);
        whole.monitor.broke_down(2000);
        whole.monitor.rewind_to(back);
        part.live(back, calm_losses, troubled);
        EXPECT_EQ(told(whole.monitor), told(part.monitor)) << back;
        // And it goes on from there.
        whole.step = part.step = back / 5 * 5;
        whole.live(1700, calm_losses, troubled);
        part.live(1700, calm_losses, troubled);
        EXPECT_EQ(told(whole.monitor), told(part.monitor)) << back;
    }
}

TEST(Health, RowsOfKnownStepsArePassedOver) {
    Patient patient;
    patient.live(500, calm_losses, troubled);
    const std::string before = told(patient.monitor);
    EXPECT_TRUE(patient.monitor.add(row_of(500, {{"diversity", 0.9}})).empty());
    EXPECT_TRUE(patient.monitor.add(row_of(300, {{"diversity", 0.9}})).empty());
    EXPECT_EQ(told(patient.monitor), before);
}

/// Every verdict, with the settings given.
std::vector<Verdict> all_verdicts(const Settings& settings) {
    std::map<VerdictKind, Verdict> found;
    const auto keep = [&](const Patient& patient) {
        for (const Verdict& verdict : patient.monitor.verdicts()) found[verdict.kind] = verdict;
    };
    Patient sure(settings, 500);
    sure.live(
        1500, [](auto) { return sure_losses(0.01); },
        [](std::int64_t step) { return evaluation(step < 1000 ? 0.9 : 0.95, 0.1, 0.5, 0.6, 0.1); },
        [](auto) { return 0.3; });
    keep(sure);
    sure.live(
        2500, [](auto) { return sure_losses(0.01); },
        [](std::int64_t step) { return evaluation(step < 2000 ? 0.1 : 0.9); });
    keep(sure);
    std::vector<Verdict> all;
    for (const auto& [kind, verdict] : found) all.push_back(verdict);
    return all;
}

TEST(Health, RemediesAreLiveValidAndChangeSomething) {
    for (const Settings& settings : {Settings{}, Settings{{"d_steps", "4"},
                                                          {"augment", "diffaugment"},
                                                          {"augment_strength", "0.5"},
                                                          {"skip_d_below", "0.2"},
                                                          {"r1_gamma", "1000"},
                                                          {"lr_d", "1e-7"}}}) {
        const ParamSet params = params_with(settings);
        const auto verdicts = all_verdicts(settings);
        ASSERT_EQ(verdicts.size(), verdict_infos().size());
        for (const Verdict& verdict : verdicts) {
            EXPECT_FALSE(verdict.remedies.empty());
            for (const Remedy& remedy : verdict.remedies) {
                EXPECT_TRUE(remedy.to_best || !remedy.edits.empty()) << remedy.label;
                ParamSet after = params;
                ASSERT_TRUE(after.apply(remedy.edits).ok()) << remedy.label;
                EXPECT_TRUE(check_params(after).ok()) << remedy.label;
                EXPECT_EQ(after == params, remedy.edits.empty()) << remedy.label;
                for (const auto& [id, value] : remedy.edits)
                    EXPECT_EQ(params.schema().find(id)->apply, Apply::Live) << id;
            }
        }
    }
}

TEST(Health, RemediesFollowTheSettings) {
    Patient patient;
    patient.live(500, calm_losses, troubled);
    ASSERT_TRUE(patient.has("mode_collapse"));
    EXPECT_EQ(patient.monitor.verdicts()[0].remedies[0].edits.at("lr_g"), ParamValue(1e-4));
    patient.monitor.set_params(params_with({{"lr_g", "1e-4"}}));
    EXPECT_EQ(patient.monitor.verdicts()[0].remedies[0].edits.at("lr_g"), ParamValue(5e-5));
}

TEST(Health, VerdictsExplainThemselves) {
    ASSERT_EQ(verdict_infos().size(), 6u);
    for (std::size_t i = 0; i < verdict_infos().size(); ++i) {
        const VerdictInfo& info = verdict_infos()[i];
        EXPECT_EQ(static_cast<std::size_t>(info.kind), i) << "in the order of VerdictKind";
        EXPECT_FALSE(info.title.empty());
        EXPECT_GT(info.explanation.size(), 150u);
    }
}

TEST(Health, LossesAreMeasuredNotListed) {
    const auto view = [](const Settings& settings) { return loss_view(params_with(settings)); };
    EXPECT_NEAR(view({{"loss", "bce"}}).chance, 2 * std::log(2.0), 1e-5);
    EXPECT_NEAR(view({{"loss", "bce"}}).floor, 0, 1e-3);
    EXPECT_NEAR(view({{"loss", "bce"}, {"average_d_loss", "true"}}).chance, std::log(2.0), 1e-5);
    // The entropy of 0.9 is what is left to pay when 0.9 is the goal.
    EXPECT_NEAR(view({{"loss", "bce"}, {"label_smoothing", "0.1"}}).floor, 0.325, 0.01);
    EXPECT_NEAR(view({{"loss", "lsgan"}}).chance, 0.5, 1e-5);
    EXPECT_NEAR(view({{"loss", "hinge"}}).chance, 2, 1e-5);
    EXPECT_NEAR(view({{"loss", "relativistic_pairing"}}).chance, std::log(2.0), 1e-5);
    for (const Entry& entry : losses()) {
        const LossView seen = view({{"loss", entry.id}});
        EXPECT_EQ(seen.unbounded, entry.id == "wasserstein") << entry.id;
        if (seen.unbounded) continue;
        EXPECT_GT(seen.chance, seen.floor) << entry.id;
        EXPECT_NEAR(seen.certainty(seen.chance), 0, 1e-6) << entry.id;
    }
}

TEST(Health, HopelessScoresAreSeenInOneRow) {
    const HealthMonitor bce(params_with({})), critic(params_with({{"loss", "wasserstein"}}));
    const MetricRow row =
        row_of(5, {{"loss_g", 1e5}, {"loss_d", 0.0}, {"d_real", 1.0}, {"d_fake", 0.0}});
    EXPECT_TRUE(bce.hopeless(row));
    EXPECT_FALSE(critic.hopeless(row));
    EXPECT_FALSE(bce.hopeless(row_of(5, calm_losses(5))));
    EXPECT_FALSE(bce.hopeless(row_of(5, {{"fixed_change", 1e6}})));
}

TEST(Health, ARecordIsJudgedLikeTheRunItself) {
    std::vector<MetricRow> rows;
    Patient live;
    std::vector<HealthChange> changes;
    for (std::int64_t step = 5; step <= 1200; step += 5) {
        Values values = calm_losses(step);
        if (step % 100 == 0)
            for (const Metric& metric : troubled(step)) values.push_back(metric);
        rows.push_back(row_of(step, values));
        if (step == 805) {
            for (HealthChange& change : live.monitor.broke_down(800)) changes.push_back(change);
            ParamSet slower = params_with({{"lr_g", "1e-4"}});
            live.monitor.set_params(slower);
        }
        for (HealthChange& change : live.monitor.add(rows.back())) changes.push_back(change);
    }
    const std::vector<Event> events = {
        {.type = "started", .step = 0, .data = nullptr},
        {.type = "rollback", .step = 800, .data = nullptr},
        {.type = "edit", .step = 800, .data = {{"id", "lr_g"}, {"from", 2e-4}, {"to", 1e-4}}}};
    const HealthRecord record = judge_record(params_with({}), rows, events, 10000);
    EXPECT_EQ(told(record.monitor), told(live.monitor));
    ASSERT_EQ(record.changes.size(), changes.size());
    for (std::size_t i = 0; i < changes.size(); ++i) {
        EXPECT_EQ(record.changes[i].step, changes[i].step);
        EXPECT_EQ(record.changes[i].raised, changes[i].raised);
        EXPECT_EQ(record.changes[i].verdict.kind, changes[i].verdict.kind);
    }
}

TEST(Health, ATrainingTellsOfItsBreakdown) {
    const auto run = start(small("fc", 28, 1), stripes(28, 1));
    steps(*run, 3);
    {
        torch::NoGradGuard no_grad;
        run->players().generator->parameters()[0].fill_(std::numeric_limits<float>::quiet_NaN());
    }
    const StepReport report = step(*run);
    const auto told = std::find_if(report.events.begin(), report.events.end(),
                                   [](const Event& event) { return event.type == "health"; });
    ASSERT_NE(told, report.events.end());
    EXPECT_EQ(told->data.at("verdict"), "divergence");
    EXPECT_EQ(told->data.at("state"), "raised");
    EXPECT_EQ(report.events.front().type, "rollback");
}

TEST(Health, ATrainingWithHopelessScoresGoesBackAtMostThreeTimes) {
    const auto run = start(small("fc", 28, 1), stripes(28, 1));
    steps(*run, 3);
    const auto blow_up = [&] {
        torch::NoGradGuard no_grad;
        for (auto& weight : run->players().discriminator->parameters()) weight.mul_(1e3);
    };
    for (int attempt = 1; attempt <= 3; ++attempt) {
        blow_up();
        const StepReport report = step(*run);
        ASSERT_FALSE(report.events.empty());
        EXPECT_EQ(report.events.front().type, "rollback");
        EXPECT_EQ(report.events.front().data.at("attempt"), attempt);
        EXPECT_LT(report.step, 4);
        steps(*run, 1);
    }
    blow_up();
    const std::int64_t before = run->steps_done();
    EXPECT_EQ(step(*run).step, before + 1) << "the numbers are finite, so it may go on";
}

}  // namespace
}  // namespace pentimento::gan
