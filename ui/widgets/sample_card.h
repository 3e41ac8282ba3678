// A card with a picture, a few words and one button: something to try with a single click.
#pragma once

#include <QFrame>
#include <QImage>

class QLabel;
class QPushButton;

namespace pentimento::ui {

class SampleCard : public QFrame {
    Q_OBJECT
  public:
    SampleCard(const QString& title, const QString& text, const QString& button,
               QWidget* parent = nullptr);

    void set_picture(const QImage& picture);
    /// A mosaic of small pictures.
    void set_pictures(const std::vector<QImage>& pictures);
    /// Says under the text why it cannot be tried and what to do; empty enables.
    void set_unavailable(const QString& reason);
    bool available() const;

  Q_SIGNALS:
    void chosen();

  protected:
    void paintEvent(QPaintEvent*) override;
    void mouseReleaseEvent(QMouseEvent*) override;

  private:
    QRect picture_area() const;
    QImage picture_;
    QLabel *title_, *text_, *reason_;
    QPushButton* button_;
};

}  // namespace pentimento::ui
