// What an import will make of some pictures: original → result, side by side.
#pragma once

#include <QPixmap>
#include <QStringList>
#include <QWidget>
#include <vector>

#include "core/base/frame.h"

namespace pentimento::ui {

class CropPreview : public QWidget {
    Q_OBJECT
  public:
    explicit CropPreview(QWidget* parent = nullptr);

    void set_pictures(const std::vector<Frame>& before, const std::vector<Frame>& after,
                      const QStringList& names);
    /// Instead of pictures: what is going on, or why there are none.
    void set_message(const QString& text);
    /// The pictures shown are those of older settings: dimmed until new ones arrive.
    void set_stale(bool stale);
    int picture_count() const { return static_cast<int>(pairs_.size()); }
    /// Pixels of picture i as it would be imported; empty when there is none.
    QSize result_size(int i) const {
        return i < picture_count() ? pairs_[static_cast<std::size_t>(i)].after.size() : QSize();
    }
    QString message() const { return message_; }

    QSize minimumSizeHint() const override { return {240, 160}; }

  protected:
    void paintEvent(QPaintEvent*) override;

  private:
    struct Pair {
        QImage before, after;
        QString name;
    };
    void draw_pair(QPainter& painter, const Pair& pair, const QRect& cell) const;
    std::vector<Pair> pairs_;
    QString message_;
    bool stale_ = false;
};

}  // namespace pentimento::ui
