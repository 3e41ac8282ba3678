// Loads the engine when the window has been seen.
#pragma once

#include <QObject>

#include "ui/background.h"
#include "ui/studio_context.h"

namespace pentimento::ui {

class EngineLoader : public QObject {
    Q_OBJECT
  public:
    /// Waits for the first paint of `window`, then loads on a thread of its own and hands the
    /// engine to `context`. Where it cannot be loaded, says so in a message.
    EngineLoader(QWidget& window, StudioContext& context, QObject* parent = nullptr);

    /// At once, on this thread: for programs without a person before them.
    static Result<const Engine*> load();

  Q_SIGNALS:
    void painted();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    void begin();
    QWidget& window_;
    StudioContext& context_;
    Background work_;
};

}  // namespace pentimento::ui
