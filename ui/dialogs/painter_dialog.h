// What a painter learns: the style of one picture, from many others.
#pragma once

#include <QDialog>
#include <optional>

#include "core/data/pack.h"
#include "core/params/param_set.h"
#include "ui/widgets/picture_well.h"

class QLabel;
class QPushButton;
class QRadioButton;

namespace pentimento::ui {

class ParamPanel;

struct PainterPlan {
    ParamSet params;                ///< of style::train::schema()
    std::filesystem::path style;    ///< a picture
    QString name;                   ///< of the training
    std::filesystem::path dataset;  ///< .pack; empty: `folder` is imported first
    QString folder;
};

class PainterDialog : public QDialog {
    Q_OBJECT
  public:
    /// `style`: what the page's well holds. `dataset`: the one in use. `judge`: what the result
    /// will be judged by, in words.
    PainterDialog(std::filesystem::path inputs, const std::optional<WellPicture>& style,
                  const std::optional<PackedDataset>& dataset, const QString& judge,
                  QWidget* parent = nullptr);

    PainterPlan plan() const;
    PictureWell& style() { return *style_; }
    ParamPanel& panel() { return *panel_; }
    QPushButton& train_button() { return *train_; }
    QRadioButton& dataset_button() { return *use_dataset_; }
    void choose_folder(const QString& folder);

  private:
    QWidget* make_sources();
    void update_button();

    std::optional<PackedDataset> dataset_;
    PictureWell* style_;
    QRadioButton *use_dataset_, *use_folder_;
    QLabel *dataset_note_, *folder_note_;
    QString folder_;
    ParamPanel* panel_;
    QPushButton* train_;
};

}  // namespace pentimento::ui
