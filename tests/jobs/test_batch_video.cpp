// Batches and films with a feature network of random weights: everything but beauty.
#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/jobs/batch.h"
#include "core/jobs/video.h"
#include "core/media/picture.h"
#include "core/media/video.h"
#include "core/style/style_run.h"
#include "core/tensor/safetensors_header.h"
#include "tests/moving_square.h"
#include "tests/temp_dir.h"

namespace pentimento {
namespace {

/// SqueezeNet 1.1 (torchvision's names) with He-initialised weights.
void write_squeezenet(const fs::path& path) {
    SafetensorsHeader header;
    std::vector<std::string> order;
    std::string data;
    std::mt19937 random(3);
    std::normal_distribution<float> normal;
    const auto add = [&](const std::string& name, std::int64_t out, std::int64_t in,
                         std::int64_t kernel) {
        for (const bool bias : {false, true}) {
            const auto start = data.size();
            const std::int64_t count = bias ? out : out * in * kernel * kernel;
            const float scale =
                bias ? 0.1f : std::sqrt(2.f / static_cast<float>(in * kernel * kernel));
            for (std::int64_t i = 0; i < count; ++i) {
                const float value = normal(random) * scale;
                data.append(reinterpret_cast<const char*>(&value), sizeof value);
            }
            const std::string full = name + (bias ? ".bias" : ".weight");
            header.tensors[full] = {"F32",
                                    bias ? std::vector{out} : std::vector{out, in, kernel, kernel},
                                    start, data.size()};
            header.checksums[full] = to_hex(hash64(std::string_view(data).substr(start)));
            order.push_back(full);
        }
    };
    add("features.0", 64, 3, 3);
    const std::int64_t fires[][4] = {{3, 64, 16, 64},    {4, 128, 16, 64},  {6, 128, 32, 128},
                                     {7, 256, 32, 128},  {9, 256, 48, 192}, {10, 384, 48, 192},
                                     {11, 384, 64, 256}, {12, 512, 64, 256}};
    for (const auto& [index, in, squeeze, expand] : fires) {
        const auto name = "features." + std::to_string(index) + ".";
        add(name + "squeeze", squeeze, in, 1);
        add(name + "expand1x1", expand, squeeze, 1);
        add(name + "expand3x3", expand, squeeze, 3);
    }
    const auto head = make_safetensors_header(header, order);
    ASSERT_TRUE(head);
    ASSERT_TRUE(write_file_atomically(path, *head + data));
}

ParamSet params_of(const Schema& schema, const Patch& more = {}) {
    ParamSet params(schema);
    EXPECT_TRUE(params.apply({{"features", std::string("squeezenet")},
                              {"size", std::int64_t{64}},
                              {"steps", std::int64_t{3}},
                              {"threads", std::int64_t{1}},
                              {"device", std::string("cpu")}}));
    const auto status = params.apply(more);
    EXPECT_TRUE(status) << status.error().message;
    return params;
}

/// Every step until the end, or `limit` of them.
struct Played {
    std::vector<Event> events;
    std::vector<double> flicker;
    bool finished = false;
    std::int64_t items = 0, steps = 0;
    std::optional<Error> error;

    int count(const std::string& type, const char* reason = nullptr) const {
        return static_cast<int>(
            std::count_if(events.begin(), events.end(), [&](const Event& event) {
                return event.type == type && (!reason || event.data["reason"] == reason);
            }));
    }
};
Played play(Result<std::unique_ptr<Run>> run, int limit = 10'000) {
    Played played;
    if (!run) {
        played.error = run.error();
        return played;
    }
    for (int i = 0; i < limit && !played.finished; ++i) {
        auto report = (*run)->step();
        if (!report) {
            played.error = report.error();
            break;
        }
        EXPECT_GE(report->step, played.steps);
        EXPECT_TRUE(report->total_steps == 0 || report->step <= report->total_steps);
        played.steps = report->step;
        played.items += report->items;
        played.finished = report->finished;
        for (auto& event : report->events) played.events.push_back(std::move(event));
        for (const auto& metric : report->metrics)
            if (metric.id == "flicker") played.flicker.push_back(metric.value);
    }
    return played;
}

class BatchVideo : public testing::Test {
  protected:
    void SetUp() override {
        write_squeezenet(folder / "net.safetensors");
        fs::create_directories(folder / "styles");
        for (int i = 0; i < 2; ++i)
            ASSERT_TRUE(write_picture(folder / ("styles/s" + std::to_string(i) + ".png"),
                                      MovingSquare{.seed = 5u + static_cast<unsigned>(i)}.at(3)));
        ASSERT_TRUE(write_picture(folder / "a.png", MovingSquare{}.at(0)));
        ASSERT_TRUE(write_picture(folder / "b.png", MovingSquare{.seed = 2}.at(0)));
    }
    StyleBatch batch(const Patch& more = {}) const {
        StyleBatch batch{params_of(style::schema(), more)};
        batch.contents = {folder / "a.png", folder / "b.png"};
        batch.styles = {folder / "styles/s0.png", folder / "styles/s1.png"};
        batch.weights = folder / "net.safetensors";
        batch.out = folder / "out";
        return batch;
    }
    std::string bytes(const fs::path& path) const {
        auto found = read_file(path);
        EXPECT_TRUE(found) << found.error().message;
        return found ? *found : std::string();
    }
    VideoRequest film(const char* out, const Patch& more = {}) const {
        VideoRequest request{.params =
                                 params_of(video_schema(), {{"frame_steps", std::int64_t{2}}})};
        EXPECT_TRUE(request.params.apply(more));
        request.source = folder / "clip";
        request.styles = {folder / "styles/s0.png"};
        request.weights = folder / "net.safetensors";
        request.out = folder / out;
        return request;
    }
    void write_clip(int frames, int cut_at = -1) const {
        fs::create_directories(folder / "clip");
        for (int t = 0; t < frames; ++t) {
            MovingSquare scene;
            if (cut_at >= 0 && t >= cut_at) scene.seed = 9;
            ASSERT_TRUE(
                write_picture(folder / ("clip/" + std::to_string(t) + ".png"), scene.at(t)));
        }
    }

    TempDir folder;
};

TEST_F(BatchVideo, EveryContentInEveryStyleAndASecondCallOnlyWhatIsMissing) {
    const auto played = play(make_batch_run(batch()));
    ASSERT_FALSE(played.error) << played.error->message;
    EXPECT_TRUE(played.finished);
    EXPECT_EQ(played.items, 4);
    EXPECT_EQ(played.count("made"), 4);
    for (const char* name : {"a--s0", "a--s1", "b--s0", "b--s1"}) {
        const auto picture = read_picture(folder / "out" / (std::string(name) + ".png"));
        ASSERT_TRUE(picture) << name;
        EXPECT_EQ(picture->width, 64) << name;
        EXPECT_TRUE(read_settings(folder / "out" / (std::string(name) + ".png")));
    }
    EXPECT_NE(bytes(folder / "out/a--s0.png"), bytes(folder / "out/a--s1.png"));
    const auto kept = fs::last_write_time(folder / "out/a--s0.png");
    fs::remove(folder / "out/b--s0.png");
    const auto again = play(make_batch_run(batch()));
    EXPECT_TRUE(again.finished);
    EXPECT_EQ(again.count("made"), 1);
    EXPECT_EQ(again.count("skipped", "exists"), 3);
    EXPECT_EQ(fs::last_write_time(folder / "out/a--s0.png"), kept);
}

TEST_F(BatchVideo, AStoppedBatchLeavesWholePicturesAndAnotherRunTheSameOnes) {
    const auto whole = play(make_batch_run(batch()));
    ASSERT_TRUE(whole.finished);
    auto request = batch();
    request.out = folder / "cut";
    EXPECT_FALSE(play(make_batch_run(request), 6).finished);
    EXPECT_TRUE(play(make_batch_run(request)).finished);
    for (const char* name : {"a--s0.png", "a--s1.png", "b--s0.png", "b--s1.png"})
        EXPECT_EQ(bytes(folder / "out" / name), bytes(folder / "cut" / name)) << name;
}

TEST_F(BatchVideo, OneBrokenPictureIsToldAndTheRestMade) {
    ASSERT_TRUE(write_file_atomically(folder / "a.png", std::string_view("no picture")));
    const auto played = play(make_batch_run(batch()));
    ASSERT_FALSE(played.error) << played.error->message;
    EXPECT_EQ(played.count("made"), 2);
    EXPECT_EQ(played.count("skipped", "failed"), 2);
    EXPECT_NE(played.events[0].text.find("a.png"), std::string::npos);
    EXPECT_TRUE(fs::exists(folder / "out/b--s1.png"));
    EXPECT_FALSE(fs::exists(folder / "out/a--s0.png"));
}

TEST_F(BatchVideo, BlendMakesOnePictureAContent) {
    auto request = batch();
    request.blend = true;
    request.extension = "jpg";
    const auto played = play(make_batch_run(request));
    ASSERT_TRUE(played.finished) << played.error->message;
    EXPECT_EQ(played.count("made"), 2);
    EXPECT_TRUE(fs::exists(folder / "out/a--s0+1.jpg"));
}

TEST_F(BatchVideo, BatchesThatCannotWorkSaySoBeforeAnythingIsMade) {
    auto request = batch();
    request.weights = folder / "a.png";
    EXPECT_TRUE(play(make_batch_run(request)).error) << "no use trying the other pictures";
    request = batch();
    request.styles.clear();
    EXPECT_FALSE(make_batch_run(request));
    request = batch();
    request.extension = "xyz";
    EXPECT_FALSE(make_batch_run(request));
    EXPECT_FALSE(make_batch_run(batch({{"init", std::string("picture")}})));
}

TEST_F(BatchVideo, NamesAreUniqueAndFoldersAreListed) {
    auto request = batch();
    request.contents = {"x/cat.png", "y/cat.jpg", "x/" + std::string(250, 'n') + ".png"};
    const auto results = batch_results(request);
    ASSERT_EQ(results.size(), 6u);
    EXPECT_EQ(results[0].filename(), "cat--s0.png");
    EXPECT_EQ(results[2].filename(), "cat--s0-2.png");
    for (const auto& path : results) EXPECT_LT(path.filename().native().size(), 255u);
    const auto expanded =
        expand_pictures({(folder / "a.png").string(), (folder / "styles").string()});
    ASSERT_TRUE(expanded);
    ASSERT_EQ(expanded->size(), 3u);
    EXPECT_EQ((*expanded)[2].filename(), "s1.png");
    fs::create_directories(folder / "none");
    EXPECT_FALSE(expand_pictures({(folder / "none").string()}));
}

TEST_F(BatchVideo, AFilmIsMadeStoppedAndGoneOnWithAsIfNothingHadBeen) {
    write_clip(4);
    auto played = play(make_video_run(film("whole")));
    ASSERT_TRUE(played.finished) << played.error->message;
    EXPECT_EQ(played.items, 4);
    EXPECT_EQ(played.flicker.size(), 3u);
    EXPECT_EQ(played.steps, 3 + 3 * 2);
    const auto request = film("cut");
    EXPECT_FALSE(play(make_video_run(request), 8).finished) << "in the third frame";
    EXPECT_TRUE(fs::exists(folder / "cut/00000002.png"));
    EXPECT_FALSE(fs::exists(folder / "cut/00000003.png"));
    played = play(make_video_run(request));
    ASSERT_TRUE(played.finished) << played.error->message;
    EXPECT_EQ(played.items, 2);
    for (int i = 1; i <= 4; ++i) {
        const auto name = "0000000" + std::to_string(i) + ".png";
        EXPECT_EQ(bytes(folder / "whole" / name), bytes(folder / "cut" / name)) << name;
    }
    // With other settings it would not be the same film.
    const auto other = make_video_run(film("cut", {{"style_weight", 3.0}}));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, ErrorCode::Conflict);
    EXPECT_NE(other.error().message.find("style_weight"), std::string::npos)
        << other.error().message;
    ASSERT_TRUE(make_directories(folder / "mine"));
    ASSERT_TRUE(write_file_atomically(folder / "mine/letter.txt", std::string_view("dear")));
    EXPECT_FALSE(make_video_run(film("mine"))) << "somebody else's folder";
}

TEST_F(BatchVideo, AnMp4FromAnInterruptedAndFromAWholeFilm) {
    write_clip(3);
    const auto request = film("film.mp4");
    EXPECT_FALSE(play(make_video_run(request), 7).finished);
    const auto frames = write_film(request);
    ASSERT_TRUE(frames) << frames.error().message;
    EXPECT_EQ(*frames, 2);
    EXPECT_EQ((*VideoReader::open(request.out))->info().frames, 2);
    const auto played = play(make_video_run(request));
    ASSERT_TRUE(played.finished) << played.error->message;
    const auto film = VideoReader::open(request.out);
    ASSERT_TRUE(film);
    EXPECT_EQ((*film)->info().frames, 3);
    EXPECT_NEAR((*film)->info().fps, 25, 0.01);
    EXPECT_EQ((*film)->info().width, 64);
    EXPECT_FALSE(fs::exists(video_work_folder(request.out))) << "tidied up";
    const auto again = make_video_run(request);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code, ErrorCode::Conflict) << "it is complete";
    EXPECT_FALSE(write_film(this->film("never.mp4")));
}

TEST_F(BatchVideo, ACutBeginsAnew) {
    write_clip(4, 2);
    const auto played = play(make_video_run(film("out")));
    ASSERT_TRUE(played.finished) << played.error->message;
    ASSERT_EQ(played.count("cut"), 1);
    for (const auto& event : played.events)
        EXPECT_TRUE(event.type != "cut" || event.data["frame"] == 3);
    EXPECT_EQ(played.flicker.size(), 2u);
    EXPECT_EQ(played.steps, 3 + 2 + 3 + 2);
}

TEST_F(BatchVideo, KeptColoursAreLaidOverTheFilmAndNotCarriedAlong) {
    write_clip(3);
    const Patch keep{{"colour", std::string("luma")}};
    ASSERT_TRUE(play(make_video_run(film("plain"))).finished);
    ASSERT_TRUE(play(make_video_run(film("kept", keep))).finished);
    EXPECT_FALSE(play(make_video_run(film("cut", keep)), 8).finished);
    ASSERT_TRUE(play(make_video_run(film("cut", keep))).finished);
    for (int i = 1; i <= 3; ++i) {
        const auto name = "0000000" + std::to_string(i) + ".png";
        EXPECT_NE(bytes(folder / "kept" / name), bytes(folder / "plain" / name));
        EXPECT_EQ(bytes(folder / "kept" / name), bytes(folder / "cut" / name)) << name;
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(folder / "kept"), fs::directory_iterator()), 4)
        << "three frames and their description";
}

TEST_F(BatchVideo, FollowingTheMovementFlickersLess) {
    write_clip(4);
    const auto mean = [](const std::vector<double>& values) {
        double sum = 0;
        for (const double value : values) sum += value;
        return sum / static_cast<double>(values.size());
    };
    const Patch longer{
        {"steps", std::int64_t{40}}, {"frame_steps", std::int64_t{10}}, {"style_weight", 50.0}};
    auto held = longer;
    held["coherence"] = 10.0;  // against a style weight of six times the usual
    const auto with = play(make_video_run(film("with", held)));
    auto apart = longer;
    apart["follow"] = false;
    const auto without = play(make_video_run(film("without", apart)));
    auto loose = longer;
    loose["coherence"] = 0.0;
    const auto warped_only = play(make_video_run(film("loose", loose)));
    ASSERT_TRUE(with.finished && without.finished && warped_only.finished);
    ASSERT_EQ(with.flicker.size(), 3u);
    ASSERT_EQ(without.flicker.size(), 3u);
    EXPECT_LT(mean(warped_only.flicker), 0.9 * mean(without.flicker));
    EXPECT_LT(mean(with.flicker), 0.8 * mean(warped_only.flicker));
}

TEST_F(BatchVideo, FilmsThatCannotWorkSaySo) {
    write_clip(2);
    auto request = film("film.avi");
    EXPECT_FALSE(make_video_run(request));
    request = film("x");
    request.source = folder / "a-letter.mp4";
    EXPECT_FALSE(make_video_run(request));
    request = film("x");
    request.styles.clear();
    EXPECT_FALSE(make_video_run(request));
    EXPECT_FALSE(make_video_run(film("x", {{"init", std::string("picture")}})));
    request = film("x");
    request.frames = 1;
    EXPECT_EQ(play(make_video_run(request)).items, 1);
}

}  // namespace
}  // namespace pentimento
