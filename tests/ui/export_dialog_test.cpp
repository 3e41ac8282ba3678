// The export dialog writes what it says.
#include "ui/dialogs/export_dialog.h"

#include <gtest/gtest.h>

#include <QFile>

#include "fake_run.h"
#include "pictures.h"
#include "ui/dialogs/export_plan.h"
#include "ui/preferences.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {
namespace {

using test::plain_frame;
using test::two_colours;
using test::wait_for;

class ExportTest : public testing::Test {
  protected:
    ExportTest() { preferences::remove(QStringLiteral("export")); }

    // Two cells, red and blue, of 10 × 10.
    ExportSubject subject() const {
        ExportSubject made;
        made.frame = two_colours(20, 10);
        made.columns = 2;
        made.settings = {
            {"pentimento", "0.1.0"}, {"kind", "gan"}, {"step", 5}, {"params", {{"seed", 1}}}};
        made.suggested_name = QStringLiteral("sample");
        made.directory = folder.file(QStringLiteral("out"));
        return made;
    }
    static Frame read(const QString& path) {
        auto frame = read_picture(path.toStdString());
        EXPECT_TRUE(frame.ok());
        return frame.ok() ? *frame : Frame{};
    }
    test::Folder folder;
};

TEST_F(ExportTest, WritesThePictureWithItsSettings) {
    ExportDialog dialog(subject());
    const auto files = dialog.export_now();
    ASSERT_TRUE(files.ok()) << files.error().message;
    ASSERT_EQ(*files, QStringList{folder.file(QStringLiteral("out/sample.png"))});
    EXPECT_EQ(read(files->first()).width, 20);
    const auto stored = read_settings(files->first().toStdString());
    ASSERT_TRUE(stored.ok());
    EXPECT_EQ(Json::parse(*stored), subject().settings);
}

TEST_F(ExportTest, StripsTheSettings) {
    ExportDialog dialog(subject());
    ExportOptions options = dialog.options();
    options.embed = false;
    dialog.set_options(options);
    const auto files = dialog.export_now();
    ASSERT_TRUE(files.ok());
    EXPECT_FALSE(read_settings(files->first().toStdString()).ok());
}

TEST_F(ExportTest, WritesEachCell) {
    ExportDialog dialog(subject());
    ExportOptions options = dialog.options();
    options.part = ExportOptions::Part::EachCell;
    dialog.set_options(options);
    const auto files = dialog.export_now();
    ASSERT_TRUE(files.ok()) << files.error().message;
    ASSERT_EQ(files->size(), 2);
    EXPECT_TRUE(files->at(1).endsWith(QStringLiteral("sample-2.png")));
    EXPECT_EQ(read(files->at(0)).pixels[0], 200);
    EXPECT_EQ(read(files->at(1)).pixels[2], 200);
    EXPECT_EQ(read(files->at(1)).width, 10);
}

TEST_F(ExportTest, WritesOneCellEnlargedSharply) {
    ExportDialog dialog(subject());
    ExportOptions options = dialog.options();
    options.part = ExportOptions::Part::OneCell;
    options.cell = 1;
    options.scale = ExportOptions::Scale::FourTimes;
    options.sharp = true;
    dialog.set_options(options);
    const auto files = dialog.export_now();
    ASSERT_TRUE(files.ok());
    const Frame frame = read(files->first());
    EXPECT_EQ(frame.width, 40);
    for (int x = 0; x < 40; ++x) EXPECT_EQ(frame.row(20)[4 * x + 2], 200) << x;
}

TEST_F(ExportTest, EveryTypeCanBeReadBack) {
    for (const std::string& extension : writable_extensions()) {
        ExportDialog dialog(subject());
        ExportOptions options = dialog.options();
        options.extension = QString::fromStdString(extension);
        options.scale = ExportOptions::Scale::Edge;
        options.edge = 50;
        if (extension == "jpeg" || extension == "tiff") continue;  // offered as jpg and tif
        dialog.set_options(options);
        ASSERT_EQ(dialog.options().extension, options.extension);
        const auto files = dialog.export_now();
        ASSERT_TRUE(files.ok()) << extension << ": " << files.error().message;
        const Frame frame = read(files->first());
        EXPECT_EQ(frame.width, 50) << extension;
        EXPECT_EQ(frame.height, 25) << extension;
        EXPECT_NEAR(frame.pixels[0], 200, 12) << extension;
    }
}

TEST_F(ExportTest, SaysWhatStandsInTheWay) {
    ExportDialog dialog(subject());
    ExportOptions options = dialog.options();
    options.name = QString();
    dialog.set_options(options);
    EXPECT_TRUE(dialog.problem().contains(QStringLiteral("name")));
    EXPECT_FALSE(dialog.export_now().ok());
    options.name = QStringLiteral("a/b");
    dialog.set_options(options);
    EXPECT_FALSE(dialog.export_now().ok());
    options.name = QStringLiteral("fine");
    options.directory = folder.text(QStringLiteral("file"), "x");
    dialog.set_options(options);
    EXPECT_TRUE(dialog.problem().contains(QStringLiteral("not a folder")));
    EXPECT_FALSE(dialog.export_now().ok());
}

TEST_F(ExportTest, WarnsBeforeItReplaces) {
    ExportDialog first(subject());
    EXPECT_TRUE(first.problem().isEmpty());
    ASSERT_TRUE(first.export_now().ok());
    ExportDialog second(subject());
    EXPECT_TRUE(second.problem().contains(QStringLiteral("replaced")));
}

TEST_F(ExportTest, RemembersTheLastChoice) {
    {
        ExportDialog dialog(subject());
        ExportOptions options = dialog.options();
        options.extension = QStringLiteral("jpg");
        options.quality = 71;
        options.scale = ExportOptions::Scale::Twice;
        dialog.set_options(options);
        ASSERT_TRUE(dialog.export_now().ok());
    }
    ExportDialog dialog(subject());
    EXPECT_EQ(dialog.options().extension, QStringLiteral("jpg"));
    EXPECT_EQ(dialog.options().quality, 71);
    EXPECT_EQ(dialog.options().scale, ExportOptions::Scale::Twice);
    EXPECT_EQ(dialog.options().name, QStringLiteral("sample"));
}

TEST_F(ExportTest, AcceptWritesAwayFromTheUiThreadAndCloses) {
    ExportDialog dialog(subject());
    QStringList written;
    QObject::connect(&dialog, &ExportDialog::exported, &dialog,
                     [&](const QStringList& files) { written = files; });
    dialog.open();
    dialog.accept();
    EXPECT_TRUE(dialog.isVisible()) << "it closes only when the file is there";
    ASSERT_TRUE(wait_for([&] { return !dialog.isVisible(); }));
    ASSERT_EQ(written.size(), 1);
    EXPECT_TRUE(QFile::exists(written.first()));
}

}  // namespace
}  // namespace pentimento::ui
