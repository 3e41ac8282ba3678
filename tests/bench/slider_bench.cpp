// A slider of the Style page under a hand: from the move to the blend that is painted, in the real
// page. The aim is 100 ms at the preview's 256 px. Beside it, the engine's own pass in the same
// process: the ratio says what the studio adds.
#include <QApplication>
#include <QElapsedTimer>
#include <QImage>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

#include "core/base/allocator.h"
#include "core/style/instant/instant.h"
#include "core/style/style_run.h"
#include "tests/bench/result.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/instant_preview.h"
#include "ui/pages/style_page.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/sample_gallery.h"

using namespace pentimento;

namespace {

constexpr int kMoves = 25, kNotCounted = 5;

QString picture(const QTemporaryDir& folder, const char* name, double frequency) {
    QImage image(640, 480, QImage::Format_RGB32);
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x) {
            const auto wave = [&](int c) {
                return static_cast<int>(127 + 100 * std::sin(frequency * (x * (c + 1) + y)));
            };
            image.setPixel(x, y, qRgb(wave(0), wave(1), wave(2)));
        }
    const QString path = folder.filePath(QString::fromLatin1(name));
    image.save(path);
    return path;
}

template <class Condition>
void wait_until(Condition&& condition) {
    // Asleep between events, as the studio is: with a time limit, processEvents() does not wait,
    // and would keep a processor from the blend.
    QTimer tick;
    tick.start(20);
    QElapsedTimer clock;
    clock.start();
    while (!condition()) {
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
        if (clock.elapsed() > 60'000) {
            std::fprintf(stderr, "nothing happened within a minute\n");
            std::exit(1);
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    keep_freed_memory();  // as both programs do
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication app(argc, argv);
    ui::theme::install();
    QTemporaryDir folder;
    ui::StudioContext context(Workspace{folder.filePath(QStringLiteral("home")).toStdString()});
    ui::StylePage page(context);
    page.resize(1280, 800);
    page.show();
    page.inputs().content().load(picture(folder, "content.png", 0.02));
    page.inputs().style(0).load(picture(folder, "style.png", 0.11));
    page.inputs().style(1).load(picture(folder, "other.png", 0.3));
    wait_until([&] { return !page.inputs().loading(); });
    wait_until([&] { return page.instant().busy(); });
    wait_until([&] { return !page.instant().busy(); });

    // The gallery paints what it shows on the next turn of the event loop; a shown frame is there
    // when the view has been asked for its pixels.
    bool arrived = false;
    QObject::connect(&page.instant(), &ui::InstantPreview::blended, &page,
                     [&](const Frame&, bool) { arrived = true; });
    std::vector<double> moves;
    for (int i = 0; i < kMoves; ++i) {
        arrived = false;
        QElapsedTimer clock;
        clock.start();
        page.panel().apply({{"strength", 0.3 + 0.02 * i}}, QString());
        wait_until([&] { return arrived; });
        page.gallery().repaint();
        if (i >= kNotCounted) moves.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    page.instant().cancel();

    ParamSet params(style::schema());
    (void)params.set("size", std::int64_t{ui::InstantPreview::kQuickEdge});
    auto blender = style::InstantBlender::make(params);
    if (!blender) return 1;
    (*blender)->set_content(page.inputs().content().picture()->frame);
    (*blender)->set_style(0, page.inputs().style(0).picture()->frame);
    (*blender)->set_style(1, page.inputs().style(1).picture()->frame);
    std::vector<double> passes;
    for (int i = 0; i < kMoves; ++i) {
        QElapsedTimer clock;
        clock.start();
        (void)params.set("strength", 0.3 + 0.02 * i);
        if (!(*blender)->blend(params)) return 1;
        if (i >= kNotCounted) passes.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    page.shut_down();
    const double move = median(moves), pass = median(passes);
    std::printf(
        "| slider at 256 px | ms | in engine's passes |\n|---|---|---|\n"
        "| from the move to the painted blend | %.1f | %.2f |\n| the slowest of %d | %.1f | |\n"
        "| the engine's own pass | %.1f | 1 |\n",
        move, move / pass, kMoves - kNotCounted, *std::max_element(moves.begin(), moves.end()),
        pass);
    tell_result("slider in the studio, 256 px", move, "ms");
    return 0;
}
