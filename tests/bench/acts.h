// The studio under a hand: acts that a person does, in the real window, and for each the longest
// time that the window did not answer. Beside it, what the window was doing the longest: the event,
// and whose it was. Where that is much shorter than the stall, the window waited for a processor.
#pragma once

#include <QApplication>
#include <QDeadlineTimer>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QSettings>
#include <QTemporaryDir>
#include <QTimer>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <string>

#include "core/base/allocator.h"
#include "tests/bench/result.h"
#include "ui/engine.h"
#include "ui/main_window.h"
#include "ui/painting_threads.h"
#include "ui/stall_watch.h"
#include "ui/theme.h"

namespace pentimento::bench {

/// Knows which event took the longest.
class TimedApplication : public QApplication {
  public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (depth_ > 0 || !counting) return QApplication::notify(receiver, event);
        const std::string name = receiver->metaObject()->className();
        const std::string parent =
            receiver->parent() ? receiver->parent()->metaObject()->className() : "";
        const int type = event->type();
        QElapsedTimer clock;
        clock.start();
        ++depth_;
        const bool used = QApplication::notify(receiver, event);
        --depth_;
        if (const double took = static_cast<double>(clock.nsecsElapsed()) / 1e6; took > longest) {
            longest = took;
            what =
                name + (parent.empty() ? "" : " of " + parent) + ", event " + std::to_string(type);
        }
        return used;
    }

    bool counting = false;
    double longest = 0;  ///< ms
    std::string what;

  private:
    int depth_ = 0;
};

inline void let_run(int milliseconds) {
    QEventLoop loop;
    QTimer::singleShot(milliseconds, Qt::PreciseTimer, &loop, &QEventLoop::quit);
    loop.exec();
}

inline void must(bool ok, const char* what) {
    if (ok) return;
    std::fprintf(stderr, "%s did not happen\n", what);
    std::exit(1);
}

inline bool wait_for(const std::function<bool()>& done, int seconds = 120) {
    const QDeadlineTimer deadline(seconds * 1000);
    while (!done()) {
        if (deadline.hasExpired()) return false;
        let_run(10);
    }
    return true;
}

/// Acts one after the other, each in turns of the event loop as a person's would be.
class Acts {
  public:
    /// `result`: the name of the longest stall of all in the table of all benchmarks.
    Acts(TimedApplication& app, std::string result) : app_(app), result_(std::move(result)) {
        std::printf(
            "| what | longest stall, ms | longest event, ms | whose |\n|---|---|---|---|\n");
    }
    void act(const char* name, const std::function<void()>& body) {
        let_run(300);  // what the act before has left
        app_.longest = 0;
        app_.what.clear();
        app_.counting = true;
        ui::StallWatch watch;
        body();
        let_run(300);
        const auto stall = static_cast<double>(watch.longest_stall());
        app_.counting = false;
        std::printf("| %s | %.0f | %.1f | %s |\n", name, stall, app_.longest, app_.what.c_str());
        std::fflush(stdout);
        longest_ = std::max(longest_, stall);
    }
    ~Acts() { tell_result(result_, longest_, "ms"); }

  private:
    TimedApplication& app_;
    std::string result_;
    double longest_ = 0;
};

/// Runs `step` from a timer's event, as a click or a key would come.
inline void click(const std::function<void()>& step, int rest = 150) {
    QTimer::singleShot(0, qApp, step);
    let_run(rest);
}

/// The studio of an empty home, with its window open.
class Studio {
  public:
    explicit Studio(TimedApplication&)
        : context(Workspace{folder.filePath(QStringLiteral("home")).toStdString()}) {
        QSettings::setDefaultFormat(QSettings::IniFormat);
        QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder.path());
        ui::start_painting_threads();
        ui::theme::install();
        ui::theme::set_mode(ui::theme::Mode::Light);
        context.set_engine(pentimento_engine());
        window = std::make_unique<ui::MainWindow>(context);
        window->resize(1440, 900);
        window->show();
        let_run(1000);
    }
    ~Studio() {
        for (const char* id : {"train", "style"}) window->page(QLatin1String(id))->shut_down();
    }
    /// A page by its id and class.
    template <typename Page>
    Page& page(const char* id) {
        return *static_cast<Page*>(window->page(QLatin1String(id)));
    }
    void show(const char* id, int rest = 500) {
        click([&] { window->show_page(QLatin1String(id)); }, rest);
    }

    QTemporaryDir folder;
    ui::StudioContext context;
    std::unique_ptr<ui::MainWindow> window;
};

/// Before the application, as both programs do.
inline void prepare_process() {
    keep_freed_memory();
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM")) qputenv("QT_QPA_PLATFORM", "offscreen");
}

}  // namespace pentimento::bench
