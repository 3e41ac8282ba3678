// A page of the studio's main window. Pages know the StudioContext, not each other.
#pragma once

#include <QAction>
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

    virtual void activated() {}             ///< became the visible page
    /// Before closing: false keeps the window open (the page has asked the person).
    virtual bool may_close() { return true; }
    virtual void shut_down() {}  ///< stop and join whatever runs
    /// What the status bar shows while this page is visible or its run is active; may be null.
    virtual RunController* run_controller() { return nullptr; }
    /// What the Run menu offers; enabled and explained as the state allows.
    virtual QList<QAction*> run_actions() const { return {}; }
    /// A folder, an archive or a picture from outside.
    virtual void open_path(const QString&) {}
    /// Shows a stored run of the page's kind, or goes on with it.
    virtual void open_run(const QString&, bool /*resume*/) {}
    /// Begins to export what is on show; false when there is nothing.
    virtual bool export_shown() { return false; }

  protected:
    StudioContext& context_;
};

}  // namespace pentimento::ui
