// Two views in step, and the buttons that choose between the ways of comparing.
#include "ui/widgets/picture_compare.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QPushButton>

#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {
// Well under the three flashes a second that can harm (WCAG 2.3.1).
constexpr int kAlternateMilliseconds = 900;
}  // namespace

PictureCompare::PictureCompare(QWidget* parent)
    : QWidget(parent), before_(new PictureView), after_(new PictureView) {
    before_->set_caption(tr("Before"));
    before_->set_empty_text(tr("Before"), tr("Nothing to compare with yet."));
    before_->setAccessibleName(tr("Before"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(before_, 1);
    layout->addWidget(after_, 1);
    connect(after_, &PictureView::moved, this, [this] { before_->follow(*after_); });
    connect(before_, &PictureView::moved, this, [this] { after_->follow(*before_); });
    timer_.setInterval(kAlternateMilliseconds);
    connect(&timer_, &QTimer::timeout, this, [this] { show_before(!showing_before_); });
    setFocusProxy(after_);
    apply();
}

void PictureCompare::set_before(const Frame& frame) {
    after_->set_before(frame);
    {
        // Another picture fits its own view again; the after keeps what is being looked at.
        const QSignalBlocker block(before_);
        before_->set_frame(frame);
    }
    before_->follow(*after_);
}

void PictureCompare::set_mode(Mode mode) {
    if (mode == mode_) return;
    mode_ = mode;
    showing_before_ = false;
    if (mode != Mode::Blink) set_alternating(false);
    apply();
    Q_EMIT mode_changed();
}

void PictureCompare::show_before(bool on) {
    if (on == showing_before_) return;
    showing_before_ = on;
    apply();
}

void PictureCompare::set_alternating(bool on) {
    on = on && mode_ == Mode::Blink;
    if (on == alternating()) return;
    if (on)
        timer_.start();
    else
        timer_.stop();
    show_before(on);
    Q_EMIT alternating_changed(on);
}

void PictureCompare::apply() {
    const bool both = mode_ == Mode::SideBySide;
    before_->setVisible(both);
    using Before = PictureView::Before;
    after_->set_before_shown(showing_before_ && !both ? Before::Whole
                             : mode_ == Mode::Divider ? Before::Divider
                                                      : Before::Hidden);
    after_->set_caption(both || mode_ == Mode::Blink ? tr("After") : QString());
}

void PictureCompare::listen_to_keys_of(QWidget* page) {
    page->installEventFilter(this);
}

bool PictureCompare::eventFilter(QObject* watched, QEvent* event) {
    switch (event->type()) {
        case QEvent::KeyPress:
        case QEvent::KeyRelease: {
            const auto* key = static_cast<QKeyEvent*>(event);
            if (key->key() != Qt::Key_B || key->modifiers() != Qt::NoModifier) break;
            if (!key->isAutoRepeat()) {
                set_alternating(false);
                show_before(event->type() == QEvent::KeyPress);
            }
            return true;
        }
        case QEvent::WindowDeactivate:  // the release would go elsewhere
        case QEvent::Hide:
            set_alternating(false);
            show_before(false);
            break;
        default:
            break;
    }
    return QWidget::eventFilter(watched, event);
}

CompareChooser::CompareChooser(PictureCompare& compare, const QString& settings_key,
                               QWidget* parent)
    : QWidget(parent), modes_(new QButtonGroup(this)) {
    using Mode = PictureCompare::Mode;
    struct Choice {
        Mode mode;
        QString key, text, tip;
        const char* role;
    };
    const Choice choices[] = {
        {Mode::After, QStringLiteral("after"), tr("After"), tr("The result alone"), "switch-left"},
        {Mode::Divider, QStringLiteral("divider"), tr("Divider"),
         tr("Content on the left, result on the right of a line that you drag"), "switch-middle"},
        {Mode::SideBySide, QStringLiteral("side-by-side"), tr("Side by side"),
         tr("Content and result beside each other; zooming one zooms both"), "switch-middle"},
        {Mode::Blink, QStringLiteral("blink"), tr("Blink"),
         tr("Content and result in the same place: hold the button or the key B to see the "
            "content"),
         "switch-right"},
    };
    hold_ = new QPushButton(tr("Hold for before"));
    hold_->setToolTip(tr("Shows the content for as long as this button or the key B is held"));
    alternate_ = new QPushButton(tr("Alternate"));
    alternate_->setCheckable(true);
    alternate_->setToolTip(tr("Changes between the two by itself, about once a second"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(alternate_);
    layout->addWidget(hold_);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    for (const Choice& choice : choices) {
        auto* button = new QPushButton(choice.text);
        button->setCheckable(true);
        button->setToolTip(choice.tip);
        theme::set_role(button, choice.role);
        modes_->addButton(button, static_cast<int>(choice.mode));
        row->addWidget(button);
        connect(button, &QPushButton::toggled, &compare,
                [&compare, settings_key, mode = choice.mode, key = choice.key](bool on) {
                    if (!on) return;
                    compare.set_mode(mode);
                    preferences::set_value(settings_key, key);
                });
    }
    layout->addLayout(row);
    const auto follow = [this, &compare] {
        button(compare.mode()).setChecked(true);
        const bool blink = compare.mode() == Mode::Blink;
        hold_->setVisible(blink);
        alternate_->setVisible(blink);
    };
    connect(&compare, &PictureCompare::mode_changed, this, follow);
    connect(hold_, &QPushButton::pressed, &compare, [&compare] {
        compare.set_alternating(false);
        compare.show_before(true);
    });
    connect(hold_, &QPushButton::released, &compare, [&compare] { compare.show_before(false); });
    connect(alternate_, &QPushButton::toggled, &compare, &PictureCompare::set_alternating);
    connect(&compare, &PictureCompare::alternating_changed, alternate_, &QPushButton::setChecked);
    Mode mode = Mode::Divider;
    const QString remembered = preferences::value(settings_key).toString();
    for (const Choice& choice : choices)
        if (choice.key == remembered) mode = choice.mode;
    compare.set_mode(mode);
    follow();
}

QPushButton& CompareChooser::button(PictureCompare::Mode mode) {
    return static_cast<QPushButton&>(*modes_->button(static_cast<int>(mode)));
}

}  // namespace pentimento::ui
