// The first page: what Pentimento is, three things to try at once, and the newest runs.
#pragma once

#include "ui/background.h"
#include "ui/models/runs_model.h"
#include "ui/pages/page.h"

class QHBoxLayout;
class QLabel;

namespace pentimento::ui {

class SampleCard;

class WelcomePage : public Page {
    Q_OBJECT
  public:
    explicit WelcomePage(StudioContext& context, QWidget* parent = nullptr);

    void activated() override;

  Q_SIGNALS:
    void open_folder_requested();
    void open_run_folder_requested();

  private:
    QWidget* build_cards();
    void fill_dataset_card(SampleCard* card, Background& work, const QString& source,
                           const QString& missing);
    void show_recent(const std::vector<RunRow>& rows);

    Background emoji_work_, fashion_work_, scan_;
    QHBoxLayout* recent_;
    QLabel* recent_heading_;
};

}  // namespace pentimento::ui
