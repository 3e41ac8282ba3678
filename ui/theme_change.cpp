// QApplication::setStyleSheet styles all widgets before it comes back, those of hidden pages too,
// and in Qt 6.4 each of them again for every ancestor that it has: 0.3 s for this window, of which
// its 860 widgets, once each, are a tenth.
#include "ui/theme_change.h"

#include <QApplication>
#include <QEvent>
#include <QHash>
#include <QPalette>
#include <QPointer>
#include <QStyle>
#include <QWidget>

#include "ui/turns.h"

namespace pentimento::ui::theme {

namespace {

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
    void set(QHash<const QObject*, QPointer<QWidget>> widgets) {
        waiting_ = std::move(widgets);
        if (waiting_.empty()) return;
        qApp->installEventFilter(this);
        turns_.start();
    }

  private:
    Hidden() : QObject(qApp), turns_([this] { return style_one(); }) {}

    bool style_one() {
        if (!waiting_.empty()) style(waiting_.constBegin().key());
        if (waiting_.empty()) qApp->removeEventFilter(this);
        return !waiting_.empty();
    }

    bool eventFilter(QObject* object, QEvent* event) override {
        if (event->type() == QEvent::Show) style(object);
        return false;
    }

    /// Nothing for one that does not wait, or that has gone: whatever may have come to its address
    /// since, a window's handle for one, is no widget of ours to style.
    void style(const QObject* object) {
        if (const QPointer<QWidget> widget = waiting_.take(object)) widget->style()->polish(widget);
    }

    QHash<const QObject*, QPointer<QWidget>> waiting_;
    Turns turns_;
};

}  // namespace

void change_look(const QPalette& palette, const QString& sheet) {
    QApplication::setPalette(palette);
    replace_sheet(sheet);
    QHash<const QObject*, QPointer<QWidget>> hidden;
    for (QWidget* widget : QApplication::allWidgets()) {
        // One that has never been shown will be styled then.
        if (!widget->testAttribute(Qt::WA_WState_Polished)) continue;
        if (!widget->isVisible()) {
            hidden.insert(widget, widget);
            continue;
        }
        widget->style()->polish(widget);
        widget->update();
    }
    Hidden::instance().set(std::move(hidden));
}

}  // namespace pentimento::ui::theme
