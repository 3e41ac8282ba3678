// A line or paragraph of a dialog, in one of the theme's roles.
#pragma once

#include <QLabel>

#include "ui/theme.h"

namespace pentimento::ui {

inline QLabel* text_label(const QString& text, const char* role) {
    auto* made = new QLabel(text);
    made->setWordWrap(true);
    theme::set_role(made, role);
    return made;
}

}  // namespace pentimento::ui
