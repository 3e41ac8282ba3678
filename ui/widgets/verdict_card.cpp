// A verdict as a card.
#include "ui/widgets/verdict_card.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/base/text.h"
#include "core/gan/gan_run.h"
#include "ui/theme.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/sparkline.h"

namespace pentimento::ui {

namespace {

constexpr int kButtonFrame = 32;  // padding and border of a button, both sides

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

const gan::VerdictInfo* info_of(gan::VerdictKind kind) {
    for (const gan::VerdictInfo& info : gan::verdict_infos())
        if (info.kind == kind) return &info;
    return nullptr;
}

std::vector<double> values_of(const gan::Evidence& evidence) {
    std::vector<double> values;
    for (const auto& [step, value] : evidence.course) values.push_back(value);
    if (values.empty()) values.push_back(evidence.value);
    return values;
}

}  // namespace

QString edits_text(const Patch& edits, const Schema& schema) {
    QStringList parts;
    for (const auto& [id, value] : edits) {
        const ParamSpec* spec = schema.find(id);
        parts << QStringLiteral("%1: %2").arg(text(spec ? spec->label : id), text(to_text(value)));
    }
    return parts.join(QStringLiteral("; "));
}

VerdictCard::VerdictCard(gan::VerdictKind kind, QWidget* parent)
    : QFrame(parent),
      kind_(kind),
      text_(new QLabel),
      since_(new QLabel),
      explanation_(new QLabel),
      plots_(new QGridLayout),
      buttons_holder_(new QWidget),
      buttons_(new FlowLayout(6, buttons_holder_)) {
    theme::set_role(this, "verdict");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(12, 8, 10, 10);
    column->setSpacing(6);
    const gan::VerdictInfo* info = info_of(kind);
    auto* title = new QLabel(info ? text(info->title) : QString());
    title->setWordWrap(true);
    theme::set_role(title, "subheading");
    theme::set_role(since_, "muted");
    auto* head = new QHBoxLayout;
    head->addWidget(title, 1);
    head->addWidget(since_, 0, Qt::AlignTop);
    column->addLayout(head);
    text_->setWordWrap(true);
    text_->setTextFormat(Qt::PlainText);
    column->addWidget(text_);
    column->addWidget(buttons_holder_);  // before the evidence: to be seen without scrolling
    plots_->setSpacing(10);
    column->addLayout(plots_);

    explanation_->setText(info ? text(info->explanation) : QString());
    explanation_->setWordWrap(true);
    explanation_->setTextFormat(Qt::PlainText);
    theme::set_role(explanation_, "muted");
    explanation_->hide();
    auto* why = new QPushButton(tr("What does this mean?"));
    why->setCheckable(true);
    theme::set_role(why, "link");
    connect(why, &QPushButton::toggled, this, [this, why](bool open) {
        why->setText(open ? tr("Hide the explanation") : tr("What does this mean?"));
        explanation_->setVisible(open);
    });
    column->addWidget(why, 0, Qt::AlignLeft);
    column->addWidget(explanation_);
    setAccessibleName(title->text());
}

void VerdictCard::show_verdict(const gan::Verdict& verdict) {
    text_->setText(text(verdict.text));
    setAccessibleDescription(text(verdict.text));
    since_->setText(tr("since step %1").arg(text(format_count(verdict.since))));
    std::vector<std::string> what;
    for (const gan::Evidence& one : verdict.evidence) what.push_back(one.metric);
    for (const gan::Remedy& one : verdict.remedies) what.push_back(one.label);
    remedies_ = verdict.remedies;  // the values may be others under the same label
    if (what != shown_) {
        shown_ = what;
        show_evidence(verdict.evidence);
        show_remedies(verdict.remedies);
    }
    for (std::size_t i = 0; i < sparklines_.size(); ++i) {
        sparklines_[i]->set_threshold(verdict.evidence[i].threshold);
        sparklines_[i]->set_values(0, values_of(verdict.evidence[i]));
    }
}

void VerdictCard::show_evidence(const std::vector<gan::Evidence>& evidence) {
    qDeleteAll(sparklines_);
    sparklines_.clear();
    for (const gan::Evidence& one : evidence) {
        auto* plot = new Sparkline({text(one.label)});
        plot->setFixedHeight(56);
        plot->setToolTip(one.above ? tr("It speaks for this while it is above the limit.")
                                   : tr("It speaks for this while it is below the limit."));
        // One below the other: two would be too narrow for their labels beside the pictures.
        plots_->addWidget(plot, static_cast<int>(sparklines_.size()), 0);
        sparklines_.push_back(plot);
    }
}

void VerdictCard::show_remedies(const std::vector<gan::Remedy>& remedies) {
    qDeleteAll(buttons_holder_->findChildren<QPushButton*>());
    for (std::size_t i = 0; i < remedies.size(); ++i) {
        auto* button = new QPushButton(text(remedies[i].label));
        const QString edits = edits_text(remedies[i].edits, gan::schema());
        button->setToolTip(edits.isEmpty() ? tr("It can be undone.")
                                           : tr("Sets %1. It can be undone.").arg(edits));
        if (remedies[i].to_best)
            button->setToolTip(
                tr("Stops and saves this run; a new one goes on from its best checkpoint."));
        connect(button, &QPushButton::clicked, this, [this, i] {
            if (i < remedies_.size()) Q_EMIT remedy_chosen(remedies_[i]);
        });
        button->setAccessibleName(button->text());
        button->setMinimumWidth(40);  // a narrow panel shortens the text, see fit_remedies()
        buttons_->addWidget(button);
        button->show();  // at once, so that it counts for the height
    }
    buttons_holder_->setVisible(!remedies.empty());
    fit_remedies();
}

void VerdictCard::resizeEvent(QResizeEvent*) {
    fit_remedies();
}

void VerdictCard::fit_remedies() {
    const int inner = width() - layout()->contentsMargins().left() -
                      layout()->contentsMargins().right() - 2 * frameWidth();
    for (auto* button : buttons_holder_->findChildren<QPushButton*>())
        button->setText(button->fontMetrics().elidedText(button->accessibleName(), Qt::ElideRight,
                                                         std::max(40, inner - kButtonFrame)));
    buttons_holder_->setFixedHeight(std::max(1, buttons_->heightForWidth(inner)));
}

}  // namespace pentimento::ui
