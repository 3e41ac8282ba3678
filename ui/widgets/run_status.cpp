// Fills the status bar.
#include "ui/widgets/run_status.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <cmath>

#include "core/base/text.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {

constexpr int kDot = 9;
constexpr int kLongestNote = 260;  // px

QString state_name(State state) {
    switch (state) {
        case State::Empty:
            return RunStatus::tr("Idle");
        case State::Ready:
            return RunStatus::tr("Ready");
        case State::Running:
            return RunStatus::tr("Running");
        case State::Paused:
            return RunStatus::tr("Paused");
        case State::Stopping:
            return RunStatus::tr("Stopping, saving…");
        case State::Finished:
            return RunStatus::tr("Finished");
        case State::Failed:
            return RunStatus::tr("Failed");
    }
    return {};
}

QColor state_color(State state) {
    const theme::Colors& c = theme::colors();
    switch (state) {
        case State::Running:
            return c.good;
        case State::Paused:
        case State::Stopping:
            return c.warning;
        case State::Failed:
            return c.bad;
        case State::Finished:
            return c.accent;
        default:
            return c.border;
    }
}

}  // namespace

RunStatus::RunStatus(QWidget* parent)
    : QWidget(parent),
      state_text_(new QLabel),
      note_(new QLabel),
      step_(new QLabel),
      speed_(new QLabel),
      left_(new QLabel),
      machine_(new QLabel) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kDot + 10, 2, 12, 2);
    row->setSpacing(20);
    step_->setToolTip(tr("Steps done, and steps in all"));
    speed_->setToolTip(tr("Pictures processed a second, over the last few seconds"));
    left_->setToolTip(tr("Time spent working, and time left at this speed"));
    machine_->setToolTip(tr("Where the calculations run, and on how many threads"));
    for (QLabel* label : {state_text_, note_, step_, speed_, left_, machine_})
        row->addWidget(label);
    for (QLabel* label : {note_, step_, speed_, left_, machine_}) theme::set_role(label, "muted");
    setAccessibleName(tr("State of the run"));
    connect(&theme::Notifier::instance(), &theme::Notifier::changed, this, [this] { update(); });
    show_progress({});
}

void RunStatus::show_progress(const Progress& progress) {
    state_ = progress.state;
    const bool loading =
        progress.state == State::Running && progress.step == 0 && !progress.note.empty();
    state_text_->setText(loading ? QString::fromStdString(progress.note)
                                 : state_name(progress.state));
    // What it is doing besides training as usual: growing, going over steps again.
    const QString note = loading ? QString() : QString::fromStdString(progress.note);
    note_->setText(note_->fontMetrics().elidedText(note, Qt::ElideRight, kLongestNote));
    note_->setToolTip(note);
    const auto count = [](std::int64_t n) { return QString::fromStdString(format_count(n)); };
    QString step;
    if (progress.total_steps > 0)
        step = tr("Step %1 of %2").arg(count(progress.step), count(progress.total_steps));
    else if (progress.step > 0)
        step = tr("Step %1").arg(count(progress.step));
    step_->setText(step);
    const bool running = progress.state == State::Running;
    speed_->setText(
        running && progress.items_per_second > 0
            ? tr("%1 pictures/s")
                  .arg(progress.items_per_second < 99.95
                           ? QString::number(progress.items_per_second, 'f', 1)
                           : count(std::llround(progress.items_per_second)))
            : QString());
    QString left;
    if (progress.elapsed_seconds >= 1)
        left = QString::fromStdString(format_duration(progress.elapsed_seconds));
    if (running && progress.remaining_seconds)
        left = tr("%1, %2 left")
                   .arg(left, QString::fromStdString(format_duration(*progress.remaining_seconds)));
    left_->setText(left);
    for (QLabel* label : {note_, step_, speed_, left_}) label->setVisible(!label->text().isEmpty());
    setAccessibleDescription(text());
    update();
}

void RunStatus::show_machine(const Json& environment) {
    const auto device = environment.value("device", std::string("cpu"));
    const auto threads = environment.value("threads", 0);
    const QString device_name = QString::fromStdString(device).toUpper();
    machine_->setText(threads == 1 ? tr("%1 · 1 thread").arg(device_name)
                                   : tr("%1 · %2 threads").arg(device_name).arg(threads));
}

QString RunStatus::text() const {
    QStringList parts;
    for (const QLabel* label : {state_text_, note_, step_, speed_, left_, machine_})
        if (!label->text().isEmpty()) parts << label->text();
    return parts.join(QStringLiteral(", "));
}

void RunStatus::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(state_color(state_));
    painter.drawEllipse(QRectF(4, (height() - kDot) / 2.0, kDot, kDot));
}

}  // namespace pentimento::ui
