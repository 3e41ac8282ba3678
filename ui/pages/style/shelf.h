// Below the result: the library of pictures, and the results so far.
#pragma once

#include <QWidget>
#include <filesystem>
#include <vector>

#include "core/session/workspace.h"
#include "ui/background.h"
#include "ui/pages/style/history.h"
#include "ui/pages/style/library.h"

class QStackedWidget;
class QToolButton;

namespace pentimento::ui {

class PictureShelf;

class StyleShelf : public QWidget {
    Q_OBJECT
  public:
    /// `workspace`: its folders library, inputs and runs.
    explicit StyleShelf(const Workspace& workspace, QWidget* parent = nullptr);
    ~StyleShelf() override;

    enum class Tab { Library, Results };
    /// A second press on the shown tab folds the strip away.
    void show_tab(Tab tab);
    bool unfolded() const;

    /// Copies the picture into the library.
    void keep(const PictureSource& source);
    void remove(const QString& path);
    /// Reads the library's folder anew; the stored runs' results with refresh_results().
    void refresh_library();
    void refresh_results();
    /// A result of this session, newest first in the strip; the same as the last one is passed
    /// over.
    void add_result(StyleResult result);

    const std::vector<LibraryPicture>& library() const { return library_; }
    const StyleHistory& history() const { return history_; }
    PictureShelf& pictures() { return *pictures_; }
    PictureShelf& results() { return *results_; }
    bool busy() const { return reader_.busy() || keeper_.busy() || scanner_.busy(); }

  Q_SIGNALS:
    /// Into the next free style's well, or into the content's.
    void style_chosen(const QString& path);
    void content_chosen(const QString& path);
    void result_chosen(const pentimento::ui::StyleResult& result);
    void failed(const QString& reason);

  private:
    void add_pictures();
    void show_library(std::vector<LibraryPicture> pictures);
    void show_results();

    std::filesystem::path library_folder_, inputs_, runs_;
    std::vector<LibraryPicture> library_;
    StyleHistory history_;
    QStackedWidget* stack_;
    QToolButton *library_tab_, *results_tab_, *add_;
    PictureShelf *pictures_, *results_;
    Background reader_, keeper_, scanner_;
};

}  // namespace pentimento::ui
