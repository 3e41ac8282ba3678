// Below a style's well: whether the style has a mask, and the way to painting one.
#pragma once

#include <QImage>
#include <QPointer>
#include <QWidget>
#include <optional>

#include "ui/background.h"
#include "ui/widgets/picture_source.h"

class QToolButton;

namespace pentimento::ui {

class MaskDialog;

struct StyleMask {
    QImage image;  ///< Format_Grayscale8, white = the style counts
    QString path;  ///< a file on disk
};

class MaskControl : public QWidget {
    Q_OBJECT
  public:
    /// `inputs`: where masks are kept.
    explicit MaskControl(std::filesystem::path inputs, QWidget* parent = nullptr);

    const std::optional<StyleMask>& mask() const { return mask_; }
    void set_mask(std::optional<StyleMask> mask);
    /// As it is being painted, else that of mask(); null without one.
    QImage shown() const;
    /// The dialog is open.
    bool painting() const { return !dialog_.isNull(); }
    void show_result(const Frame& result);
    /// Writes the mask away from the UI thread and takes it then.
    void keep(const QImage& grey);
    bool busy() const { return writer_.busy(); }
    /// What is painted on; none: the button says so.
    void set_content(const std::optional<WellPicture>& content);
    void set_style_name(const QString& name) { style_name_ = name; }
    void set_locked(const QString& reason);
    /// Opens the dialog.
    MaskDialog* paint();

    QToolButton& edit_button() { return *edit_; }
    QToolButton& remove_button() { return *remove_; }

  Q_SIGNALS:
    void changed();
    void painted();  ///< shown() is another, for now
    void failed(const QString& reason);

  private:
    void update_texts();

    std::filesystem::path inputs_;
    std::optional<StyleMask> mask_;
    std::optional<WellPicture> content_;
    QString style_name_, locked_;
    QPointer<MaskDialog> dialog_;
    QToolButton *edit_, *remove_;
    Background writer_;
};

}  // namespace pentimento::ui
