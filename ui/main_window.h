// The studio's window: puts sidebar, pages, menus and status bar together, and nothing else.
#pragma once

#include <QMainWindow>
#include <map>

#include "ui/background.h"
#include "ui/pages/page.h"

class QLabel;
class QStackedWidget;

namespace pentimento::ui {

class DatasetPage;
class RunStatus;
class Sidebar;
class StylePage;
class TrainPage;

class MainWindow : public QMainWindow {
    Q_OBJECT
  public:
    explicit MainWindow(StudioContext& context, QWidget* parent = nullptr);
    ~MainWindow() override;

    /// A folder, an archive, a run's folder or a picture, as from the command line or a drop.
    void open_path(const QString& path);
    void show_page(const QString& id);
    QString current_page() const;
    Page* page(const QString& id) const;
    TrainPage& train_page() { return *train_; }

  protected:
    void closeEvent(QCloseEvent*) override;
    void dragEnterEvent(QDragEnterEvent*) override;
    void dropEvent(QDropEvent*) override;

  private:
    void add_page(const QString& id, Page* page);
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
    void save_layout() const;

    StudioContext& context_;
    Background environment_;
    Sidebar* sidebar_;
    QStackedWidget* stack_;
    std::map<QString, Page*> pages_;
    QStringList order_;
    TrainPage* train_ = nullptr;
    DatasetPage* dataset_ = nullptr;
    RunStatus* status_ = nullptr;
    QLabel* message_ = nullptr;
};

}  // namespace pentimento::ui
