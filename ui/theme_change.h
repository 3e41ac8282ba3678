// Gives the application another palette and style sheet without keeping the window waiting.
#pragma once

class QPalette;
class QString;

namespace pentimento::ui::theme {

/// What is in view has the new look when this returns, and so has all that is made from then on.
/// What is hidden follows in the next turns of the event loop, or when it is shown.
///
/// For sheets that differ in colours and pictures only: nothing is measured or laid out anew.
void change_look(const QPalette& palette, const QString& sheet);

}  // namespace pentimento::ui::theme
