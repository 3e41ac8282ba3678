// The details pane and the work behind it.
#include "ui/dialogs/family_details.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QTimer>
#include <QVBoxLayout>

#include "core/base/text.h"
#include "ui/theme.h"
#include "ui/widgets/network_drawing.h"

namespace pentimento::ui {

namespace {

constexpr int kDelay = 250;  // somebody who leafs through the list wants no measurement of each

QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

QLabel* paragraph(const char* role = nullptr) {
    auto* label = new QLabel;
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    if (role) theme::set_role(label, role);
    return label;
}

/// Scrolls sideways only.
QScrollArea* strip(NetworkDrawing* drawing, const QString& name) {
    auto* scroll = new QScrollArea;
    scroll->setWidget(drawing);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFixedHeight(drawing->height() + scroll->horizontalScrollBar()->sizeHint().height());
    scroll->setAccessibleName(name);
    scroll->setFocusPolicy(Qt::StrongFocus);
    return scroll;
}

}  // namespace

FamilyDetails::FamilyDetails(FamilyTools tools, QWidget* parent)
    : QWidget(parent), tools_(std::move(tools)), delay_(new QTimer(this)) {
    auto* contents = new QWidget;
    auto* column = new QVBoxLayout(contents);
    column->setContentsMargins(16, 12, 16, 12);
    column->setSpacing(8);
    name_ = paragraph("heading");
    help_ = paragraph();
    expect_ = paragraph();
    reference_ = paragraph("muted");
    obstacle_text_ = paragraph("warning");
    for (QLabel* label : {name_, obstacle_text_, help_, expect_, reference_})
        column->addWidget(label);

    forms_ = new QButtonGroup(this);
    auto* small = new QPushButton(tr("Small form"));
    small->setToolTip(tr("Narrower networks and fewer steps: shows something in minutes"));
    theme::set_role(small, "switch-left");
    auto* published = new QPushButton(tr("Published settings"));
    published->setToolTip(tr("The numbers of the paper"));
    theme::set_role(published, "switch-right");
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    for (QPushButton* button : {small, published}) {
        button->setCheckable(true);
        button->setAutoDefault(false);
        forms_->addButton(button, button == small ? 0 : 1);
        row->addWidget(button);
    }
    row->addStretch(1);
    small->setChecked(true);
    connect(forms_, &QButtonGroup::idClicked, this, [this] { begin(); });
    column->addSpacing(4);
    column->addLayout(row);

    weights_ = paragraph();
    cost_ = paragraph();
    measuring_ = new QProgressBar;
    measuring_->setRange(0, 0);
    measuring_->setTextVisible(false);
    measuring_->setFixedWidth(120);
    measuring_->setAccessibleName(tr("Measuring"));
    auto* cost_row = new QHBoxLayout;
    cost_row->setSpacing(12);
    cost_row->addWidget(cost_, 1);
    cost_row->addWidget(measuring_);
    column->addWidget(weights_);
    column->addLayout(cost_row);
    networks_ = build_networks();
    column->addWidget(networks_);
    column->addStretch(1);

    auto* scroll = new QScrollArea;
    scroll->setWidget(contents);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);

    delay_->setSingleShot(true);
    delay_->setInterval(kDelay);
    connect(delay_, &QTimer::timeout, this, [this] {
        const auto params = family_params(*family_, form(), dataset_);
        if (params)
            describe(*params);
        else
            say_cost(text(params.error().message), false, true);
    });
}

QWidget* FamilyDetails::build_networks() {
    auto* holder = new QWidget;
    auto* column = new QVBoxLayout(holder);
    column->setContentsMargins(0, 4, 0, 0);
    column->setSpacing(4);
    generator_ = new NetworkDrawing;
    discriminator_ = new NetworkDrawing;
    generator_title_ = paragraph("subheading");
    discriminator_title_ = paragraph("subheading");
    column->addWidget(generator_title_);
    column->addWidget(strip(generator_, tr("Layers of the generator")));
    column->addWidget(discriminator_title_);
    column->addWidget(strip(discriminator_, tr("Layers of the discriminator")));
    return holder;
}

FamilyForm FamilyDetails::form() const {
    return forms_->checkedId() == 1 ? FamilyForm::Published : FamilyForm::Small;
}

void FamilyDetails::set_form(FamilyForm form) {
    forms_->button(form == FamilyForm::Published ? 1 : 0)->setChecked(true);
    begin();
}

void FamilyDetails::show_family(const gan::Family& family, const QString& obstacle,
                                const std::optional<PackInfo>& dataset) {
    family_ = family;
    dataset_ = dataset;
    obstacle_ = obstacle;
    name_->setText(text(family.entry.label));
    help_->setText(text(family.entry.help));
    expect_->setText(tr("What to expect of the small form: %1").arg(text(family.expect)));
    expect_->setVisible(!family.expect.empty());
    reference_->setText(text(family.entry.reference));
    reference_->setVisible(!family.entry.reference.empty());
    obstacle_text_->setText(obstacle);
    obstacle_text_->setVisible(!obstacle.isEmpty());
    begin();
}

void FamilyDetails::stop() {
    delay_->stop();
    work_.cancel();
}

QString FamilyDetails::cost() const {
    return cost_->text();
}

void FamilyDetails::say_cost(const QString& said, bool measuring, bool failed) {
    cost_->setText(said);
    theme::set_role(cost_, failed ? "warning" : measuring ? "muted" : "");
    measuring_->setVisible(measuring);
}

void FamilyDetails::begin() {
    stop();
    if (!family_) return;
    networks_->hide();
    weights_->hide();
    if (!obstacle_.isEmpty()) {
        say_cost(tr("Choose a dataset that fits to see its networks."), false);
        return;
    }
    say_cost(tr("Building the networks…"), true);
    delay_->start();
}

void FamilyDetails::describe(const ParamSet& params) {
    work_.start([describe = tools_.describe, params] { return describe(params); },
                [this, params](const Result<gan::Description>& description) {
                    if (description)
                        show_description(*description, params);
                    else
                        say_cost(text(description.error().message), false, true);
                });
}

void FamilyDetails::show_description(const gan::Description& description, const ParamSet& params) {
    generator_->set_network(description.generator);
    discriminator_->set_network(description.discriminator);
    generator_title_->setText(tr("Generator: random numbers become a picture, %1 weights")
                                  .arg(amount_text(description.generator.parameters)));
    discriminator_title_->setText(tr("Discriminator: a picture becomes a verdict, %1 weights")
                                      .arg(amount_text(description.discriminator.parameters)));
    weights_->setText(tr("%1 weights in all, %2 px, batches of %3")
                          .arg(amount_text(description.generator.parameters +
                                           description.discriminator.parameters),
                               text(to_text(params.value("size"))),
                               text(to_text(params.value("batch")))));
    weights_->show();
    networks_->show();
    if (!busy_.isEmpty()) {
        say_cost(busy_, false);
        return;
    }
    estimate(params);
}

void FamilyDetails::estimate(const ParamSet& params) {
    say_cost(tr("Measuring on this device…"), true);
    const QString steps = text(format_count(std::get<std::int64_t>(params.value("steps"))));
    work_.start(
        [estimate = tools_.estimate, params] { return estimate(params); },
        [this, steps](const Result<gan::Estimate>& estimate) {
            if (estimate)
                say_cost(
                    tr("On this device (%1): %2. It trains for %3 steps.")
                        .arg(text(estimate->device).toUpper(), estimate_text(*estimate), steps),
                    false);
            else
                say_cost(tr("Not measured: %1").arg(text(estimate.error().message)), false, true);
        });
}

}  // namespace pentimento::ui
