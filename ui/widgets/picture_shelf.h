// A strip of thumbnails: a click chooses one, a drag takes its file elsewhere, drops are offered to
// whoever owns the strip.
#pragma once

#include <QImage>
#include <QListWidget>
#include <vector>

#include "ui/widgets/picture_source.h"

namespace pentimento::ui {

struct ShelfItem {
    QString id;    ///< what the owner knows it by
    QString name;  ///< to show when the pointer rests, and to read aloud
    QImage thumbnail;
    QString path;            ///< of the picture, for dragging; may be empty
    bool removable = false;  ///< by Delete and the menu
};

class PictureShelf : public QListWidget {
    Q_OBJECT
  public:
    static constexpr int kEdge = 64;  ///< px of a thumbnail's longer edge

    explicit PictureShelf(const QString& name, QWidget* parent = nullptr);

    void set_items(const std::vector<ShelfItem>& items);
    /// Shown while there is nothing else.
    void set_empty_text(const QString& text);
    /// Pictures that are dropped here: dropped() tells.
    void set_takes_drops(bool on);
    /// A person's own words for the menu's "choose" entries, id by id of `actions`.
    struct MenuEntry {
        QString id, text;
    };
    void set_menu(std::vector<MenuEntry> entries) { menu_ = std::move(entries); }

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    void chosen(const QString& id);
    void removal_wanted(const QString& id);
    void menu_chosen(const QString& entry, const QString& id);
    void dropped(const pentimento::ui::PictureSource& source);

  protected:
    QMimeData* mimeData(const QList<QListWidgetItem*>& items) const override;
    void paintEvent(QPaintEvent*) override;
    void keyPressEvent(QKeyEvent*) override;
    void contextMenuEvent(QContextMenuEvent*) override;
    void dragEnterEvent(QDragEnterEvent*) override;
    void dragMoveEvent(QDragMoveEvent*) override;
    void dropEvent(QDropEvent*) override;
    void wheelEvent(QWheelEvent*) override;

  private:
    QString empty_text_;
    std::vector<MenuEntry> menu_;
    bool takes_drops_ = false;
};

}  // namespace pentimento::ui
