// Painting where a style counts, on the content picture.
#pragma once

#include <QDialog>

#include "ui/background.h"
#include "ui/widgets/mask_view.h"

class QComboBox;
class QDialogButtonBox;
class QLabel;
class QPushButton;
class QSlider;

namespace pentimento::ui {

class NumberBox;

class MaskDialog : public QDialog {
    Q_OBJECT
  public:
    /// `style`: its name, to say whose mask it is. `mask`: null to begin with nothing painted.
    MaskDialog(const Frame& content, const QString& style, const QImage& mask,
               QWidget* parent = nullptr);

    const QImage& mask() const { return view_->canvas().image(); }
    MaskView& view() { return *view_; }
    /// Read and written away from the UI thread; what went wrong is said in the dialog.
    void load_from(const QString& path);
    void save_to(const QString& path);
    QString problem() const;
    QPushButton& use_button() const;

    /// What comes of the mask as it is: a small picture beside the tools.
    void show_result(const Frame& result);

    /// Asks first when something was painted.
    void reject() override;

  Q_SIGNALS:
    void painted();  ///< after each stroke and edit

  protected:
    void keyPressEvent(QKeyEvent*) override;

  private:
    QWidget* make_tools();
    void add_shortcuts();
    void set_diameter(double pixels);
    void set_erasing(bool on);
    void take_brush();
    void update_controls();
    void show_problem(const QString& text);
    void choose_load();
    void choose_save();

    MaskView* view_;
    QPushButton *brush_, *eraser_, *undo_, *redo_, *clear_, *save_;
    QSlider *size_slider_, *feather_slider_;
    NumberBox *size_, *feather_;
    QComboBox* tint_;
    QLabel *share_, *problem_, *result_title_, *result_;
    QDialogButtonBox* buttons_;
    Background reader_, writer_;
};

}  // namespace pentimento::ui
