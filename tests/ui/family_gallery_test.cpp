// The family gallery: what fits a dataset, what is said of cost, what is applied, and the drawing.
#include "ui/dialogs/family_gallery.h"

#include <gtest/gtest.h>

#include <QListWidget>
#include <QPushButton>
#include <QSignalSpy>
#include <atomic>

#include "tests/ui/fake_run.h"
#include "ui/widgets/network_drawing.h"

namespace pentimento::ui {
namespace {

using test::wait_for;

gan::Family family(const char* id, const char* arch) {
    gan::Family made;
    made.entry = {.id = id,
                  .label = std::string("Family ") + id,
                  .help = "Makes pictures. And more.",
                  .reference = "Somebody 2020, arXiv:0000.00000"};
    made.arch = arch;
    made.published = {{"batch", "128"}, {"steps", "5000"}};
    made.small = {{"batch", "32"}};
    made.expect = "Shapes within a minute.";
    return made;
}

gan::Description description() {
    gan::Description made;
    made.generator.layers = {
        {"Linear", "", {64}, {256, 4, 4}, 262'144, 262'144},
        {"Batch norm", "", {256, 4, 4}, {256, 4, 4}, 512, 0},
        {"Convolution", "4×4, stride 2", {256, 4, 4}, {128, 8, 8}, 524'288, 33'554'432},
        {"Convolution", "4×4, stride 2", {128, 8, 8}, {3, 16, 16}, 6'144, 1'572'864}};
    made.generator.parameters = 793'088;
    made.discriminator.layers = {{"Convolution", "", {3, 16, 16}, {64, 8, 8}, 3'072, 0}};
    made.discriminator.parameters = 3'072;
    return made;
}

PackInfo pictures(int size) {
    PackInfo info;
    info.width = info.height = size;
    info.channels = 3;
    info.count = 1000;
    info.name = "Emoji";
    return info;
}

class FamilyGalleryTest : public testing::Test {
  protected:
    FamilyGalleryTest()
        : gallery({family("a", "dcgan"), family("b", "dcgan"), family("c", "small")},
                  {{.id = "dcgan", .label = "DCGAN"},
                   {.id = "small", .label = "Small", .sizes = {16, 24}}},
                  {.describe = [this](const ParamSet& params) -> Result<gan::Description> {
                       batch = std::get<std::int64_t>(params.value("batch"));
                       return description();
                   },
                   .estimate = [this](const ParamSet&) -> Result<gan::Estimate> {
                       ++measured;
                       return estimate;
                   }}) {
        estimate = {"cpu", 0.012, 2700, 2400, 300'000'000, 1'000'000};
    }

    std::atomic<std::int64_t> batch = 0;
    std::atomic<int> measured = 0;
    gan::Estimate estimate;
    FamilyGallery gallery;
};

TEST_F(FamilyGalleryTest, SaysWhatATrainingTakesHere) {
    gallery.prepare(pictures(32), {});
    gallery.choose(QStringLiteral("a"));
    ASSERT_TRUE(wait_for(
        [&] { return gallery.details().cost().contains(QStringLiteral("On this device")); }));
    EXPECT_EQ(batch, 32) << "the small form is shown first";
    EXPECT_TRUE(gallery.details().cost().contains(QStringLiteral("12 ms a step")));
    EXPECT_TRUE(gallery.details().cost().contains(QStringLiteral("40 min")));
    EXPECT_TRUE(gallery.details().cost().contains(QStringLiteral("300 MB")));
    EXPECT_TRUE(gallery.details().cost().contains(QStringLiteral("5,000 steps")));
    gallery.details().set_form(FamilyForm::Published);
    ASSERT_TRUE(wait_for([&] { return batch == 128; }));
}

TEST_F(FamilyGalleryTest, MeasuresNothingWhileARunIsAtWork) {
    gallery.prepare(pictures(32), QStringLiteral("A run is at work."));
    ASSERT_TRUE(wait_for(
        [&] { return gallery.details().cost().contains(QStringLiteral("Not measured")); }));
    EXPECT_EQ(measured, 0);
    for (const QPushButton* button : gallery.findChildren<QPushButton*>()) {
        if (!button->text().startsWith(QStringLiteral("Use"))) continue;
        EXPECT_FALSE(button->isEnabled());
        EXPECT_EQ(button->toolTip(), QStringLiteral("A run is at work."));
    }
}

TEST_F(FamilyGalleryTest, LeafingThroughTheListMeasuresOnlyWhatStays) {
    gallery.prepare(pictures(32), {});
    for (int i = 0; i < 10; ++i) gallery.choose(i % 2 ? QStringLiteral("a") : QStringLiteral("b"));
    ASSERT_TRUE(wait_for([&] { return measured == 1; }));
    wait_for([] { return false; }, 400);
    EXPECT_EQ(measured, 1);
}

TEST_F(FamilyGalleryTest, FamiliesThatDoNotFitSayWhy) {
    gallery.prepare(pictures(32), {});
    EXPECT_TRUE(gallery.obstacle(QStringLiteral("a")).isEmpty());
    EXPECT_EQ(gallery.obstacle(QStringLiteral("c")),
              QStringLiteral("Makes pictures of 16 and 24 px; the dataset has 32 px."));
    gallery.choose(QStringLiteral("c"));
    for (const QPushButton* button : gallery.findChildren<QPushButton*>())
        if (button->text().startsWith(QStringLiteral("Use"))) {
            EXPECT_FALSE(button->isEnabled());
        }
    gallery.prepare(std::nullopt, {});
    EXPECT_TRUE(gallery.obstacle(QStringLiteral("c")).isEmpty()) << "no dataset, no obstacle";
}

TEST_F(FamilyGalleryTest, TheButtonsNameThePresets) {
    QSignalSpy chosen(&gallery, &FamilyGallery::preset_chosen);
    gallery.prepare(pictures(32), {});
    gallery.choose(QStringLiteral("b"));
    for (QPushButton* button : gallery.findChildren<QPushButton*>())
        if (button->text().startsWith(QStringLiteral("Use"))) button->click();
    ASSERT_EQ(chosen.count(), 2);
    QStringList names{chosen[0][0].toString(), chosen[1][0].toString()};
    names.sort();
    EXPECT_EQ(names, (QStringList{QStringLiteral("b"), QStringLiteral("b-small")}));
}

TEST(Families, EveryRegisteredOneHasBothPresetsAndValidSettings) {
    QStringList presets;
    for (const Preset& preset : gan::presets()) presets << QString::fromStdString(preset.id);
    for (const gan::Family& one : gan::families())
        for (const auto form : {FamilyForm::Small, FamilyForm::Published}) {
            EXPECT_TRUE(presets.contains(preset_id(one, form))) << one.entry.id;
            const auto params = family_params(one, form, std::nullopt);
            EXPECT_TRUE(params.ok()) << one.entry.id << ": " << params.error().message;
        }
}

TEST(NetworkDrawing, LargerPicturesAreTallerAndMoreChannelsWider) {
    const gan::NetworkInfo network = description().generator;
    const auto blocks = lay_out(network, 120);
    ASSERT_EQ(blocks.size(), network.layers.size() + 1) << "the input comes first";
    EXPECT_GT(blocks[3].height, blocks[1].height) << "8 px and 4 px";
    EXPECT_GT(blocks[4].height, blocks[3].height) << "16 px and 8 px";
    EXPECT_GT(blocks[1].width, blocks[3].width) << "256 and 128 channels";
    EXPECT_GT(blocks[3].width, blocks[4].width) << "128 and 3 channels";
    for (std::size_t i = 1; i < blocks.size(); ++i)
        EXPECT_DOUBLE_EQ(blocks[i].left, blocks[i - 1].left + blocks[i - 1].column);
    EXPECT_TRUE(lay_out({}, 120).empty());
}

TEST(NetworkDrawing, TellsEveryLayerToScreenReaders) {
    NetworkDrawing drawing;
    drawing.set_network(description().generator);
    EXPECT_EQ(drawing.description().split(QLatin1Char('\n')).size(), 4);
    EXPECT_TRUE(drawing.accessibleDescription().contains(QStringLiteral("256 × 4 × 4")));
    EXPECT_TRUE(drawing.accessibleDescription().contains(QStringLiteral("524,288 weights")));
    EXPECT_FALSE(drawing.grab().isNull());
}

TEST(Amounts, AreShort) {
    EXPECT_EQ(amount_text(512), QStringLiteral("512"));
    EXPECT_EQ(amount_text(9'999), QStringLiteral("9,999"));
    EXPECT_EQ(amount_text(34'567), QStringLiteral("35 k"));
    EXPECT_EQ(amount_text(3'600'000), QStringLiteral("3.6 M"));
}

}  // namespace
}  // namespace pentimento::ui
