// The Dataset page end to end: a real folder in, a dataset out.
#include "ui/pages/dataset_page.h"

#include <gtest/gtest.h>

#include <QTableWidget>

#include "fake_run.h"
#include "pictures.h"
#include "ui/pages/dataset/contents_view.h"
#include "ui/pages/dataset/import_view.h"
#include "ui/stall_watch.h"
#include "ui/widgets/class_list.h"
#include "ui/widgets/crop_preview.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/thumbnail_grid.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::wait_for;

class DatasetPageTest : public testing::Test {
  protected:
    DatasetPageTest() : context(Workspace{folder.path() / "workspace"}), page(context) {
        for (int i = 0; i < 12; ++i) {
            const QString kind = i % 2 == 0 ? QStringLiteral("even") : QStringLiteral("odd");
            // Each of another colour, so that none counts as a copy of another.
            const auto shade = static_cast<std::uint8_t>(20 * i);
            folder.picture(QStringLiteral("source/%1/%2.png").arg(kind).arg(i),
                           plain_frame(80, 60, shade, 255 - shade, 128));
        }
        folder.text(QStringLiteral("source/odd/broken.png"), "this is no picture");
        page.resize(1000, 700);
        page.show();
        QObject::connect(&page, &DatasetPage::dataset_opened, &page,
                         [this](const QString&, bool cached) {
                             ++opened;
                             from_cache = cached;
                         });
    }
    ~DatasetPageTest() override { page.shut_down(); }

    QString source() const { return folder.file(QStringLiteral("source")); }
    bool import_all() {
        const int before = opened;
        page.import_source(source(), false, {});
        return wait_for([&] { return opened > before; }, 20000);
    }

    test::Folder folder;
    StudioContext context;
    DatasetPage page;
    int opened = 0;
    bool from_cache = false;
};

TEST_F(DatasetPageTest, ImportsAFolderAndListsWhatWasLeftOut) {
    StallWatch watch;
    ASSERT_TRUE(import_all()) << page.banner().toStdString();
    EXPECT_LT(watch.longest_stall(), 100);
    ASSERT_TRUE(context.dataset());
    EXPECT_EQ(context.dataset()->count(), 12);
    EXPECT_EQ(context.dataset()->info().class_names, (std::vector<std::string>{"even", "odd"}));
    ASSERT_EQ(page.contents_view().problems().rowCount(), 1);
    EXPECT_TRUE(
        page.contents_view().problems().item(0, 0)->text().contains(QStringLiteral("broken.png")));
    EXPECT_FALSE(page.contents_view().problems().item(0, 1)->text().isEmpty());
}

TEST_F(DatasetPageTest, TheSecondTimeComesFromTheCache) {
    ASSERT_TRUE(import_all());
    EXPECT_FALSE(from_cache);
    ASSERT_TRUE(import_all());
    EXPECT_TRUE(from_cache);
}

TEST_F(DatasetPageTest, AClassFiltersThePictures) {
    ASSERT_TRUE(import_all());
    EXPECT_EQ(page.contents_view().grid().thumbnails().shown_count(), 12);
    page.contents_view().classes().setCurrentRow(2);
    EXPECT_EQ(page.contents_view().grid().thumbnails().shown_count(), 6);
}

TEST_F(DatasetPageTest, ThePreviewFollowsTheSettings) {
    page.choose_source(source());
    CropPreview& preview = page.import_view().preview();
    ASSERT_TRUE(wait_for([&] { return preview.picture_count() > 0; }))
        << preview.message().toStdString();
    EXPECT_NE(preview.result_size(0), QSize(32, 32));
    ParamSet params = page.import_view().panel().params();
    ASSERT_TRUE(params.set("size", std::int64_t{32}).ok());
    page.import_view().panel().set_params(params, QStringLiteral("test"));
    EXPECT_TRUE(wait_for([&] { return preview.result_size(0) == QSize(32, 32); }));
}

TEST_F(DatasetPageTest, AnImportWithTrainAsksForTraining) {
    QString asked = QStringLiteral("nothing");
    QObject::connect(&context, &StudioContext::train_requested, &page,
                     [&](const QString& preset) { asked = preset; });
    Q_EMIT context.import_requested(source(), true, QString());
    ASSERT_TRUE(wait_for([&] { return opened > 0; }, 20000));
    EXPECT_TRUE(wait_for([&] { return asked.isEmpty(); })) << asked.toStdString();
}

TEST_F(DatasetPageTest, SaysWhatIsWrongWithASource) {
    page.choose_source(folder.file(QStringLiteral("nowhere")));
    ASSERT_TRUE(wait_for([&] {
        return !page.banner().isEmpty() && !page.banner().startsWith(QStringLiteral("Looking"));
    }));
    EXPECT_FALSE(context.dataset());
}

TEST_F(DatasetPageTest, ClosingDuringAnImportJoins) {
    page.import_source(source(), false, {});
    wait_for([&] { return page.import_view().importing(); }, 2000);
    page.shut_down();
    EXPECT_FALSE(page.import_view().controller().active());
}

}  // namespace
}  // namespace pentimento::ui
