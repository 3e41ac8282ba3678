#include "ui/engine_loader.h"

#include <dlfcn.h>

#include <QEvent>
#include <QFileInfo>
#include <QLibrary>
#include <QTimer>
#include <QWidget>

#include "ui/engine.h"

namespace pentimento::ui {

namespace {

/// Beside the library that this code is in, wherever that is installed.
QString library_path() {
    Dl_info here{};
    const QString name = QStringLiteral("libpentimento_ui");
    if (dladdr(reinterpret_cast<const void*>(&EngineLoader::load), &here) == 0) return name;
    return QFileInfo(QString::fromLocal8Bit(here.dli_fname)).absolutePath() + QLatin1Char('/') +
           name;
}

}  // namespace

EngineLoader::EngineLoader(QWidget& window, StudioContext& context, QObject* parent)
    : QObject(parent), window_(window), context_(context) {
    window_.installEventFilter(this);
}

bool EngineLoader::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &window_ && event->type() == QEvent::Paint) {
        window_.removeEventFilter(this);
        // The event's own painting comes after this filter.
        QTimer::singleShot(0, this, [this] {
            Q_EMIT painted();
            begin();
        });
    }
    return QObject::eventFilter(watched, event);
}

Result<const Engine*> EngineLoader::load() {
    QLibrary library(library_path());
    library.setLoadHints(QLibrary::PreventUnloadHint);
    using Entry = const Engine* (*)();
    const auto entry = reinterpret_cast<Entry>(library.resolve("pentimento_engine"));
    if (entry == nullptr)
        return Error{ErrorCode::Io,
                     "The engine could not be loaded, so nothing can be trained or painted. "
                     "Install Pentimento again, or build it anew: ./pentimento build",
                     library.errorString().toStdString()};
    return entry();
}

void EngineLoader::begin() {
    work_.start([] { return load(); },
                [this](const Result<const Engine*>& engine) {
                    if (engine)
                        context_.set_engine(*engine);
                    else
                        Q_EMIT context_.message(
                            QString::fromStdString(engine.error().message + " (" +
                                                   engine.error().detail + ")"),
                            true);
                });
}

}  // namespace pentimento::ui
