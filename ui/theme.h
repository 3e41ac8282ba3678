// The studio's look: a light and a dark palette, a small style sheet and icons in their colours.
#pragma once

#include <QColor>
#include <QIcon>
#include <QObject>
#include <QString>

namespace pentimento::ui::theme {

enum class Mode { System, Light, Dark };

/// The colours that the palette has no role for.
struct Colors {
    QColor window, surface, raised, border;  ///< from the back to the front
    QColor text, muted, accent, on_accent;
    QColor good, warning, bad;
    QList<QColor> curves;  ///< told apart by people with colour-blindness too
    QColor grid;
};

/// Fusion style, fonts and the mode; once, before the first window.
void install();
/// In view when it returns; what is hidden follows in the next turns of the event loop, or when it
/// is shown (ui/theme_change.h).
void set_mode(Mode mode);
Mode mode();
bool dark();
const Colors& colors();

/// resources/icons/<name>.svg in the text colour; it follows the theme, also in widgets that keep
/// it.
QIcon icon(const QString& name);

/// Says when the theme has changed.
class Notifier : public QObject {
    Q_OBJECT
  public:
    static Notifier& instance();
  Q_SIGNALS:
    void changed();
};

/// A label property for the style sheet: "title", "heading", "muted", "card" …
void set_role(QWidget* widget, const char* role);

}  // namespace pentimento::ui::theme
