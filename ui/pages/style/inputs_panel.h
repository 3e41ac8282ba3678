// The pictures of a style run: content, up to eight styles with their weights, and a start picture
// when one is asked for.
#pragma once

#include <QWidget>
#include <filesystem>
#include <functional>
#include <vector>

#include "ui/widgets/picture_well.h"

class QLabel;
class QPushButton;
class QToolButton;

namespace pentimento::ui {

class MaskControl;
struct StyleMask;

/// All that the panel holds, to bring it back later.
struct StyleInputsState {
    std::optional<WellPicture> content, start;
    std::vector<WellPicture> styles;
    std::vector<std::optional<StyleMask>> masks;  ///< one a style
};

class InputsPanel : public QWidget {
    Q_OBJECT
  public:
    /// `weight_editor(i)` makes the editor of style i's weight.
    InputsPanel(std::filesystem::path inputs, const std::function<QWidget*(int)>& weight_editor,
                QWidget* parent = nullptr);

    PictureWell& content() { return *content_; }
    PictureWell& style(int index) { return *entry(index).well; }
    PictureWell& start() { return *start_; }
    MaskControl& mask(int index) { return *entry(index).mask; }
    /// Files, one a style with "" for none, as StyleRequest wants them; nothing when no style has
    /// one.
    std::vector<std::filesystem::path> masks() const;
    StyleInputsState state() const;
    void set_state(const StyleInputsState& state);
    /// Stands where the styles are while those are hidden: a painter has its style in itself.
    void set_instead_of_styles(QWidget* widget);
    void set_styles_visible(bool on);
    /// Puts a picture into the first free style's well; the last one when all are taken.
    void add_style(const QString& path);
    /// Into the dialog in which a mask is painted, if there is one.
    void show_result(const Frame& result);
    bool painting() const;
    /// Styles that have a picture; they are the first ones.
    int style_count() const;
    void set_start_visible(bool on);
    /// `masks`: masks alone can still be changed.
    void set_locked(const QString& reason, const QString& masks);
    /// Why many pictures or a film cannot be painted now; empty when they can.
    void set_series_blocked(const QString& reason);
    QPushButton& series() { return *series_; }
    void clear();
    void swap();  ///< content ↔ first style
    bool loading() const;

  Q_SIGNALS:
    void changed();       ///< another picture, or one less
    void mask_changed();  ///< the pictures are the same
    void mask_painted();  ///< a mask is at work: MaskControl::shown()
    /// The weights of styles `from` … must move down by one: its picture was removed.
    void style_removed(int from);
    void failed(const QString& reason);  ///< a mask could not be kept
    /// A style's picture shall go into the library.
    void keep_wanted(const QString& path);
    /// A film was put into the content's well.
    void film_offered(const QString& path);
    void series_wanted();

  private:
    struct Style {
        QWidget* box;
        PictureWell* well;
        QWidget* weight;
        MaskControl* mask;
    };
    /// Wells come about when they are needed: most people use one or two of eight.
    Style& entry(int index);
    void add_entry();
    void close_gap(int index);
    void follow_content();
    void remove_masks();
    void update_visible();
    QToolButton* sample_button(const std::function<PictureWell*()>& target, QWidget* parent);

    std::filesystem::path inputs_;
    std::function<QWidget*(int)> weight_editor_;
    PictureWell *content_, *start_;
    QWidget *start_box_, *styles_box_;
    QWidget* instead_ = nullptr;
    std::vector<Style> styles_;
    QPushButton *swap_, *clear_, *series_;
    std::vector<QToolButton*> samples_;
    QString locked_, masks_locked_;
    bool moving_ = false;
};

}  // namespace pentimento::ui
