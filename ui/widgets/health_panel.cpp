// The panel's states and its cards.
#include "ui/widgets/health_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>
#include <algorithm>

#include "ui/theme.h"
#include "ui/widgets/verdict_card.h"

namespace pentimento::ui {

namespace {
constexpr int kUpdateMilliseconds = 400;  // calm: numbers that jump cannot be read
}

HealthPanel::HealthPanel(QWidget* parent)
    : QWidget(parent), timer_(new QTimer(this)), state_(new QLabel), hint_(new QLabel) {
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(6);
    auto* heading = new QLabel(tr("Health"));
    heading->setToolTip(tr("What the curves mean, judged as they come"));
    theme::set_role(heading, "subheading");
    auto* head = new QHBoxLayout;
    head->addWidget(heading);
    head->addStretch(1);
    head->addWidget(state_);
    outer->addLayout(head);
    build_applied();
    outer->addWidget(applied_);

    auto* contents = new QWidget;
    column_ = new QVBoxLayout(contents);
    column_->setContentsMargins(0, 0, 6, 0);
    column_->setSpacing(8);
    hint_->setWordWrap(true);
    theme::set_role(hint_, "muted");
    column_->addWidget(hint_);
    column_->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(contents);
    scroll->setMinimumHeight(44);
    outer->addWidget(scroll, 1);

    timer_->setSingleShot(true);
    timer_->setInterval(kUpdateMilliseconds);
    connect(timer_, &QTimer::timeout, this, &HealthPanel::update_now);
    setAccessibleName(tr("Health of the training"));
    show_mood();
}

HealthPanel::~HealthPanel() = default;

void HealthPanel::build_applied() {
    applied_ = new QFrame;
    theme::set_role(applied_, "applied");
    auto* row = new QHBoxLayout(applied_);
    row->setContentsMargins(10, 4, 4, 4);
    applied_text_ = new QLabel;
    applied_text_->setWordWrap(true);
    applied_text_->setTextFormat(Qt::PlainText);
    auto* undo = new QPushButton(tr("Undo"));
    undo->setObjectName(QStringLiteral("undo_remedy"));
    undo->setToolTip(tr("Sets everything back as it was before"));
    connect(undo, &QPushButton::clicked, this, [this] {
        applied_->hide();
        Q_EMIT undo_requested();
    });
    undo_ = undo;
    row->addWidget(applied_text_, 1);
    row->addWidget(undo);
    applied_->hide();
}

void HealthPanel::show_applied(const QString& what, bool can_undo) {
    applied_text_->setText(tr("Applied: %1").arg(what));
    undo_->setVisible(can_undo);
    applied_->setVisible(!what.isEmpty());
}

void HealthPanel::begin(const ParamSet& params, std::int64_t pictures) {
    monitor_.emplace(params, pictures);
    measured_ = false;
    show_applied({});
    show_verdicts({}, Mood::NothingMeasured);
}

void HealthPanel::open(gan::HealthMonitor judged) {
    monitor_.emplace(std::move(judged));
    measured_ = true;
    show_applied({});
    update_now();
}

void HealthPanel::set_params(const ParamSet& params) {
    if (monitor_) monitor_->set_params(params);
}

void HealthPanel::add(const std::vector<MetricRow>& rows) {
    if (!monitor_) return;
    for (const MetricRow& row : rows) {
        monitor_->add(row);
        measured_ |= !row.metrics.empty();
    }
    update_soon();
}

void HealthPanel::rewind_to(std::int64_t step) {
    if (!monitor_) return;
    monitor_->rewind_to(step);
    update_soon();
}

void HealthPanel::broke_down(std::int64_t step) {
    if (!monitor_) return;
    monitor_->broke_down(step);
    update_soon();
}

void HealthPanel::update_soon() {
    if (!timer_->isActive()) timer_->start();
}

void HealthPanel::update_now() {
    if (!monitor_) return;
    const auto& verdicts = monitor_->verdicts();
    show_verdicts(verdicts, !verdicts.empty()      ? Mood::Trouble
                            : !measured_           ? Mood::NothingMeasured
                            : monitor_->informed() ? Mood::Healthy
                                                   : Mood::TooEarly);
}

VerdictCard* HealthPanel::card_for(gan::VerdictKind kind) {
    for (VerdictCard* card : cards_)
        if (card->kind() == kind) return card;
    auto* card = new VerdictCard(kind);
    connect(card, &VerdictCard::remedy_chosen, this, &HealthPanel::remedy_chosen);
    cards_.push_back(card);
    return card;
}

void HealthPanel::show_verdicts(const std::vector<gan::Verdict>& verdicts, Mood mood) {
    const bool other = mood != mood_;
    mood_ = mood;
    const std::vector<VerdictCard*> before = cards_;
    std::vector<VerdictCard*> wanted;
    for (const gan::Verdict& verdict : verdicts) {
        VerdictCard* card = card_for(verdict.kind);
        card->show_verdict(verdict);
        wanted.push_back(card);
    }
    for (VerdictCard* card : cards_)
        if (std::find(wanted.begin(), wanted.end(), card) == wanted.end())
            card->deleteLater(), card->hide();
    if (before != wanted)
        for (std::size_t i = 0; i < wanted.size(); ++i)
            column_->insertWidget(static_cast<int>(i) + 1, wanted[i]);
    cards_ = std::move(wanted);
    show_mood();
    if (other) Q_EMIT mood_changed(mood);
}

void HealthPanel::show_mood() {
    QString state, hint;
    const char* role = "muted";
    switch (mood_) {
        case Mood::NothingMeasured:
            state = tr("Nothing measured");
            hint = tr("Verdicts come from the curves. They begin with the first steps.");
            break;
        case Mood::TooEarly:
            state = tr("Too early to say");
            hint = tr("The curves of the first steps mean little yet.");
            break;
        case Mood::Healthy:
            state = tr("● Healthy");
            hint = tr("Nothing looks wrong. What is known to go wrong is watched all the time.");
            role = "good";
            break;
        case Mood::Trouble:
            state = cards_.size() == 1 ? tr("● One thing to look at")
                                       : tr("● %1 things to look at").arg(cards_.size());
            role = "trouble";
            break;
    }
    state_->setText(state);
    theme::set_role(state_, role);
    hint_->setText(hint);
    hint_->setVisible(!hint.isEmpty());
    setAccessibleDescription(state);
}

}  // namespace pentimento::ui
