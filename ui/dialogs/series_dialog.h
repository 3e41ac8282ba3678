// What is painted with the styles and settings of the Style page, apart from the picture in its
// well: many pictures, or a film.
#pragma once

#include <QDialog>
#include <filesystem>
#include <vector>

#include "core/params/param_set.h"
#include "ui/background.h"

class QLabel;
class QLineEdit;
class QPushButton;
class QRadioButton;

namespace pentimento::ui {

class ParamPanel;

struct SeriesPlan {
    ParamSet params;                              ///< of video_schema()
    std::vector<std::filesystem::path> pictures;  ///< each painted by itself; empty: a film
    std::filesystem::path film;                   ///< a film, or a folder of its frames
    std::filesystem::path out;                    ///< a folder, or an .mp4
    bool blend = true;                            ///< pictures: all styles in each result

    bool is_film() const { return pictures.empty(); }
};

class SeriesDialog : public QDialog {
    Q_OBJECT
  public:
    /// `params`: of style::schema(). `styles`: their names, or a painter's. `exports`: where
    /// results go unless the person says otherwise.
    SeriesDialog(const ParamSet& params, QStringList styles, const QString& exports,
                 QWidget* parent = nullptr);
    ~SeriesDialog() override;

    /// Pictures, one folder, or one film: looked at in the background.
    void choose(const QStringList& paths);
    bool looking() const { return looker_.busy(); }
    SeriesPlan plan() const;

    QPushButton& paint_button() { return *paint_; }
    QRadioButton& frames_button() { return *frames_; }
    QRadioButton& blend_button() { return *blend_; }
    QRadioButton& separate_button() { return *separate_; }
    QLineEdit& out() { return *out_; }
    ParamPanel& film_settings() { return *panel_; }
    /// What will be made, or why it cannot be.
    QString summary() const;

  protected:
    void dragEnterEvent(QDragEnterEvent*) override;
    void dropEvent(QDropEvent*) override;

  private:
    /// What a choice turned out to be.
    struct Found {
        std::vector<std::filesystem::path> pictures;
        std::filesystem::path film, folder;
        QString text, problem;
    };
    static Found look_at(const QStringList& paths);
    QWidget* make_source();
    QWidget* make_styles();
    QWidget* make_result();
    void ask_for(const QStringList& paths);
    void found(Found what);
    bool paints_film() const;
    QString suggested_out() const;
    void update_controls();

    QStringList styles_;
    QString exports_;
    Found found_;
    bool own_out_ = false;  ///< the person has said where to
    QLabel *source_text_, *summary_;
    QRadioButton *each_, *frames_, *blend_, *separate_;
    QWidget *kind_row_, *styles_row_;
    ParamPanel* panel_;
    QLineEdit* out_;
    QPushButton* paint_;
    Background looker_;
};

}  // namespace pentimento::ui
