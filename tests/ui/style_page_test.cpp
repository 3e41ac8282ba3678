// The Style page: what its buttons allow, and why not.
#include "ui/pages/style_page.h"

#include <gtest/gtest.h>

#include <QCoreApplication>
#include <QElapsedTimer>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QToolButton>
#include <algorithm>
#include <atomic>
#include <span>

#include "core/base/sha256.h"
#include "core/style/style_run.h"
#include "fake_run.h"
#include "pictures.h"
#include "tests/fetch/server.h"
#include "ui/dialogs/mask_dialog.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style/mask_control.h"
#include "ui/pages/style/run_bar.h"
#include "ui/pages/style/weights_chooser.h"
#include "ui/preferences.h"
#include "ui/widgets/mask_file.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_compare.h"
#include "ui/widgets/picture_view.h"
#include "ui/widgets/sample_gallery.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::two_colours;
using test::wait_for;

class StylePageTest : public testing::Test {
  protected:
    StylePageTest()
        : forgotten(forget()), context(Workspace{folder.path() / "workspace"}), page(context) {
        content = folder.picture(QStringLiteral("content.png"), two_colours(40, 30));
        style = folder.picture(QStringLiteral("style.png"), plain_frame(30, 30, 9, 200, 9));
        other = folder.picture(QStringLiteral("other.png"), plain_frame(20, 30, 200, 9, 9));
    }
    ~StylePageTest() override { page.shut_down(); }
    // A weights file of another test must not be offered here.
    static bool forget() {
        preferences::remove(QStringLiteral("style"));
        return true;
    }
    bool settled() {
        return wait_for([&] { return !page.inputs().loading(); });
    }
    /// A mask that is white on its left, painted in the dialog as a person would.
    void paint_mask(int index) {
        MaskDialog* dialog = page.inputs().mask(index).paint();
        ASSERT_TRUE(dialog);
        QImage half(2, 1, QImage::Format_Grayscale8);
        half.scanLine(0)[0] = 255;
        half.scanLine(0)[1] = 0;
        dialog->view().edit([&](MaskCanvas& canvas) { return canvas.replace(half); });
        dialog->accept();
        ASSERT_TRUE(settled());
        ASSERT_TRUE(page.inputs().mask(index).mask());
    }
    /// The instant blend has been asked for and has arrived at full size.
    bool rests() {
        return wait_for([&] { return page.instant().busy(); }) &&
               wait_for([&] { return !page.instant().busy(); }, 30'000);
    }
    static int frame_right(const Frame& frame) { return 7 * frame.width / 8; }
    double weight(int index) {
        return std::get<double>(page.panel().params().value(style::style_weight_id(index)));
    }

    bool forgotten;
    test::Folder folder;
    StudioContext context;
    StylePage page;
    QString content, style, other;
};

TEST_F(StylePageTest, TheTooltipNamesTheNextThingToDo) {
    QPushButton& blend = page.bar().blend();
    EXPECT_FALSE(blend.isEnabled());
    EXPECT_TRUE(blend.toolTip().contains(QStringLiteral("content")));
    page.inputs().content().load(content);
    ASSERT_TRUE(settled());
    EXPECT_TRUE(blend.toolTip().contains(QStringLiteral("style picture")));
    page.inputs().style(0).load(style);
    ASSERT_TRUE(settled());
    // The network is built in: nothing else is needed.
    EXPECT_TRUE(blend.isEnabled()) << blend.toolTip().toStdString();
}

TEST_F(StylePageTest, ABlendAppearsAtOnceAndFollowsTheSliders) {
    page.inputs().content().load(content);
    page.inputs().style(0).load(style);
    ASSERT_TRUE(settled());
    const auto shown = [&] { return page.gallery().current_frame(); };
    ASSERT_TRUE(wait_for([&] { return !shown().empty() && !page.instant().busy(); }, 30'000))
        << page.banner().toStdString();
    const Frame whole = shown();
    // 40 × 30 px, at the size of the settings.
    EXPECT_EQ(whole.width, std::get<std::int64_t>(page.panel().params().value("size")));
    EXPECT_TRUE(page.bar().export_button().isEnabled());
    page.panel().apply({{"strength", 0.25}}, QString());
    ASSERT_TRUE(wait_for([&] { return page.instant().busy(); }));
    ASSERT_TRUE(wait_for([&] { return !page.instant().busy(); }, 30'000));
    const Frame less = shown();
    ASSERT_EQ(less.width, whole.width);
    EXPECT_NE(to_image(less), to_image(whole));
}

TEST_F(StylePageTest, AnInstantBlendFollowsItsMask) {
    page.inputs().content().load(content);
    page.inputs().style(0).load(style);
    ASSERT_TRUE(settled());
    ASSERT_TRUE(rests());
    const Frame everywhere = page.gallery().current_frame();
    paint_mask(0);
    ASSERT_TRUE(rests());
    const Frame left = page.gallery().current_frame();
    ASSERT_EQ(left.width, everywhere.width);
    const auto green = [&](const Frame& frame, int x) { return frame.row(20)[4 * x + 1]; };
    // The style is green; the right of the content has none, and no mask.
    EXPECT_GT(green(everywhere, frame_right(everywhere)), green(left, frame_right(left)) + 40);
    EXPECT_NEAR(green(left, frame_right(left)), 30, 3);
    EXPECT_GT(green(left, left.width / 8), 80);
}

TEST_F(StylePageTest, WhatIsPaintedIsSeenWhileItIsPainted) {
    page.inputs().content().load(content);
    page.inputs().style(0).load(style);
    ASSERT_TRUE(settled());
    ASSERT_TRUE(rests());
    const QImage everywhere = to_image(page.gallery().current_frame()).copy();
    MaskDialog* dialog = page.inputs().mask(0).paint();
    ASSERT_TRUE(dialog);
    ASSERT_TRUE(rests());
    const QImage nowhere = to_image(page.gallery().current_frame()).copy();
    EXPECT_NE(nowhere, everywhere) << "nothing is painted yet";
    const auto shown = [&] {
        for (QLabel* label : dialog->findChildren<QLabel*>())
            if (!label->pixmap().isNull() && label->isVisibleTo(dialog))
                return label->pixmap().toImage();
        return QImage();
    };
    const QImage before = shown();
    EXPECT_FALSE(before.isNull());
    dialog->view().edit([](MaskCanvas& canvas) { return canvas.fill(255); });
    ASSERT_TRUE(rests());
    EXPECT_NE(shown(), before);
    // Given up: as it was.
    dialog->done(QDialog::Rejected);
    ASSERT_TRUE(rests());
    EXPECT_EQ(to_image(page.gallery().current_frame()), everywhere);
    EXPECT_FALSE(page.inputs().mask(0).mask());
}

TEST(InstantPreviewTest, OnlyTheNewestRequestIsKept) {
    InstantPreview preview;
    InstantPreview::Pictures pictures;
    pictures.content = two_colours(64, 48);
    pictures.styles[0] = plain_frame(40, 40, 9, 200, 9);
    int quick = 0, final = 0;
    QObject::connect(&preview, &InstantPreview::blended, [&](const Frame& frame, bool whole) {
        ++(whole ? final : quick);
        EXPECT_EQ(frame.width, whole ? 320 : InstantPreview::kQuickEdge);
    });
    ParamSet params(style::schema());
    ASSERT_TRUE(params.set("size", std::int64_t{320}));
    for (int i = 0; i <= 20; ++i) {
        ASSERT_TRUE(params.set("strength", i / 20.0));
        preview.request(params, pictures);
    }
    ASSERT_TRUE(wait_for([&] { return final == 1; }, 30'000));
    // The first one was under way; of the other twenty at most the newest was made, and on a slow
    // machine the hand is at rest before that.
    EXPECT_GE(quick, 1);
    EXPECT_LE(quick, 2);
    EXPECT_FALSE(preview.busy());
}

// How long the hand waits: from a slider's move to the new picture at 256 px, through the page's
// own background thread. Printed, so that a slow machine can be told from a slow change.
TEST(InstantPreviewTest, ASlidersMoveIsSeenSoon) {
    InstantPreview preview;
    InstantPreview::Pictures pictures;
    pictures.content = two_colours(1024, 768);
    pictures.styles[0] = plain_frame(640, 640, 9, 200, 9);
    pictures.styles[1] = two_colours(500, 700);
    int arrived = 0;
    QObject::connect(&preview, &InstantPreview::blended, [&](const Frame& frame, bool final) {
        if (!final) ++arrived;
        EXPECT_EQ(frame.width, InstantPreview::kQuickEdge);
    });
    ParamSet params(style::schema());
    ASSERT_TRUE(params.set("size", std::int64_t{InstantPreview::kQuickEdge}));
    const auto move = [&](const char* id, double value) {
        EXPECT_TRUE(params.set(id, value));
        // From rest, so that the next picture to arrive is the one that this move asked for.
        EXPECT_TRUE(wait_for([&] { return !preview.busy(); }, 30'000));
        const int before = arrived;
        QElapsedTimer clock;
        clock.start();
        preview.request(params, pictures);
        while (arrived == before && clock.elapsed() < 30'000)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 5);
        return static_cast<double>(clock.nsecsElapsed()) / 1e6;
    };
    const double first = move("strength", 1);
    QImage left(64, 48, QImage::Format_Grayscale8);
    left.fill(0);
    for (int y = 0; y < 48; ++y) std::fill_n(left.scanLine(y), 32, uchar{255});
    for (const bool masked : {false, true}) {
        if (masked) pictures.masks[0] = left;
        std::vector<double> milliseconds;
        for (int i = 0; i < 11; ++i)
            milliseconds.push_back(i % 2 ? move("strength", 0.3 + 0.03 * i)
                                         : move("style_weight_1", 0.2 + 0.05 * i));
        std::sort(milliseconds.begin(), milliseconds.end());
        std::printf(
            "a slider's move at 256 px%s: median %.0f ms, slowest %.0f ms (first %.0f ms)\n",
            masked ? " under a mask" : "", milliseconds[5], milliseconds[10], first);
        // The aim is 100 ms on two free cores; a busy machine or a sanitizer takes longer.
        EXPECT_LT(milliseconds[5], 1500);
    }
}

TEST_F(StylePageTest, EveryDisabledButtonSaysWhy) {
    for (QPushButton* button :
         {&page.bar().blend(), &page.bar().pause(), &page.bar().resume(), &page.bar().stop(),
          &page.bar().snapshot(), &page.bar().export_button()}) {
        EXPECT_FALSE(button->isEnabled()) << button->text().toStdString();
        EXPECT_FALSE(button->toolTip().isEmpty()) << button->text().toStdString();
    }
}

TEST_F(StylePageTest, AFileThatHoldsNoNetworkIsRefusedWithItsReason) {
    page.weights().choose(folder.text(QStringLiteral("wrong.safetensors"), "nothing of the kind"));
    ASSERT_TRUE(wait_for(
        [&] { return !page.weights().missing().contains(QStringLiteral("being checked")); }));
    EXPECT_FALSE(page.weights().missing().isEmpty());
    EXPECT_TRUE(page.weights().network().isEmpty());
}

TEST_F(StylePageTest, WeightsAreDownloadedWithProgressCancelledAndGoneOnWith) {
    const std::string file(400'000, 'w');  // no network, but the published file all the same
    std::atomic<bool> generous{false};
    Server server([&](const Server::Connection& to, const Server::Asked& asked) {
        if (generous) return asked.from < 0 ? to.whole(file) : to.part(file, asked.from);
        to.answer("200 OK", "Content-Length: " + std::to_string(file.size()) + "\r\n",
                  std::string_view(file).substr(0, 100'000));
        to.stall();
    });
    const QByteArray before = qgetenv("XDG_CACHE_HOME");
    qputenv("XDG_CACHE_HOME", folder.path().c_str());
    const PublishedWeights weights{"net",
                                   "Net",
                                   "https://example.org/net.pth",
                                   file.size(),
                                   sha256(std::as_bytes(std::span(file))),
                                   "torchvision"};
    WeightsChooser& chooser = page.weights();
    chooser.download(weights, server.url("/"));
    EXPECT_TRUE(chooser.downloading());
    auto* bar = chooser.findChild<QProgressBar*>();
    ASSERT_TRUE(wait_for([&] { return bar->value() == 250; }));
    chooser.cancel_download();
    ASSERT_TRUE(wait_for([&] { return !chooser.downloading(); }));
    EXPECT_FALSE(cached_weights(weights, weights_cache()));
    generous = true;
    chooser.download(weights, server.url("/"));
    ASSERT_TRUE(wait_for([&] { return !chooser.downloading(); }));
    EXPECT_TRUE(cached_weights(weights, weights_cache()));
    EXPECT_EQ(server.asked().back().from, 100'000);
    // It is chosen, and what it holds is looked at as for any other file.
    ASSERT_TRUE(
        wait_for([&] { return !chooser.missing().contains(QStringLiteral("being checked")); }));
    EXPECT_TRUE(chooser.network().isEmpty());
    EXPECT_NE(chooser.missing(), QString());
    qputenv("XDG_CACHE_HOME", before);
}

TEST_F(StylePageTest, ButtonsFollowTheRun) {
    const auto started = page.controller().start(test::fake_factory());
    ASSERT_TRUE(started.ok());
    ASSERT_TRUE(wait_for([&] { return page.bar().pause().isEnabled(); }));
    EXPECT_FALSE(page.bar().blend().isEnabled());
    EXPECT_TRUE(page.bar().stop().isEnabled());
    EXPECT_FALSE(page.bar().resume().isEnabled());
    page.controller().pause();
    ASSERT_TRUE(wait_for([&] { return page.bar().resume().isEnabled(); }));
    EXPECT_FALSE(page.bar().pause().isEnabled());
    page.controller().stop();
    ASSERT_TRUE(wait_for([&] { return !page.controller().active(); }));
    ASSERT_TRUE(wait_for([&] { return !page.bar().stop().isEnabled(); }));
}

TEST_F(StylePageTest, RemovingAStyleMovesTheOthersUpWithTheirWeights) {
    page.inputs().style(0).load(style);
    page.inputs().style(1).load(other);
    ASSERT_TRUE(settled());
    ASSERT_EQ(page.inputs().style_count(), 2);
    ParamSet params = page.panel().params();
    ASSERT_TRUE(params.set(style::style_weight_id(0), 0.25).ok());
    ASSERT_TRUE(params.set(style::style_weight_id(1), 0.5).ok());
    page.panel().set_params(params);
    page.inputs().style(0).clear();
    EXPECT_EQ(page.inputs().style_count(), 1);
    EXPECT_EQ(page.inputs().style(0).picture()->path, other);
    EXPECT_DOUBLE_EQ(weight(0), 0.5);
}

TEST_F(StylePageTest, SwapsAndClears) {
    page.inputs().content().load(content);
    page.inputs().style(0).load(style);
    ASSERT_TRUE(settled());
    page.inputs().swap();
    EXPECT_EQ(page.inputs().content().picture()->path, style);
    EXPECT_EQ(page.inputs().style(0).picture()->path, content);
    page.inputs().clear();
    EXPECT_EQ(page.inputs().style_count(), 0);
    EXPECT_FALSE(page.inputs().content().picture());
}

TEST_F(StylePageTest, MasksArePaintedAndGoIntoTheRequest) {
    InputsPanel& inputs = page.inputs();
    inputs.style(0).load(style);
    inputs.style(1).load(other);
    ASSERT_TRUE(settled());
    EXPECT_FALSE(inputs.mask(1).edit_button().isEnabled()) << "there is nothing to paint on";
    EXPECT_FALSE(inputs.mask(1).edit_button().toolTip().isEmpty());
    EXPECT_EQ(inputs.mask(1).paint(), nullptr);
    inputs.content().load(content);
    ASSERT_TRUE(settled());
    EXPECT_TRUE(inputs.mask(1).edit_button().isEnabled());
    EXPECT_TRUE(inputs.masks().empty());
    paint_mask(1);
    const auto masks = inputs.masks();
    ASSERT_EQ(masks.size(), 2u);
    EXPECT_TRUE(masks[0].empty());
    EXPECT_EQ(masks[1].parent_path(), context.workspace().root / "inputs");
    const auto read = read_mask(masks[1]);
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->size(), QSize(40, 30)) << "as the content";
    EXPECT_EQ(read->constScanLine(15)[5], 255);
    EXPECT_EQ(read->constScanLine(15)[35], 0);

    // The run that blending makes has the mask in its folder.
    const StyleRequest request = page.request();
    EXPECT_EQ(request.masks, masks);
    const auto run = prepare_style(request, context.workspace().runs() / "masked", "masked");
    ASSERT_TRUE(run.ok()) << run.error().message;
    EXPECT_EQ(run->options.experiment->info().inputs["masks"], Json({"", "mask-2.png"}));
    // Opening it shows the mask again, where it was.
    inputs.clear();
    EXPECT_TRUE(inputs.masks().empty());
    EXPECT_FALSE(inputs.mask(1).mask());
    Q_EMIT context.open_run_requested(
        QString::fromStdString((context.workspace().runs() / "masked").string()), false);
    ASSERT_TRUE(wait_for([&] { return inputs.mask(1).mask().has_value(); }))
        << page.banner().toStdString();
    EXPECT_EQ(inputs.mask(1).mask()->image, *read);
    EXPECT_FALSE(inputs.mask(0).mask());
}

TEST_F(StylePageTest, AMaskThatIsChangedWhileRefiningGoesOnWithTheRun) {
    page.inputs().content().load(content);
    page.inputs().style(0).load(style);
    page.inputs().style(1).load(other);
    ASSERT_TRUE(settled());
    page.panel().apply({{"size", std::int64_t{64}},
                        {"steps", std::int64_t{100'000}},
                        {"threads", std::int64_t{1}}},
                       QString());
    page.blend();
    ASSERT_TRUE(wait_for([&] { return page.controller().progress().step > 2; }, 60'000))
        << page.banner().toStdString();
    page.inputs().content().clear();
    EXPECT_TRUE(page.inputs().content().picture()) << "the pictures are the run's";
    EXPECT_TRUE(page.inputs().mask(1).edit_button().isEnabled());
    const auto at = page.controller().progress().step;
    bool told = false;
    QObject::connect(&page.controller(), &RunController::events_arrived,
                     [&](const std::vector<Event>& events) {
                         for (const Event& event : events) told |= event.type == "inputs";
                     });
    paint_mask(1);
    ASSERT_TRUE(wait_for([&] { return told; }, 20'000)) << page.banner().toStdString();
    EXPECT_TRUE(page.controller().active());
    ASSERT_TRUE(wait_for([&] { return page.controller().progress().step > at + 1; }, 20'000));
    page.controller().stop();
    ASSERT_TRUE(wait_for([&] { return !page.controller().active(); }, 20'000));
    const auto run = list_experiments(context.workspace().runs()).at(0);
    const Json inputs = inputs_at(run, 1'000'000);
    ASSERT_TRUE(inputs.contains("masks"));
    EXPECT_EQ(inputs["masks"][0], "");
    EXPECT_NE(inputs["masks"][1], "");
}

TEST_F(StylePageTest, MasksFollowTheirStyleAndLeaveWithWhatTheyWerePaintedOn) {
    InputsPanel& inputs = page.inputs();
    inputs.content().load(content);
    inputs.style(0).load(style);
    inputs.style(1).load(other);
    ASSERT_TRUE(settled());
    paint_mask(1);
    const QString path = inputs.mask(1).mask()->path;
    inputs.style(0).clear();  // the second becomes the first
    ASSERT_TRUE(inputs.mask(0).mask());
    EXPECT_EQ(inputs.mask(0).mask()->path, path);
    EXPECT_FALSE(inputs.mask(1).mask());
    // A content of the same proportions keeps it, another one does not.
    inputs.content().load(
        folder.picture(QStringLiteral("larger.png"), plain_frame(80, 60, 5, 5, 5)));
    ASSERT_TRUE(settled());
    EXPECT_TRUE(inputs.mask(0).mask());
    inputs.content().load(
        folder.picture(QStringLiteral("square.png"), plain_frame(50, 50, 5, 5, 5)));
    ASSERT_TRUE(settled());
    EXPECT_FALSE(inputs.mask(0).mask());
    paint_mask(0);
    inputs.mask(0).remove_button().click();
    EXPECT_TRUE(inputs.masks().empty());
    paint_mask(0);
    inputs.swap();
    EXPECT_TRUE(inputs.masks().empty());
    paint_mask(0);
    inputs.style(0).clear();
    EXPECT_FALSE(inputs.mask(0).mask());
}

TEST_F(StylePageTest, TheContentIsWhatTheResultIsComparedWith) {
    page.inputs().content().load(content);
    ASSERT_TRUE(settled());
    page.gallery().show_live({plain_frame(20, 15, 7, 7, 7), 1, 1, 1});
    page.compare().button(PictureCompare::Mode::SideBySide).click();
    EXPECT_EQ(page.gallery().compare().mode(), PictureCompare::Mode::SideBySide);
    EXPECT_EQ(page.gallery().compare().before().frame().width, 40);
    page.compare().button(PictureCompare::Mode::Divider).click();
    EXPECT_TRUE(page.gallery().view().comparing());
    page.inputs().clear();
    EXPECT_FALSE(page.gallery().view().comparing());
}

TEST_F(StylePageTest, TheWelcomePageFillsTheWells) {
    Q_EMIT context.style_requested(content, style);
    ASSERT_TRUE(settled());
    ASSERT_TRUE(page.inputs().content().picture());
    EXPECT_EQ(page.inputs().style_count(), 1);
}

TEST_F(StylePageTest, OpensAStoredRun) {
    const std::filesystem::path dir = context.workspace().runs() / "old";
    std::filesystem::create_directories(dir.parent_path());
    RunInfo info;
    info.kind = "style";
    info.name = "old";
    info.params = ParamSet(style::schema()).to_json();
    info.inputs = {{"content", "content.png"},
                   {"content_name", "cat.png"},
                   {"styles", {"style-1.png"}},
                   {"weights", "/nowhere"}};
    auto experiment = Experiment::create(dir, info);
    ASSERT_TRUE(experiment.ok()) << experiment.error().message;
    std::filesystem::create_directories(dir / "inputs");
    ASSERT_TRUE(write_picture(dir / "inputs" / "content.png", two_colours(40, 30)).ok());
    ASSERT_TRUE(write_picture(dir / "inputs" / "style-1.png", plain_frame(9, 9, 1, 2, 3)).ok());
    std::filesystem::create_directories(experiment->sample_path(60).parent_path());
    ASSERT_TRUE(write_picture(experiment->sample_path(60), plain_frame(40, 30, 77, 0, 0)).ok());
    QString shown;
    QObject::connect(&context, &StudioContext::page_requested, &page,
                     [&](const QString& id) { shown = id; });
    Q_EMIT context.open_run_requested(QString::fromStdString(dir.string()), false);
    EXPECT_EQ(shown, QStringLiteral("style"));
    ASSERT_TRUE(wait_for([&] { return page.gallery().current_step() == 60; }))
        << page.banner().toStdString();
    ASSERT_TRUE(page.inputs().content().picture());
    EXPECT_EQ(page.inputs().content().picture()->name, QStringLiteral("cat.png"));
    EXPECT_EQ(page.inputs().style_count(), 1);
    EXPECT_TRUE(page.bar().resume().isEnabled());
    EXPECT_TRUE(page.bar().export_button().isEnabled());
}

}  // namespace
}  // namespace pentimento::ui
