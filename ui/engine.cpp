// The studio's side that needs the engine, for the window to take up.
#include "ui/engine.h"

#include "core/gan/gan_run.h"
#include "core/media/import.h"
#include "ui/pages/dataset_page.h"
#include "ui/pages/runs_page.h"
#include "ui/pages/style_page.h"
#include "ui/pages/train_page.h"
#include "ui/screenshots.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

constexpr int kStride = 10;  // neighbours in a source are often alike

class LoadedEngine : public Engine {
  public:
    Json machine() const override { return gan::environment(); }

    std::vector<QImage> sample_pictures(const QString& source, int count) const override {
        const auto preview =
            preview_import(source.toStdString(), ParamSet(import_schema()), count * kStride);
        if (!preview) return {};
        std::vector<QImage> pictures;
        const auto& found = preview->after;
        const std::size_t stride =
            std::max<std::size_t>(1, found.size() / static_cast<std::size_t>(count));
        for (std::size_t k = stride / 2; k < found.size(); k += stride)
            pictures.push_back(to_image(found[k]).copy());
        return pictures;
    }

    std::vector<RunRow> runs(const std::filesystem::path& root) const override {
        return scan_runs(root);
    }

    Page* make_page(const QString& id, StudioContext& context, QWidget* parent) const override {
        if (id == QLatin1String("dataset")) return new DatasetPage(context, parent);
        if (id == QLatin1String("train")) return new TrainPage(context, parent);
        if (id == QLatin1String("style")) return new StylePage(context, parent);
        return new RunsPage(context, parent);
    }

    Status take_screenshots(MainWindow& window, StudioContext& context,
                            const ScreenshotOptions& options) const override {
        return ui::take_screenshots(window, context, options);
    }
};

}  // namespace

}  // namespace pentimento::ui

const pentimento::ui::Engine* pentimento_engine() {
    static const pentimento::ui::LoadedEngine engine;
    return &engine;
}
