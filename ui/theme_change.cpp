// QApplication::setStyleSheet styles all widgets before it comes back, those of hidden pages too,
// and in Qt 6.4 each of them again for every ancestor that it has: 0.3 s for this window, of which
// its 860 widgets, once each, are a tenth.
#include "ui/theme_change.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QEvent>
#include <QPalette>
#include <QPointer>
#include <QSet>
#include <QStyle>
#include <QTimer>
#include <QWidget>
#include <vector>

namespace pentimento::ui::theme {

namespace {

constexpr qint64 kTurn = 5;  // ms; the window may have to be painted in the same turn

/// A sheet in place, and no widget styled: QApplication::setStyleSheet styles those for which its
/// style keeps rules, and a style forgets its rules when it leaves the application.
void replace_sheet(const QString& sheet) {
    if (!qApp->styleSheet().isEmpty()) qApp->style()->unpolish(qApp);
    qApp->setStyleSheet(sheet);
}

/// Styles hidden widgets, a few in a turn of the event loop, and one that is shown at once.
class Hidden : public QObject {
  public:
    static Hidden& instance() {
        static QPointer<Hidden> hidden;  // goes with the application
        if (!hidden) hidden = new Hidden;
        return *hidden;
    }

    /// Instead of those that are still waiting.
    void set(std::vector<QPointer<QWidget>> widgets) {
        widgets_ = std::move(widgets);
        waiting_.clear();
        for (const QPointer<QWidget>& widget : widgets_) waiting_.insert(widget);
        if (widgets_.empty()) return;
        qApp->installEventFilter(this);
        turns_.start();
    }

  private:
    Hidden() : QObject(qApp) {
        turns_.setInterval(0);
        connect(&turns_, &QTimer::timeout, this, &Hidden::style_some);
    }

    void style_some() {
        QElapsedTimer clock;
        clock.start();
        for (; !widgets_.empty() && clock.elapsed() < kTurn; widgets_.pop_back())
            if (QWidget* widget = widgets_.back(); widget && waiting_.remove(widget))
                widget->style()->polish(widget);
        if (!widgets_.empty()) return;
        turns_.stop();
        qApp->removeEventFilter(this);
        waiting_.clear();
    }

    bool eventFilter(QObject* object, QEvent* event) override {
        if (event->type() == QEvent::Show && waiting_.remove(object)) {
            auto* widget = static_cast<QWidget*>(object);
            widget->style()->polish(widget);
        }
        return false;
    }

    std::vector<QPointer<QWidget>> widgets_;
    QSet<const QObject*> waiting_;  ///< addresses to look up: some may be gone
    QTimer turns_;
};

}  // namespace

void change_look(const QPalette& palette, const QString& sheet) {
    QApplication::setPalette(palette);
    replace_sheet(sheet);
    std::vector<QPointer<QWidget>> hidden;
    for (QWidget* widget : QApplication::allWidgets()) {
        // One that has never been shown will be styled then.
        if (!widget->testAttribute(Qt::WA_WState_Polished)) continue;
        if (!widget->isVisible()) {
            hidden.emplace_back(widget);
            continue;
        }
        widget->style()->polish(widget);
        widget->update();
    }
    Hidden::instance().set(std::move(hidden));
}

}  // namespace pentimento::ui::theme
