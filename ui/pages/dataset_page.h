// The Dataset page: choose a source, see how it will be imported, import it, look at what came out.
#pragma once

#include "core/media/import.h"
#include "ui/background.h"
#include "ui/pages/page.h"

class QLabel;
class QPushButton;
class QStackedWidget;

namespace pentimento::ui {

class ContentsView;
class ImportView;
class SourceDrop;

class DatasetPage : public Page {
    Q_OBJECT
  public:
    explicit DatasetPage(StudioContext& context, QWidget* parent = nullptr);

    void activated() override;
    void shut_down() override;

    /// A folder, an archive, a pack, or "emoji", "idx:DIR", "cifar:DIR".
    void choose_source(const QString& source);
    void open_path(const QString& path) override { choose_source(path); }
    /// Chooses, imports (from the cache when it is there) and, with `train`, asks for training.
    void import_source(const QString& source, bool train, const QString& preset);

    ImportView& import_view() { return *import_; }
    ContentsView& contents_view() { return *contents_; }
    QString banner() const;

  Q_SIGNALS:
    void dataset_opened(const QString& pack, bool from_cache);

  protected:
    void dragEnterEvent(QDragEnterEvent*) override;
    void dragLeaveEvent(QDragLeaveEvent*) override;
    void dropEvent(QDropEvent*) override;

  private:
    struct Wish {  ///< what shall follow an import
        bool import = false, train = false;
        QString preset;
    };
    void guess(const QString& source, const Wish& wish);
    void source_known(const SourceGuess& guess);
    bool open_pack(const QString& pack, bool from_cache);
    void show_dataset();
    void show_banner(const QString& text, bool error);
    void choose_folder();
    void choose_archive();
    void show_start();
    void update_header();

    QLabel *banner_, *subtitle_;
    QPushButton *other_, *settings_;
    QStackedWidget* stack_;
    SourceDrop* start_;
    ImportView* import_;
    ContentsView* contents_;
    Wish wish_;
    bool opening_ = false;
    Background guesser_;
};

}  // namespace pentimento::ui
