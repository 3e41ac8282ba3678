// The runs on disk: find, look at, open, resume, compare, make new ones of, delete.
#pragma once

#include "ui/background.h"
#include "ui/derivation.h"
#include "ui/models/runs_model.h"
#include "ui/pages/page.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QSortFilterProxyModel;
class QStackedWidget;
class QTableView;

namespace pentimento::ui {

class PictureView;

class RunsPage : public Page {
    Q_OBJECT
  public:
    explicit RunsPage(StudioContext& context, QWidget* parent = nullptr);

    void activated() override;

    void refresh();
    RunsModel& model() { return model_; }
    /// Moves the run's folder to the trash; false with a message when that is not possible.
    bool remove(const QString& directory);
    /// Chooses these runs in the table, as far as they are there.
    void choose(const QStringList& directories);
    QStringList chosen() const;

  private:
    QWidget* build_table(QWidget* parent);
    QWidget* build_preview(QWidget* parent);
    QLayout* build_actions();
    void update_actions();
    void compare();
    void derive(Derivation::Kind kind);
    void replay();
    void show_rows(std::vector<RunRow> rows);
    void selection_changed();
    /// The chosen run; nullptr when none or several are.
    const RunRow* selected() const;
    void open(bool resume);
    void ask_and_remove();

    Background scan_, preview_work_, comparison_;
    RunsModel model_;
    QSortFilterProxyModel* sorted_;
    QTableView* table_;
    QStackedWidget* stack_;
    PictureView* picture_;
    QLabel* name_;
    QLabel* settings_;
    QPushButton* open_;
    QPushButton* resume_;
    QPushButton* reveal_;
    QPushButton* compare_;
    QPushButton* branch_;
    QPushButton* replay_;
    QPushButton* weights_;
    QPushButton* remove_;
};

}  // namespace pentimento::ui
