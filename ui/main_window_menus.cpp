// The menus and their shortcuts.
#include <QAction>
#include <QApplication>
#include <QDialog>
#include <QLabel>
#include <QMenuBar>
#include <QMessageBox>
#include <QUndoStack>
#include <QVBoxLayout>

#include "ui/main_window.h"
#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/sidebar.h"

namespace pentimento::ui {

namespace {

/// Every shortcut of the menus, so that the list cannot fall behind.
void show_shortcuts(MainWindow* window) {
    QString rows;
    for (const QAction* menu : window->menuBar()->actions()) {
        for (const QAction* action : menu->menu()->actions()) {
            if (action->shortcut().isEmpty()) continue;
            rows +=
                QStringLiteral("<tr><td style='padding-right:32px'>%1</td><td><b>%2</b></td></tr>")
                    .arg(action->text().remove(QLatin1Char('&')).toHtmlEscaped(),
                         action->shortcut().toString(QKeySequence::NativeText).toHtmlEscaped());
        }
    }
    rows += QStringLiteral("<tr><td>%1</td><td><b>%2</b></td></tr>")
                .arg(MainWindow::tr("Pause or resume, on the Train page"), MainWindow::tr("Space"));
    QMessageBox box(QMessageBox::NoIcon, MainWindow::tr("Keyboard shortcuts"),
                    QStringLiteral("<table cellspacing='4'>%1</table>").arg(rows),
                    QMessageBox::Close, window);
    box.exec();
}

void show_about(MainWindow* window) {
    QMessageBox::about(
        window, MainWindow::tr("About Pentimento"),
        MainWindow::tr("<h3>Pentimento %1</h3>"
                       "<p>A studio for training generative networks on your own pictures and for "
                       "blending the style of pictures into others.</p>"
                       "<p>A pentimento is the trace of an earlier painting showing through the "
                       "later one.</p><p>Free software under the GNU General Public License, "
                       "version 3 or later.</p>")
            .arg(QStringLiteral(PENTIMENTO_VERSION)));
}

}  // namespace

void MainWindow::make_menus() {
    const auto add = [this](QMenu* menu, const QString& text, const QKeySequence& keys,
                            const std::function<void()>& act) {
        auto* action = menu->addAction(text);
        action->setShortcut(keys);
        connect(action, &QAction::triggered, this, act);
        return action;
    };
    QMenu* file = menuBar()->addMenu(tr("&File"));
    add(file, tr("&Open folder of pictures…"), QKeySequence::Open, [this] { open_folder(); });
    add(file, tr("Open &run…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_O),
        [this] { open_run_folder(); });
    file->addSeparator();
    add(file, tr("&Export samples…"), QKeySequence(Qt::CTRL | Qt::Key_E), [this] {
        show_page(QStringLiteral("train"));
        Page* train = page(QStringLiteral("train"));
        if (!train || !train->export_shown())
            show_message(tr("There is no picture to export yet."), false);
    });
    file->addSeparator();
    add(file, tr("&Quit"), QKeySequence::Quit, [this] { close(); });

    QMenu* edit = menuBar()->addMenu(tr("&Edit"));
    QAction* undo = context_.undo_stack().createUndoAction(this, tr("Undo"));
    undo->setShortcut(QKeySequence::Undo);
    undo->setIcon(theme::icon(QStringLiteral("undo")));
    QAction* redo = context_.undo_stack().createRedoAction(this, tr("Redo"));
    redo->setShortcut(QKeySequence::Redo);
    redo->setIcon(theme::icon(QStringLiteral("redo")));
    edit->addActions({undo, redo});

    run_menu_ = menuBar()->addMenu(tr("&Run"));
    run_menu_->setToolTipsVisible(true);

    QMenu* view = menuBar()->addMenu(tr("&View"));
    for (int i = 0; i < order_.size(); ++i)
        add(view, sidebar_->title(order_[i]),
            QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_1 + i)),
            [this, id = order_[i]] { show_page(id); });
    view->addSeparator();
    add(view, tr("Switch &light and dark"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_L),
        [this] { toggle_theme(); });
    add(view, tr("Follow the &system's theme"), {}, [] {
        theme::set_mode(theme::Mode::System);
        preferences::set_value(QStringLiteral("theme"), static_cast<int>(theme::Mode::System));
    });
    QAction* full = add(view, tr("&Full screen"), QKeySequence(Qt::Key_F11),
                        [this] { setWindowState(windowState() ^ Qt::WindowFullScreen); });
    full->setShortcutContext(Qt::ApplicationShortcut);

    QMenu* help = menuBar()->addMenu(tr("&Help"));
    add(help, tr("&Keyboard shortcuts"), QKeySequence(Qt::CTRL | Qt::Key_Slash),
        [this] { show_shortcuts(this); });
    add(help, tr("&About Pentimento"), {}, [this] { show_about(this); });
}

}  // namespace pentimento::ui
