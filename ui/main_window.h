// The studio's window: puts sidebar, pages, menus and status bar together, and nothing else.
#pragma once

#include <QMainWindow>
#include <map>

#include "ui/background.h"
#include "ui/pages/page.h"

class QLabel;
class QMenu;
class QStackedWidget;

namespace pentimento::ui {

class RunStatus;
class Sidebar;

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    /// With the context's engine every page is there at once; else the Welcome page is, and the
    /// others follow when the engine has been loaded.
    explicit MainWindow(StudioContext& context, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// A folder, an archive, a run's folder or a picture, as from the command line or a drop.
    void open_path(const QString& path);
    void show_page(const QString& id);
    QString current_page() const;
    /// Null for a page that waits for the engine.
    Page* page(const QString& id) const;

  protected:
    void closeEvent(QCloseEvent*) override;
    void dragEnterEvent(QDragEnterEvent*) override;
    void dropEvent(QDropEvent*) override;

  private:
    void put_page(const QString& id, Page* page);
    /// False when it was the last.
    bool make_next_page();
    void make_pages_in_turn();
    void make_menus();
    void make_status_bar();
    void connect_context();
    void open_folder();
    void open_run_folder();
    void open_run(const QString& directory, bool resume);
    void show_message(const QString& text, bool error);
    void show_status();
    void toggle_theme();
    void restore_layout();
    void restore_splitters();
    void save_layout() const;

    StudioContext& context_;
    Background environment_;
    Sidebar* sidebar_;
    QStackedWidget* stack_;
    std::map<QString, Page*> pages_;
    QStringList order_;
    QString opened_early_;  ///< a path that waits for the pages
    QMenu* run_menu_ = nullptr;
    RunStatus* status_ = nullptr;
    QLabel* message_ = nullptr;
};

}  // namespace pentimento::ui
