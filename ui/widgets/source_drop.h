// The Dataset page while nothing is loaded: a large drop target, buttons, and what was used before.
#pragma once

#include <QStringList>
#include <QWidget>

class QListWidget;
class QLabel;

namespace pentimento::ui {

/// A dataset that was opened before: its pack and what the person called it.
struct RecentDataset {
    QString name, path;
};
/// From the settings, newest first; files that are gone are left out.
std::vector<RecentDataset> recent_datasets();
void remember_dataset(const RecentDataset& dataset);

class SourceDrop : public QWidget {
    Q_OBJECT
  public:
    explicit SourceDrop(QWidget* parent = nullptr);
    void refresh_recent();
    void set_drop_hovered(bool on);

  Q_SIGNALS:
    void folder_wanted();
    void archive_wanted();
    void source_chosen(const QString& source);

  protected:
    void paintEvent(QPaintEvent*) override;

  private:
    QWidget* zone_;
    QLabel* recent_title_;
    QListWidget* recent_;
    bool hovered_ = false;
};

}  // namespace pentimento::ui
