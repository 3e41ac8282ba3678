// A place for one picture: takes drops, pastes, drags from other wells and a file dialog; says in
// place when a picture cannot be read.
#pragma once

#include <QWidget>
#include <filesystem>
#include <memory>
#include <optional>

#include "ui/widgets/picture_source.h"

class QToolButton;

namespace pentimento::ui {

class Background;

class PictureWell : public QWidget {
    Q_OBJECT
  public:
    /// `inputs`: where pictures without a file are kept. `prompt`: what belongs here, e.g.
    /// "Content picture".
    PictureWell(std::filesystem::path inputs, const QString& prompt, QWidget* parent = nullptr);
    ~PictureWell() override;

    const std::optional<WellPicture>& picture() const { return picture_; }
    QString error_text() const { return error_; }
    bool loading() const;

    void load(const PictureSource& source);
    void load(const QString& path) { load(PictureSource::from_path(path)); }
    void set_picture(std::optional<WellPicture> picture);
    void clear();
    void paste();
    void choose_file();
    /// Offers to put the picture into a library: keep_wanted() tells.
    void set_keepable(bool on) { keepable_ = on; }
    /// Films are told of by film_offered(), instead of being refused as no pictures.
    void set_takes_films(bool on) { takes_films_ = on; }
    /// While a run uses the picture: no change, and this tooltip. Empty allows changes.
    void set_locked(const QString& reason);

    QSize sizeHint() const override { return {200, 140}; }
    QSize minimumSizeHint() const override { return {96, 84}; }

  Q_SIGNALS:
    void changed();  ///< another picture, or none
    void remove_requested();
    void keep_wanted(const QString& path);
    void film_offered(const QString& path);

  protected:
    void paintEvent(QPaintEvent*) override;
    void resizeEvent(QResizeEvent*) override;
    void enterEvent(QEnterEvent*) override;
    void leaveEvent(QEvent*) override;
    void dragEnterEvent(QDragEnterEvent*) override;
    void dragLeaveEvent(QDragLeaveEvent*) override;
    void dropEvent(QDropEvent*) override;
    void mousePressEvent(QMouseEvent*) override;
    void mouseMoveEvent(QMouseEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;

  private:
    void take(const QMimeData* mime);
    void show_error(const QString& text);
    void start_drag();
    void update_texts();
    QRect picture_area() const;

    std::filesystem::path inputs_;
    QString prompt_, error_, locked_;
    std::optional<WellPicture> picture_;
    QPixmap thumbnail_;
    QToolButton* remove_;
    bool keepable_ = false, takes_films_ = false;
    bool hovered_ = false, drop_hovered_ = false;
    std::optional<QPoint> pressed_;
    std::unique_ptr<Background> loader_;
};

}  // namespace pentimento::ui
