// Trained painters on the Style page: choosing, training, using and opening them again.
#include <gtest/gtest.h>

#include <QPushButton>
#include <QRadioButton>
#include <QToolButton>

#include "core/style/instant/networks.h"
#include "core/style/train/style_training.h"
#include "fake_run.h"
#include "pictures.h"
#include "tests/toy_data.h"
#include "ui/dialogs/painter_dialog.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/painter_chooser.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style_page.h"
#include "ui/preferences.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_view.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::two_colours;
using test::wait_for;

class PainterPageTest : public testing::Test {
  protected:
    PainterPageTest()
        : forgotten(forget()), context(Workspace{folder.path() / "workspace"}), page(context) {
        content = folder.picture(QStringLiteral("content.png"), two_colours(80, 60));
        style = folder.picture(QStringLiteral("waves.png"), gradient_frame(64, 64));
    }
    ~PainterPageTest() override { page.shut_down(); }
    static bool forget() {
        preferences::remove(QStringLiteral("style"));
        return true;
    }
    PainterPlan plan() {
        PainterPlan plan{ParamSet(style::train::schema()),
                         style.toStdString(),
                         QStringLiteral("Painter of waves"),
                         {},
                         {}};
        const auto set = plan.params.apply({{"steps", std::int64_t{3}},
                                            {"width", std::int64_t{4}},
                                            {"batch", std::int64_t{2}},
                                            {"crop", std::int64_t{32}},
                                            {"style_edge", std::int64_t{64}},
                                            {"sample_every", std::int64_t{2}},
                                            {"threads", std::int64_t{1}}});
        EXPECT_TRUE(set) << set.error().message;
        return plan;
    }
    void train_on_dataset() {
        const auto pack = folder.path() / "squares.pack";
        write_toy_pack(pack, 48, 3, 24);
        PainterPlan wanted = plan();
        wanted.dataset = pack;
        page.train_painter(wanted);
        ASSERT_TRUE(wait_for([&] { return page.offer().isVisibleTo(&page); }, 60'000))
            << page.banner().toStdString();
    }
    bool method_is(const char* id) {
        return std::get<std::string>(page.panel().params().value("method")) == id;
    }

    bool forgotten;
    test::Folder folder;
    StudioContext context;
    StylePage page;
    QString content, style;
};

TEST_F(PainterPageTest, IsTrainedShownAndUsed) {
    page.inputs().content().load(content);
    ASSERT_TRUE(wait_for([&] { return !page.inputs().loading(); }));
    train_on_dataset();
    EXPECT_FALSE(page.controller().active());
    // Held-out pictures above, how they are painted below.
    EXPECT_FALSE(page.gallery().current_frame().empty());
    EXPECT_TRUE(page.banner().contains(QStringLiteral("3 steps"))) << page.banner().toStdString();
    page.offer().click();
    ASSERT_TRUE(wait_for([&] { return !page.painters().painter().empty(); }, 20'000))
        << page.banner().toStdString();
    EXPECT_TRUE(method_is("painter"));
    EXPECT_EQ(page.painters().painter().parent_path(), context.workspace().root / "painters");
    EXPECT_EQ(style::identify_painter(page.painters().painter())->name, "Painter of waves");
    // Live, at the size of the settings, and as a run.
    ASSERT_TRUE(wait_for(
        [&] { return !page.instant().busy() && page.gallery().current_frame().width == 512; },
        30'000));
    EXPECT_TRUE(page.blocked().isEmpty()) << page.blocked().toStdString();
    EXPECT_TRUE(page.bar().export_button().isEnabled());
    const QImage strong = to_image(page.gallery().current_frame()).copy();
    page.panel().apply({{"strength", 0.25}}, QString());
    ASSERT_TRUE(wait_for([&] { return page.instant().busy(); }));
    ASSERT_TRUE(wait_for([&] { return !page.instant().busy(); }, 30'000));
    EXPECT_NE(to_image(page.gallery().current_frame()), strong);
    const StyleRequest request = page.request();
    EXPECT_EQ(request.networks.painter, page.painters().painter());
    EXPECT_TRUE(request.styles.empty());
    page.blend();
    ASSERT_TRUE(wait_for([&] { return page.controller().state() == State::Finished; }, 30'000))
        << page.banner().toStdString();
}

TEST_F(PainterPageTest, LearnsFromAFolderAndIsGoneOnWithFromItsRun) {
    for (int i = 0; i < 12; ++i)
        folder.picture(QStringLiteral("photos/%1.png").arg(i),
                       i % 2 ? two_colours(64 + i, 60)
                             : plain_frame(70, 60 + i, static_cast<std::uint8_t>(20 * i), 90, 40));
    PainterPlan wanted = plan();
    wanted.folder = folder.file(QStringLiteral("photos"));
    page.train_painter(wanted);
    ASSERT_TRUE(wait_for([&] { return page.offer().isVisibleTo(&page); }, 60'000))
        << page.banner().toStdString();
    const auto runs = list_experiments(context.workspace().runs());
    ASSERT_EQ(runs.size(), 1u);
    EXPECT_EQ(runs[0].info().kind, "style-training");
    const QString run = QString::fromStdString(runs[0].directory().string());
    // Another start of the studio.
    StylePage later(context);
    Q_EMIT context.open_run_requested(run, false);
    EXPECT_TRUE(wait_for([&] { return later.offer().isVisibleTo(&later); }));
    EXPECT_TRUE(later.bar().resume().isEnabled());
    page.shut_down();
    later.open_run(run, true);
    ASSERT_TRUE(wait_for([&] { return later.controller().active(); }, 20'000))
        << later.banner().toStdString();
    ASSERT_TRUE(wait_for([&] { return !later.controller().active(); }, 60'000));
    EXPECT_EQ(Experiment::open(runs[0].directory())->latest_checkpoint()->step, 6);
    later.shut_down();
}

TEST_F(PainterPageTest, TheSettingsOfBlendsDoNotReachATraining) {
    const auto pack = folder.path() / "squares.pack";
    write_toy_pack(pack, 48, 3, 24);
    PainterPlan wanted = plan();
    ASSERT_TRUE(wanted.params.set("steps", std::int64_t{100'000}));
    wanted.dataset = pack;
    page.train_painter(wanted);
    ASSERT_TRUE(wait_for([&] { return page.controller().progress().step > 1; }, 60'000))
        << page.banner().toStdString();
    page.panel().apply({{"content_weight", 77.0}, {"strength", 0.5}}, QString());
    const auto at = page.controller().progress().step;
    ASSERT_TRUE(wait_for([&] { return page.controller().progress().step > at + 2; }, 20'000));
    EXPECT_FALSE(page.inputs().mask(0).edit_button().isEnabled());
    page.bar().stop().click();
    ASSERT_TRUE(wait_for([&] { return page.offer().isVisibleTo(&page); }, 20'000))
        << "what was learned until then can be used";
    const auto run = list_experiments(context.workspace().runs()).at(0);
    for (const Event& event : run.read_events()) {
        EXPECT_NE(event.type, "edit");
        EXPECT_NE(event.type, "warning") << event.text;
    }
}

TEST_F(PainterPageTest, SaysWhatIsMissingAndRefusesOtherFiles) {
    page.inputs().content().load(content);
    ASSERT_TRUE(wait_for([&] { return !page.inputs().loading(); }));
    page.panel().apply({{"method", std::string("painter")}}, QString());
    EXPECT_FALSE(page.bar().blend().isEnabled());
    EXPECT_TRUE(page.blocked().contains(QStringLiteral("painter"))) << page.blocked().toStdString();
    EXPECT_TRUE(page.painters().isVisibleTo(&page));
    EXPECT_FALSE(page.inputs().style(0).isVisibleTo(&page));
    page.painters().choose(folder.text(QStringLiteral("wrong.safetensors"), "no painter"));
    ASSERT_TRUE(wait_for([&] { return !page.painters().busy(); }));
    EXPECT_TRUE(page.painters().painter().empty());
    EXPECT_FALSE(page.blocked().isEmpty());
    page.panel().apply({{"method", std::string("instant")}}, QString());
    EXPECT_TRUE(page.inputs().style(0).isVisibleTo(&page));
}

TEST_F(PainterPageTest, ThePlanSaysWhyItCannotBegin) {
    PainterDialog dialog(folder.path() / "inputs", std::nullopt, std::nullopt, {});
    EXPECT_FALSE(dialog.train_button().isEnabled());
    EXPECT_FALSE(dialog.train_button().toolTip().isEmpty());
    EXPECT_FALSE(dialog.dataset_button().isEnabled());
    dialog.style().load(style);
    ASSERT_TRUE(wait_for([&] { return dialog.style().picture().has_value(); }));
    EXPECT_FALSE(dialog.train_button().isEnabled());
    dialog.choose_folder(folder.file(QStringLiteral("photos")));
    EXPECT_TRUE(dialog.train_button().isEnabled());
    const PainterPlan made = dialog.plan();
    EXPECT_EQ(made.name, QStringLiteral("Painter of waves"));
    EXPECT_EQ(made.folder, folder.file(QStringLiteral("photos")));
    EXPECT_TRUE(made.dataset.empty());
    // A grey dataset cannot be learned from.
    write_toy_pack(folder.path() / "grey.pack", 32, 1, 4);
    PainterDialog grey(folder.path() / "inputs", std::nullopt,
                       *PackedDataset::open(folder.path() / "grey.pack"), {});
    EXPECT_FALSE(grey.dataset_button().isEnabled());
}

}  // namespace
}  // namespace pentimento::ui
