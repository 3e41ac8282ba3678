// A page of the studio's main window. Pages know the StudioContext, not each other.
#pragma once

#include <QUrl>
#include <QWidget>
#include <filesystem>

#include "ui/studio_context.h"

namespace pentimento::ui {

class RunController;

class Page : public QWidget {
    Q_OBJECT
  public:
    Page(StudioContext& context, QWidget* parent = nullptr) : QWidget(parent), context_(context) {}

    virtual QString title() const = 0;      ///< in the sidebar
    virtual QString icon_name() const = 0;  ///< of resources/icons/<name>.svg
    virtual void activated() {}             ///< became the visible page
    /// Before closing: false keeps the window open (the page has asked the person).
    virtual bool may_close() { return true; }
    virtual void shut_down() {}  ///< stop and join whatever runs
    /// What the status bar shows while this page is visible or its run is active; may be null.
    virtual RunController* run_controller() { return nullptr; }

  protected:
    StudioContext& context_;
};

}  // namespace pentimento::ui
