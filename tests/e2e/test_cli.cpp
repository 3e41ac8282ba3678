// The command line from outside, on real data where the machine has it.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "core/base/file.h"
#include "core/jobs/jobs.h"
#include "core/media/video.h"
#include "tests/e2e/program.h"
#include "tests/fetch/server.h"
#include "tests/moving_square.h"
#include "tests/temp_dir.h"
#include "tests/toy_data.h"

namespace pentimento {
namespace {

const char* const kEmojiFont = "/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf";
const char* const kFashion = "/usr/share/datasets/fashion-mnist";

fs::path assets() {
    const char* given = std::getenv("PENTIMENTO_ASSETS");
    return given ? fs::path(given) : fs::path(PENTIMENTO_SOURCE_DIR) / ".." / "shared" / "assets";
}

class Cli : public ::testing::Test {
  protected:
    Outcome run(std::vector<std::string> arguments,
                const std::function<bool()>& interrupt_when = {}) {
        return run_cli(arguments, home.path(), interrupt_when);
    }
    std::string path(const char* name) const { return (home / name).string(); }

    static std::string sample(const char* name) {
        return (fs::path(PENTIMENTO_SOURCE_DIR) / "resources/samples" / name).string();
    }
    /// The sample landscape by `style` with these options, as the picture `name`; the run is called
    /// "run <name>".
    Frame blend(const std::string& name, const std::vector<std::string>& options) {
        std::vector<std::string> call = {"style",
                                         "--content",
                                         sample("content-landscape.jpg"),
                                         "--out",
                                         path(name.c_str()),
                                         "--threads",
                                         "1",
                                         "--run",
                                         path(("run " + name).c_str())};
        call.insert(call.end(), options.begin(), options.end());
        const Outcome done = run(call);
        EXPECT_EQ(done.status, 0) << done.err;
        auto picture = read_picture(home / name);
        EXPECT_TRUE(picture);
        return picture ? *std::move(picture) : Frame{};
    }

    TempDir home;
};

TEST_F(Cli, EmojiFromFontToSamplesAndOn) {
    if (!fs::exists(kEmojiFont)) GTEST_SKIP() << "fonts-noto-color-emoji is not installed";
    Outcome done = run({"import", "emoji", "--size", "32", "--out", path("data.pack")});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto data = PackedDataset::open(home / "data.pack");
    ASSERT_TRUE(data);
    EXPECT_GT(data->count(), 1000);
    EXPECT_EQ(data->info().channels, 3);

    done = run({"train",
                "--data",
                path("data.pack"),
                "--arch",
                "dcgan",
                "--loss",
                "bce",
                "--size",
                "32",
                "--steps",
                "6",
                "--seed",
                "1",
                "--out",
                path("run"),
                "--set",
                "width=8",
                "--batch",
                "16",
                "--metrics-every",
                "1"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto experiment = Experiment::open(home / "run");
    ASSERT_TRUE(experiment);
    EXPECT_EQ(experiment->info().kind, "gan");
    EXPECT_EQ(experiment->read_metrics().size(), 6u);

    done = run({"train", "--resume", path("run"), "--steps", "9"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(experiment->latest_checkpoint()->step, 9);

    done = run({"sample", path("run"), "--count", "12", "--grid", "4", "--seed", "1", "--out",
                path("samples.png")});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto picture = read_picture(home / "samples.png");
    ASSERT_TRUE(picture);
    EXPECT_EQ(picture->width, 4 * 32);
    EXPECT_EQ(picture->height, 3 * 32);
    EXPECT_TRUE(read_settings(home / "samples.png"));
    ASSERT_EQ(
        run({"sample", path("run"), "--count", "4", "--strip", "--out", path("bare.png")}).status,
        0);
    EXPECT_FALSE(read_settings(home / "bare.png"));
}

TEST_F(Cli, EveryFamilyIsListedAndItsSmallFormTrains) {
    const auto json = parse_json(run({"list", "arch", "--json"}).out, "list arch");
    ASSERT_TRUE(json);
    std::set<std::string> families;
    for (const Json& architecture : *json)
        for (const Json& family : architecture["families"])
            families.insert(family["id"].get<std::string>());
    for (const char* id : {"fc", "dcgan", "lsgan", "wgan_gp", "sngan", "progan", "msggan",
                           "stylegan2", "fastgan", "r3gan", "lesson_tf"})
        EXPECT_EQ(families.count(id), 1u) << id;
    write_toy_pack(home / "28.pack", 28, 1, 20);
    write_toy_pack(home / "32.pack", 32, 3, 20);
    for (const std::string& id : families) {
        const std::string pack = id == "lesson_tf" ? "28.pack" : "32.pack";
        Outcome done = run({"train", "--data", path(pack.c_str()), "--preset", id + "-small",
                            "--steps", "2", "--batch", "4", "--d-steps", "1", "--evaluate-every",
                            "0", "--quiet", "--out", path(id.c_str())});
        ASSERT_EQ(done.status, 0) << id << ": " << done.err;
        done = run({"sample", path(id.c_str()), "--count", "4", "--out", path("four.png")});
        EXPECT_EQ(done.status, 0) << id << ": " << done.err;
    }
}

TEST_F(Cli, ARunIsDescribedEvaluatedAndJudged) {
    write_toy_pack(home / "data.pack", 28, 1, 60);
    ASSERT_EQ(run({"train", "--data", path("data.pack"), "--arch", "fc", "--steps", "6", "--batch",
                   "16", "--quiet", "--out", path("run")})
                  .status,
              0);
    Outcome done = run({"evaluate", path("run"), "--count", "40", "--json"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto figures = parse_json(done.out, "evaluate");
    ASSERT_TRUE(figures);
    EXPECT_EQ((*figures)["generated_count"], 40);
    EXPECT_GT((*figures)["kid"].get<double>(), 0);
    done = run({"health", path("run"), "--json"});
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_TRUE(parse_json(done.out, "health"));
    done = run({"describe", "--preset", "dcgan-mnist", "--json"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto networks = parse_json(done.out, "describe");
    ASSERT_TRUE(networks);
    EXPECT_EQ((*networks)["generator"]["parameters"], 600'512);
    EXPECT_EQ(run({"describe", "--arch", "lesson_tf", "--size", "64"}).status, 2);
}

TEST_F(Cli, TheLessonsPresetsBeginAsTheNotebooksDo) {
    // The whole of them takes hours: docs/LESSON.md.
    if (!fs::exists(kFashion)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    for (const char* preset : {"fc-mnist", "dcgan-mnist"}) {
        const Outcome done = run({"train", "--data", std::string("idx:") + kFashion, "--preset",
                                  preset, "--steps", "40", "--batch", "64", "--metrics-every", "1",
                                  "--evaluate-every", "0", "--quiet", "--out", path(preset)});
        ASSERT_EQ(done.status, 0) << preset << ": " << done.err;
        const auto rows = Experiment::open(home / preset)->read_metrics();
        ASSERT_EQ(rows.size(), 40u);
        const auto mean = [&](const char* id, std::size_t from, std::size_t to) {
            double sum = 0;
            for (std::size_t i = from; i < to; ++i)
                for (const Metric& metric : rows[i].metrics)
                    if (metric.id == id) sum += metric.value;
            return sum / static_cast<double>(to - from);
        };
        // Guessing costs ln 2 at first; then the discriminator begins to see through the noise.
        EXPECT_NEAR(mean("loss_d", 0, 1), std::log(2.0), 0.25) << preset;
        EXPECT_LT(mean("loss_d", 20, 40), 0.6) << preset;
        EXPECT_GT(mean("d_real", 20, 40), mean("d_fake", 20, 40)) << preset;
    }
}

TEST_F(Cli, FashionMnistTrainsFromTheSourceItself) {
    if (!fs::exists(kFashion)) GTEST_SKIP() << "dataset-fashion-mnist is not installed";
    const Outcome done = run({"train", "--data", std::string("idx:") + kFashion, "--preset",
                              "fashion-28", "--steps", "4", "--out", path("run")});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto params = current_params(*Experiment::open(home / "run"));
    ASSERT_TRUE(params);
    EXPECT_EQ(to_text(params->value("channels")), "1");
}

TEST_F(Cli, InterruptedAndResumedEqualsUninterruptedBitForBit) {
    write_toy_pack(home / "data.pack", 28, 1, 60);
    const std::vector<std::string> common{
        "train",   "--data", path("data.pack"), "--arch", "dcgan",  "--width", "8",
        "--batch", "16",     "--threads",       "1",      "--quiet"};
    const auto with = [&](std::vector<std::string> more) {
        std::vector<std::string> all = common;
        all.insert(all.end(), more.begin(), more.end());
        return all;
    };
    const std::string steps = "60";
    ASSERT_EQ(run(with({"--steps", steps, "--out", path("whole")})).status, 0);
    // SIGINT as soon as the record shows that training is under way.
    const Outcome cut = run(with({"--steps", steps, "--out", path("cut")}),
                            [&] { return fs::exists(home / "cut" / "metrics.jsonl"); });
    ASSERT_EQ(cut.status, 0) << cut.err;
    const auto stopped = Experiment::open(home / "cut")->latest_checkpoint();
    ASSERT_TRUE(stopped);
    EXPECT_LT(stopped->step, 60) << "it was interrupted";
    ASSERT_EQ(run({"train", "--resume", path("cut"), "--quiet"}).status, 0);
    const auto a = Experiment::open(home / "whole")->latest_checkpoint(),
               b = Experiment::open(home / "cut")->latest_checkpoint();
    ASSERT_TRUE(a && b);
    EXPECT_EQ(b->step, 60);
    int compared = 0;
    for (const auto& entry : fs::directory_iterator(a->dir)) {
        if (entry.path().extension() != ".safetensors") continue;
        EXPECT_EQ(*read_file(entry.path()), *read_file(b->dir / entry.path().filename()))
            << entry.path().filename();
        ++compared;
    }
    EXPECT_GE(compared, 1);
}

TEST_F(Cli, BranchReplayAndCompare) {
    write_toy_pack(home / "data.pack", 28, 1, 40);
    ASSERT_EQ(run({"train", "--data", path("data.pack"), "--arch", "fc", "--batch", "8",
                   "--threads", "1", "--steps", "4", "--out", path("run"), "--quiet"})
                  .status,
              0);
    Outcome done = run({"branch", path("run"), "--at", "latest", "--out", path("branch"), "--set",
                        "steps=7", "--set", "lr_g=0.001", "--name", "Branch"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_NE(done.out.find("Finished at step 7"), std::string::npos) << done.out;
    const auto weights = [&](const char* name) {
        const auto checkpoint = Experiment::open(home / name)->latest_checkpoint();
        return *read_file(checkpoint->dir / "generator.safetensors");
    };
    done = run({"replay", path("branch"), "--out", path("again"), "--quiet"});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_EQ(weights("again"), weights("branch"));
    EXPECT_NE(weights("run"), weights("branch"));

    done = run({"compare", path("run"), path("branch")});
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_NE(done.out.find("0.001"), std::string::npos) << done.out;
    done = run({"compare", path("run"), path("branch"), "--json"});
    const auto json = parse_json(done.out, "compare");
    ASSERT_TRUE(json);
    EXPECT_EQ((*json)["settings"].size(), 2u) << done.out;

    EXPECT_EQ(run({"branch", path("run"), "--at", "some", "--out", path("x")}).status, 2);
    done = run({"branch", path("run"), "--at", "3", "--out", path("x"), "--set", "steps=9"});
    EXPECT_EQ(done.status, 1);
    EXPECT_NE(done.err.find("there are: 4"), std::string::npos) << done.err;
    done = run({"branch", path("run"), "--out", path("x"), "--set", "stepps=9"});
    EXPECT_EQ(done.status, 2);
    EXPECT_NE(done.err.find("steps"), std::string::npos) << done.err;
}

// With what is part of the program alone: no weights file, no network.
TEST_F(Cli, StyleNeedsNothingButTheProgram) {
    const std::string style = sample("style-waves.jpg");
    const Frame whole =
        blend("instant.png", {"--style", style, "--method", "instant", "--size", "160"});
    EXPECT_EQ(std::max(whole.width, whole.height), 160);
    const Frame none = blend(
        "plain.png", {"--style", style, "--method", "instant", "--size", "160", "--strength", "0"});
    ASSERT_EQ(none.width, whole.width);
    double difference = 0;
    for (int y = 0; y < whole.height; ++y)
        for (int x = 0; x < 4 * whole.width; ++x)
            difference += std::abs(whole.row(y)[x] - none.row(y)[x]);
    EXPECT_GT(difference / (4.0 * whole.width * whole.height), 8) << "a style has to be seen";

    blend("refined.png", {"--style", style, "--features", "builtin", "--init", "instant", "--size",
                          "96", "--scales", "one", "--steps", "12"});
    const auto rows = Experiment::open(home / "run refined.png")->read_metrics();
    ASSERT_GE(rows.size(), 2u);
    const auto total = [](const MetricRow& row) {
        for (const Metric& metric : row.metrics)
            if (metric.id == "total_loss") return metric.value;
        return std::nan("");
    };
    EXPECT_LT(total(rows.back()), total(rows.front()));
}

TEST_F(Cli, APainterIsTrainedAndPaintsPicturesBatchesAndFilms) {
    const fs::path samples = fs::path(PENTIMENTO_SOURCE_DIR) / "resources/samples";
    const std::string content = (samples / "content-landscape.jpg").string(),
                      waves = (samples / "style-waves.jpg").string();
    write_toy_pack(home / "squares.pack", 48, 3, 24);
    const auto train = [&](const std::string& network, const std::string& file) {
        const Outcome done = run({"train-style",
                                  "--network",
                                  network,
                                  "--data",
                                  path("squares.pack"),
                                  "--styles",
                                  path("squares.pack"),
                                  "--style",
                                  waves,
                                  "--width",
                                  "4",
                                  "--crop",
                                  "32",
                                  "--batch",
                                  "2",
                                  "--steps",
                                  "2",
                                  "--threads",
                                  "1",
                                  "--out",
                                  path(("run " + network).c_str()),
                                  "--export",
                                  path(file.c_str())});
        ASSERT_EQ(done.status, 0) << done.err;
    };
    train("painter", "mine.safetensors");
    train("decoder", "decoder.safetensors");
    const std::string painter = path("mine.safetensors");

    Outcome done = run({"style", "--content", content, "--painter", painter, "--size", "150",
                        "--threads", "1", "--run", path("painted"), "--out", path("painted.png")});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto picture = read_picture(home / "painted.png");
    ASSERT_TRUE(picture);
    EXPECT_EQ(std::max(picture->width, picture->height), 150);
    EXPECT_EQ(to_text(current_params(*Experiment::open(home / "painted"))->value("method")),
              "painter");
    // A batch is named after the painter; a second call finds all made.
    const std::vector<std::string> batch = {
        "style",     "--content", content,  (samples / "content-still-life.jpg").string(),
        "--painter", painter,     "--size", "64",
        "--threads", "1",         "--out",  path("batch/")};
    done = run(batch);
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_TRUE(fs::exists(home / "batch/content-landscape--mine.png"));
    EXPECT_TRUE(fs::exists(home / "batch/content-still-life--mine.png"));
    done = run(batch);
    EXPECT_NE(done.out.find("2 were there already"), std::string::npos) << done.out;
    // Films; another painter's frames are not mixed into them.
    fs::create_directories(home / "clip");
    for (int t = 0; t < 3; ++t)
        ASSERT_TRUE(
            write_picture(home / ("clip/" + std::to_string(t) + ".png"), MovingSquare{}.at(t)));
    std::vector<std::string> film = {"video", "--in",   path("clip"), "--painter",
                                     painter, "--size", "64",         "--threads",
                                     "1",     "--out",  path("film")};
    done = run(film);
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_TRUE(fs::exists(home / "film/00000003.png"));
    // Networks of one's own for instant blends.
    done = run({"style", "--content", content, "--style", waves, "--method", "instant", "--decoder",
                path("decoder.safetensors"), "--size", "64", "--threads", "1", "--run", path("own"),
                "--out", path("own.png")});
    EXPECT_EQ(done.status, 0) << done.err;

    const auto refused = [&](std::vector<std::string> more, const char* word) {
        std::vector<std::string> call = {"style", "--content", content, "--size",     "64",
                                         "--run", path("x"),   "--out", path("x.png")};
        call.insert(call.end(), more.begin(), more.end());
        const Outcome outcome = run(call);
        EXPECT_NE(outcome.status, 0) << word;
        EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err;
        EXPECT_FALSE(fs::exists(home / "x")) << word;
    };
    refused({"--method", "painter"}, "--painter");
    refused({"--painter", painter, "--style", waves}, "leave --style");
    refused({"--painter", painter, "--method", "instant", "--style", waves}, "--method painter");
    refused({"--painter", path("decoder.safetensors")}, "decoder for instant style");
    refused({"--painter", path("squares.pack")}, "squares.pack");
}

TEST_F(Cli, MasksAreFollowedByInstantBlends) {
    std::vector<std::uint8_t> rgba;
    for (int x = 0; x < 10; ++x) {
        const std::uint8_t grey = x < 5 ? 255 : 0;
        rgba.insert(rgba.end(), {grey, grey, grey, 255});
    }
    ASSERT_TRUE(write_picture(home / "left.png", Frame::from_rgba(10, 1, std::move(rgba))));
    const auto instant = [&](const char* name, std::vector<std::string> more) {
        more.insert(more.end(), {"--method", "instant", "--size", "128"});
        return blend(name, more);
    };
    const std::string a = sample("style-waves.jpg"), b = sample("style-glass.jpg");
    const Frame first = instant("a.png", {"--style", a}), second = instant("b.png", {"--style", b}),
                both = instant("both.png",
                               {"--style", a, b, "--mask", path("left.png"), "--mask", "-"});
    ASSERT_EQ(both.width, first.width);
    const auto mean = [](const Frame& frame, int from, int to, int channel) {
        double sum = 0;
        for (int y = 0; y < frame.height; ++y)
            for (int x = from; x < to; ++x) sum += frame.row(y)[4 * x + channel];
        return sum / (frame.height * (to - from));
    };
    // Each half has the colours of its own style, whichever way they differ.
    const auto distance = [&](const Frame& other, int from, int to) {
        double sum = 0;
        for (int channel = 0; channel < 3; ++channel)
            sum += std::abs(mean(both, from, to, channel) - mean(other, 0, other.width, channel));
        return sum;
    };
    EXPECT_LT(distance(first, 0, 56), distance(second, 0, 56));
    EXPECT_LT(distance(second, 72, 128), distance(first, 72, 128));
}

TEST_F(Cli, StyleOnAPhotographLowersBothLosses) {
    const fs::path weights = assets() / "weights" / "squeezenet1_1_caffe_f16.safetensors";
    if (!fs::exists(weights)) GTEST_SKIP() << "no assets";
    const Outcome done = run(
        {"style", "--content", (assets() / "images/content/content_cat_chelsea_cc0.png").string(),
         "--style", (assets() / "images/style/style_vangogh_starry_night_1889.jpg").string() + ":1",
         "--features", "squeezenet", "--weights", weights.string(), "--size", "96", "--steps", "80",
         "--init", "noise",
         // Gentle enough that the content can be found again from noise at this small size.
         "--style-weight", "0.3", "--optimiser", "adam", "--out", path("out.png"), "--run",
         path("run")});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto picture = read_picture(home / "out.png");
    ASSERT_TRUE(picture);
    EXPECT_EQ(std::max(picture->width, picture->height), 96);
    const auto rows = Experiment::open(home / "run")->read_metrics();
    ASSERT_GE(rows.size(), 2u);
    const auto value = [](const MetricRow& row, std::string_view id) {
        for (const Metric& metric : row.metrics)
            if (metric.id == id) return metric.value;
        return std::nan("");
    };
    EXPECT_LT(value(rows.back(), "style_loss"), value(rows.front(), "style_loss"));
    EXPECT_LT(value(rows.back(), "content_loss"), value(rows.front(), "content_loss"));

    const Outcome more =
        run({"style", "--resume", path("run"), "--steps", "85", "--out", path("more.png")});
    ASSERT_EQ(more.status, 0) << more.err;
    EXPECT_EQ(Experiment::open(home / "run")->latest_checkpoint()->step, 85);
}

TEST_F(Cli, WeightsThatAreNotThereAreSaidAndWrongOnesAreNotKept) {
    Outcome done = run({"fetch", "--list", "--json"});
    ASSERT_EQ(done.status, 0) << done.err;
    const auto list = parse_json(done.out, "fetch");
    ASSERT_TRUE(list);
    EXPECT_GE(list->size(), 2u);
    for (const Json& weights : *list) EXPECT_TRUE(weights["file"].is_null()) << weights;
    done = run({"fetch", "vgg91"});
    EXPECT_EQ(done.status, 2);
    EXPECT_NE(done.err.find("vgg19"), std::string::npos) << done.err;
    done = run({"style", "--content", path("a.png"), "--style", path("b.png"), "--features",
                "vgg19", "--out", path("c.png")});
    EXPECT_EQ(done.status, 1);
    EXPECT_NE(done.err.find("pentimento-cli fetch vgg19"), std::string::npos) << done.err;

    const std::string wrong(4'958'839, 'x');  // as long as the published file
    Server server([&](const Server::Connection& to, const Server::Asked&) { to.whole(wrong); });
    done = run({"fetch", "squeezenet", "--quiet", "--from", server.url("/models/")});
    EXPECT_EQ(done.status, 1);
    EXPECT_NE(done.err.find("checksum"), std::string::npos) << done.err;
    EXPECT_EQ(server.asked().at(0).path, "/models/squeezenet1_1-b8a52dc0.pth");
    EXPECT_TRUE(fs::is_empty(home / "cache/pentimento/weights"));
    done = run({"fetch", "squeezenet", "--from", "http://example.org/"});
    EXPECT_EQ(done.status, 2) << "not over plain http";
}

TEST_F(Cli, ABatchDoesWhatItCanAndASecondCallTheRest) {
    const fs::path weights = assets() / "weights" / "squeezenet1_1_caffe_f16.safetensors";
    if (!fs::exists(weights)) GTEST_SKIP() << "no assets";
    fs::create_directories(home / "contents");
    fs::create_directories(home / "styles");
    for (int i = 0; i < 2; ++i) {
        MovingSquare scene;
        scene.seed = static_cast<unsigned>(i);
        const std::string number = std::to_string(i);
        ASSERT_TRUE(write_picture(home / ("contents/c" + number + ".png"), scene.at(0)));
        ASSERT_TRUE(write_picture(home / ("styles/s" + number + ".png"), scene.at(5)));
    }
    const std::vector<std::string> call{
        "style",        "--content", path("contents"), path("broken.png"), "--style",
        path("styles"), "--weights", weights.string(), "--size",           "64",
        "--steps",      "2",         "--out",          path("out")};
    ASSERT_TRUE(write_file_atomically(home / "broken.png", std::string_view("no picture")));
    Outcome done = run(call);
    EXPECT_EQ(done.status, 1) << done.err;
    EXPECT_NE(done.out.find("4 of 6 pictures made"), std::string::npos) << done.out;
    EXPECT_NE(done.err.find("broken.png"), std::string::npos) << done.err;
    EXPECT_TRUE(read_settings(home / "out/c1--s1.png"));
    ASSERT_TRUE(write_picture(home / "broken.png", MovingSquare{}.at(2)));
    done = run(call);
    EXPECT_EQ(done.status, 0) << done.err;
    EXPECT_NE(done.out.find("2 of 6 pictures made, 4 were there"), std::string::npos) << done.out;
}

TEST_F(Cli, AFilmIsStoppedGoneOnWithAndFinished) {
    const fs::path weights = assets() / "weights" / "squeezenet1_1_caffe_f16.safetensors";
    if (!fs::exists(weights)) GTEST_SKIP() << "no assets";
    const MovingSquare scene;
    {
        auto writer = VideoWriter::create(home / "in.mp4", scene.width, scene.height, 10);
        ASSERT_TRUE(writer) << writer.error().message;
        for (int t = 0; t < 4; ++t) ASSERT_TRUE((*writer)->write(scene.at(t)));
        ASSERT_TRUE((*writer)->finish());
    }
    ASSERT_TRUE(write_picture(home / "style.png", MovingSquare{.seed = 7}.at(0)));
    const std::vector<std::string> call{
        "video",     "--in",           path("in.mp4"), "--style", path("style.png"),
        "--weights", weights.string(), "--size",       "64",      "--steps",
        "12",        "--frame-steps",  "12",           "--out",   path("out.mp4")};
    Outcome done = run(call, [&] { return fs::exists(home / "out.mp4.frames/00000001.png"); });
    ASSERT_EQ(done.status, 0) << done.err;
    EXPECT_NE(done.out.find("Stopped after"), std::string::npos) << done.out;
    auto film = VideoReader::open(home / "out.mp4");
    ASSERT_TRUE(film) << film.error().message;
    EXPECT_LT((*film)->info().frames, 4);
    done = run(call);
    ASSERT_EQ(done.status, 0) << done.err;
    film = VideoReader::open(home / "out.mp4");
    ASSERT_TRUE(film) << film.error().message;
    EXPECT_EQ((*film)->info().frames, 4);
    EXPECT_NEAR((*film)->info().fps, 10, 0.01);
    EXPECT_FALSE(fs::exists(home / "out.mp4.frames"));
}

TEST_F(Cli, WrongCallsEndWithTwoAndNameTheNearestRightOne) {
    struct Case {
        std::vector<std::string> arguments;
        const char* says;
    };
    for (const Case& wrong :
         {Case{{"trian"}, "train"}, Case{{"train", "--stepps", "5"}, "--steps"},
          Case{{"train", "--data", "emoji", "--set", "bach=3"}, "batch"},
          Case{{"train", "--data", "emoji", "--arch", "dcgam"}, "dcgan"},
          Case{{"train", "--data", "emoji", "--preset", "emoji32"}, "emoji-32"},
          Case{{"train", "--data", "emoji", "--lr-g", "7"}, "allowed"}, Case{{"train"}, "--data"},
          Case{{"list", "arhc"}, "arch"}, Case{{"import", "emoji"}, "--out"}}) {
        const Outcome done = run(wrong.arguments);
        EXPECT_EQ(done.status, 2) << done.err;
        EXPECT_NE(done.err.find(wrong.says), std::string::npos) << done.err;
    }
}

TEST_F(Cli, AnImportDoesNotWaitForTheEngine) {
    // The loader tells what it opens.
    ASSERT_EQ(::setenv("LD_DEBUG", "files", 1), 0);
    const Outcome import = run({"import", "--help"}), train = run({"train", "--help"});
    ::unsetenv("LD_DEBUG");
    EXPECT_EQ(import.status, 0);
    EXPECT_EQ(import.err.find("libtorch"), std::string::npos);
    EXPECT_NE(train.err.find("libtorch"), std::string::npos) << "does the loader tell?";
}

TEST_F(Cli, FailuresEndWithOneAndOneClearLine) {
    for (const std::vector<std::string>& arguments :
         {std::vector<std::string>{"train", "--data", path("nothing"), "--out", path("run")},
          {"sample", path("nothing"), "--out", path("a.png")},
          {"import", path("nothing.zip"), "--out", path("a.pack")},
          {"style", "--content", path("a.png"), "--style", path("b.png"), "--weights", path("w"),
           "--out", path("c.png")}}) {
        const Outcome done = run(arguments);
        EXPECT_EQ(done.status, 1) << done.err;
        EXPECT_EQ(std::count(done.err.begin(), done.err.end(), '\n'), 1) << done.err;
    }
}

TEST_F(Cli, ListsAreMachineReadable) {
    for (const char* what : {"arch", "loss", "features", "params", "presets"}) {
        const Outcome done = run({"list", what, "--json"});
        ASSERT_EQ(done.status, 0) << done.err;
        const auto json = parse_json(done.out, what);
        ASSERT_TRUE(json) << done.out;
        EXPECT_FALSE(json->empty());
        EXPECT_EQ(run({"list", what}).status, 0);
    }
}

}  // namespace
}  // namespace pentimento
