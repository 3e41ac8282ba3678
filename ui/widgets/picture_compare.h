// The result against what it was made from: with a divider, side by side, or one in the other's
// place. Both views zoom and move together.
#pragma once

#include <QTimer>
#include <QWidget>

#include "core/base/frame.h"

class QButtonGroup;
class QPushButton;

namespace pentimento::ui {

class PictureView;

class PictureCompare : public QWidget {
    Q_OBJECT
  public:
    enum class Mode { After, Divider, SideBySide, Blink };

    explicit PictureCompare(QWidget* parent = nullptr);

    PictureView& after() { return *after_; }
    PictureView& before() { return *before_; }  ///< seen only side by side
    void set_before(const Frame& frame);
    Mode mode() const { return mode_; }
    void set_mode(Mode mode);
    /// The before stands in the after's place while this is on; nothing changes side by side.
    void show_before(bool on);
    bool showing_before() const { return showing_before_; }
    /// Changes between the two by itself, slowly; only in Mode::Blink.
    void set_alternating(bool on);
    bool alternating() const { return timer_.isActive(); }
    /// Shows the before while B is held anywhere in `page`.
    void listen_to_keys_of(QWidget* page);

  Q_SIGNALS:
    void mode_changed();
    void alternating_changed(bool on);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void apply();

    PictureView *before_, *after_;
    Mode mode_ = Mode::After;
    bool showing_before_ = false;
    QTimer timer_;
};

/// The modes as a row of buttons; remembers the choice under `settings_key`.
class CompareChooser : public QWidget {
    Q_OBJECT
  public:
    CompareChooser(PictureCompare& compare, const QString& settings_key, QWidget* parent = nullptr);

    QPushButton& button(PictureCompare::Mode mode);
    QPushButton& hold() { return *hold_; }
    QPushButton& alternate() { return *alternate_; }

  private:
    QButtonGroup* modes_;
    QPushButton *hold_, *alternate_;
};

}  // namespace pentimento::ui
