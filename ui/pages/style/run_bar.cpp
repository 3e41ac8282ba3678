// Buttons, progress and losses of a style run.
#include "ui/pages/style/run_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include "core/base/text.h"
#include "ui/theme.h"
#include "ui/widgets/sparkline.h"

namespace pentimento::ui {

namespace {

// A disabled button says why; an enabled one what it does.
void allow(QPushButton* button, bool allowed, const QString& does, const QString& reason) {
    button->setEnabled(allowed);
    button->setToolTip(allowed ? does : reason);
}

QString reason_of(const Permission& permission) {
    return QString::fromUtf8(permission.reason.data(),
                             static_cast<qsizetype>(permission.reason.size()));
}

}  // namespace

StyleRunBar::StyleRunBar(RunController& controller, QWidget* parent)
    : QWidget(parent), controller_(controller) {
    const auto button = [](const QString& text, const char* icon) {
        auto* made = new QPushButton(text);
        made->setIcon(theme::icon(QLatin1String(icon)));
        return made;
    };
    blend_ = new QPushButton(tr("&Blend"));
    theme::set_role(blend_, "primary");
    pause_ = button(tr("&Pause"), "pause");
    resume_ = button(tr("&Resume"), "play");
    stop_ = button(tr("&Stop"), "stop");
    snapshot_ = button(tr("S&napshot"), "snapshot");
    export_ = button(tr("&Export…"), "export");
    connect(blend_, &QPushButton::clicked, this, &StyleRunBar::blend_wanted);
    connect(pause_, &QPushButton::clicked, &controller_, &RunController::pause);
    connect(resume_, &QPushButton::clicked, this, [this] {
        if (controller_.permitted(Action::Resume).allowed)
            controller_.resume();
        else
            Q_EMIT continue_wanted();
    });
    connect(stop_, &QPushButton::clicked, &controller_, &RunController::stop);
    connect(snapshot_, &QPushButton::clicked, &controller_, &RunController::snapshot);
    connect(export_, &QPushButton::clicked, this, &StyleRunBar::export_wanted);

    progress_ = new QProgressBar;
    progress_->setTextVisible(false);
    progress_->setAccessibleName(tr("Progress"));
    text_ = new QLabel;
    theme::set_role(text_, "muted");
    text_->setMinimumWidth(120);  // a long line is cut rather than widening the page
    text_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    losses_ = new Sparkline({tr("content loss"), tr("style loss")});
    losses_->setFixedWidth(280);
    losses_->setToolTip(
        tr("How far the result is from the content and from the style, each on a "
           "logarithmic scale of its own. Both should fall and then level off."));

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(6);
    for (QPushButton* each : {blend_, pause_, resume_, stop_, snapshot_}) buttons->addWidget(each);
    buttons->addStretch();
    buttons->addWidget(export_);
    auto* left = new QVBoxLayout;
    left->setSpacing(8);
    left->addStretch();
    left->addWidget(progress_);
    left->addWidget(text_);
    auto* below = new QHBoxLayout;
    below->setSpacing(16);
    below->addLayout(left, 1);
    below->addWidget(losses_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addLayout(buttons);
    layout->addLayout(below);

    connect(&controller_, &RunController::state_changed, this, [this] {
        update_buttons();
        show_progress(controller_.progress());
    });
    connect(&controller_, &RunController::progress_changed, this, &StyleRunBar::show_progress);
    connect(&controller_, &RunController::metrics_arrived, this,
            [this](const std::vector<MetricRow>& rows) {
                for (const MetricRow& row : rows) {
                    for (const Metric& metric : row.metrics) {
                        if (metric.id == "content_loss") losses_->append(0, metric.value);
                        if (metric.id == "style_loss") losses_->append(1, metric.value);
                    }
                }
            });
    update_buttons();
    show_progress({});
}

void StyleRunBar::set_blocked(const QString& reason) {
    blocked_ = reason;
    update_buttons();
}

void StyleRunBar::set_snapshot_blocked(const QString& reason) {
    snapshot_blocked_ = reason;
    update_buttons();
}

void StyleRunBar::set_preparing(bool on) {
    preparing_ = on;
    update_buttons();
    show_progress(controller_.progress());
}

void StyleRunBar::set_continuable(bool on) {
    continuable_ = on;
    update_buttons();
}

void StyleRunBar::set_exportable(bool on) {
    exportable_ = on;
    update_buttons();
}

void StyleRunBar::reset_losses() {
    losses_->clear();
}

void StyleRunBar::update_buttons() {
    const bool active = controller_.active();
    const QString wait = tr("The pictures are being prepared.");
    const auto permission = [this](Action action) { return controller_.permitted(action); };
    const QString not_start = preparing_ ? wait
                              : active   ? reason_of(permission(Action::Start))
                                         : blocked_;
    allow(blend_, not_start.isEmpty(), tr("Paint the content in the chosen styles"), not_start);
    const Permission pause = permission(Action::Pause), resume = permission(Action::Resume),
                     stop = permission(Action::Stop), snapshot = permission(Action::Snapshot);
    allow(pause_, pause.allowed, tr("Pause; everything stays as it is"), reason_of(pause));
    const bool may_continue = !active && continuable_ && !preparing_;
    allow(resume_, resume.allowed || may_continue,
          may_continue ? tr("Continue this run from where it ended") : tr("Go on"),
          preparing_ ? wait : reason_of(resume));
    allow(stop_, stop.allowed, tr("Stop and keep the result"), reason_of(stop));
    const QString no_snapshot = snapshot.allowed ? snapshot_blocked_ : reason_of(snapshot);
    allow(snapshot_, no_snapshot.isEmpty(), tr("Save a checkpoint and the picture as it is now"),
          no_snapshot);
    allow(export_, exportable_, tr("Save the picture as a file"), tr("There is no picture yet."));
}

void StyleRunBar::show_progress(const Progress& progress) {
    const State state = preparing_ ? State::Ready : controller_.state();
    progress_->setRange(0, preparing_ ? 0 : 1000);
    progress_->setValue(progress.total_steps > 0
                            ? static_cast<int>(1000 * progress.step / progress.total_steps)
                            : 0);
    QStringList parts;
    const QLocale locale;
    if (preparing_) {
        parts << tr("Preparing…");
    } else if (state == State::Empty) {
        parts << tr("Not started");
    } else {
        switch (state) {
            case State::Paused:
                parts << tr("Paused");
                break;
            case State::Stopping:
                parts << tr("Stopping…");
                break;
            case State::Finished:
                parts << tr("Finished");
                break;
            case State::Failed:
                parts << tr("Failed");
                break;
            default:
                break;
        }
        if (!progress.note.empty() && state == State::Running)
            parts << QString::fromStdString(progress.note);
        if (progress.total_steps > 0)
            parts << tr("step %1 of %2")
                         .arg(locale.toString(qlonglong(progress.step)),
                              locale.toString(qlonglong(progress.total_steps)));
        if (state == State::Running && progress.steps_per_second > 0)
            parts << tr("%1 steps/s").arg(locale.toString(progress.steps_per_second, 'f', 1));
        if (progress.elapsed_seconds >= 1)
            parts << QString::fromStdString(format_duration(progress.elapsed_seconds));
        if (state == State::Running && progress.remaining_seconds)
            parts << tr("%1 left").arg(
                QString::fromStdString(format_duration(*progress.remaining_seconds)));
    }
    text_->setText(parts.join(QStringLiteral(" · ")));
}

}  // namespace pentimento::ui
