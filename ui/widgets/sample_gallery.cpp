// The sample gallery: files are listed and decoded away from the UI thread, the newest wish wins.
#include "ui/widgets/sample_gallery.h"

#include <QCache>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLocale>
#include <QSlider>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "core/media/picture.h"
#include "ui/background.h"
#include "ui/theme.h"
#include "ui/widgets/picture_compare.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {
constexpr int kCacheKilobytes = 64 * 1024;
constexpr int kPlayMilliseconds = 90;
/// A whole run plays in at most about this many pictures.
constexpr int kPlayPictures = 240;
}  // namespace

struct SampleGallery::Impl {
    SampleGallery* self;
    PictureCompare* compare;
    PictureView* view;  ///< its after
    QToolButton* play;
    QSlider* slider;
    QLabel* label;
    QTimer timer;
    std::optional<Experiment> experiment;
    std::vector<SampleFile> samples;
    Preview live;
    QCache<qint64, Frame> cache{kCacheKilobytes};
    std::int64_t shown_step = -1;
    int cell_edge = 0;  ///< of a GAN run's pictures, to find the cells of a stored grid
    bool follow = true;
    bool list_again = false;    ///< asked for while the folder was being listed
    Background loader, lister;  // last: their work ends before the rest goes

    bool has_live() const { return !live.frame.empty(); }
    int last() const {
        const int count = static_cast<int>(samples.size());
        return has_live() ? count : std::max(0, count - 1);
    }

    void update_slider() {
        const int keep = std::min(slider->value(), last());
        const QSignalBlocker block(slider);
        slider->setRange(0, last());
        slider->setValue(follow ? last() : keep);
        slider->setTickInterval(std::max(1, last() / 40));
        slider->setPageStep(std::max(1, last() / 10));
        const bool some = last() > 0;
        slider->setEnabled(some);
        play->setEnabled(some);
        play->setToolTip(some ? tr("Play the run as a time-lapse (Space)")
                              : tr("The time-lapse needs at least two samples"));
    }

    std::int64_t end_step() const {
        const std::int64_t saved = samples.empty() ? 0 : samples.back().step;
        return std::max(saved, live.step);
    }

    void update_label() {
        const QLocale locale;
        if (samples.empty() && !has_live()) {
            label->clear();
        } else if (self->at_now()) {
            label->setText(live.step == 0 ? tr("now")
                                          : tr("now · step %1").arg(
                                                locale.toString(qlonglong(live.step))));
        } else {
            const auto& sample = samples[static_cast<std::size_t>(slider->value())];
            label->setText(tr("step %1 of %2")
                               .arg(locale.toString(qlonglong(sample.step)),
                                    locale.toString(qlonglong(end_step()))));
        }
        slider->setAccessibleDescription(label->text());
    }

    void show_frame(const Frame& frame, std::int64_t step) {
        shown_step = step;
        view->set_frame(frame);
        Q_EMIT self->shown(step);
    }

    void show_position() {
        update_label();
        if (self->at_now()) {
            loader.cancel();
            return show_frame(live.frame, live.step);
        }
        if (samples.empty()) {
            shown_step = -1;
            return view->set_frame({});
        }
        const SampleFile sample = samples[static_cast<std::size_t>(slider->value())];
        if (const Frame* known = cache.object(sample.step)) {
            loader.cancel();
            return show_frame(*known, sample.step);
        }
        loader.start([sample] { return read_picture(sample.path); },
                     [this, sample](Result<Frame> frame) {
                         if (!frame) {
                             label->setText(tr("step %1: the file cannot be read")
                                                .arg(QLocale().toString(qlonglong(sample.step))));
                             label->setToolTip(QString::fromStdString(frame.error().message));
                             return;
                         }
                         label->setToolTip({});
                         const auto bytes = static_cast<qint64>(frame->width) * frame->height * 4;
                         show_frame(*frame, sample.step);
                         cache.insert(sample.step, new Frame(*frame),
                                      static_cast<int>(bytes / 1024 + 1));
                     });
    }

    void listed(std::vector<SampleFile> found) {
        // After a rewind a step may have another picture; only what is new at the end is sure to
        // be.
        const bool grown =
            found.size() >= samples.size() &&
            std::equal(samples.begin(), samples.end(), found.begin(),
                       [](const auto& a, const auto& b) { return a.step == b.step; });
        if (!grown) cache.clear();
        if (grown && found.size() == samples.size()) return;
        samples = std::move(found);
        update_slider();
        if (!self->at_now() || shown_step < 0) show_position();
        update_label();
    }

    void advance() {
        if (loader.busy()) return;  // every picture is seen, however slow the disk is
        if (slider->value() >= last()) return self->set_playing(false);
        slider->setValue(std::min(last(), slider->value() + std::max(1, last() / kPlayPictures)));
    }
};

SampleGallery::SampleGallery(QWidget* parent) : QWidget(parent), impl_(std::make_unique<Impl>()) {
    auto& d = *impl_;
    d.self = this;
    d.compare = new PictureCompare;
    d.view = &d.compare->after();
    d.view->set_smooth(false);
    d.view->setAccessibleName(tr("Samples"));
    d.view->set_empty_text(tr("No samples yet"), tr("Samples appear here while a run is going."));
    d.play = new QToolButton;
    d.play->setAutoRaise(true);
    d.play->setIcon(theme::icon(QStringLiteral("play")));
    d.play->setAccessibleName(tr("Play the time-lapse"));
    d.slider = new QSlider(Qt::Horizontal);
    d.slider->setTickPosition(QSlider::TicksBelow);
    d.slider->setAccessibleName(tr("Time in the run"));
    d.slider->setToolTip(tr("All samples of the run, from the first to the newest"));
    d.label = new QLabel;
    d.label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    d.label->setMinimumWidth(d.label->fontMetrics().horizontalAdvance(
        tr("step %1 of %2").arg(QStringLiteral("100,000"), QStringLiteral("100,000"))));
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(0, 0, 0, 0);
    bar->addWidget(d.play);
    bar->addWidget(d.slider, 1);
    bar->addWidget(d.label);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(d.compare, 1);
    layout->addLayout(bar);
    d.timer.setInterval(kPlayMilliseconds);
    connect(&d.timer, &QTimer::timeout, this, [this] { impl_->advance(); });
    connect(d.play, &QToolButton::clicked, this, [this] { set_playing(!playing()); });
    connect(d.slider, &QSlider::sliderPressed, this, [this] { set_playing(false); });
    connect(d.slider, &QSlider::valueChanged, this, [this](int value) {
        impl_->follow = value == impl_->last();
        impl_->show_position();
    });
    connect(d.view, &PictureView::export_requested, this, &SampleGallery::export_requested);
    d.update_slider();
}

SampleGallery::~SampleGallery() = default;

void SampleGallery::clear() {
    set_experiment(std::nullopt);
}

void SampleGallery::set_experiment(const std::optional<Experiment>& experiment) {
    auto& d = *impl_;
    set_playing(false);
    d.loader.cancel();
    d.lister.cancel();
    d.cache.clear();
    d.samples.clear();
    d.live = {};
    d.experiment = experiment;
    d.shown_step = -1;
    d.follow = true;
    d.cell_edge = 0;
    if (experiment && experiment->info().kind == "gan") {
        const Json& params = experiment->info().params;
        if (params.is_object() && params.contains("size") && params["size"].is_number_integer())
            d.cell_edge = params["size"].get<int>();
    }
    d.update_slider();
    d.show_position();
    refresh();
}

void SampleGallery::refresh() {
    auto& d = *impl_;
    if (!d.experiment) return;
    // Not "newest wins": during a quick run that would never finish a listing.
    if (d.lister.busy()) {
        d.list_again = true;
        return;
    }
    d.list_again = false;
    d.lister.start([experiment = *d.experiment] { return experiment.samples(); },
                   [this](std::vector<SampleFile> found) {
                       impl_->listed(std::move(found));
                       if (impl_->list_again) refresh();
                   });
}

void SampleGallery::show_live(const Preview& preview) {
    auto& d = *impl_;
    const bool first = !d.has_live();
    d.live = preview;
    if (first) d.update_slider();
    if (at_now()) {
        d.show_position();
    } else {
        d.update_label();
    }
}

Frame SampleGallery::current_frame() const {
    return impl_->view->frame();
}
std::int64_t SampleGallery::current_step() const {
    return std::max<std::int64_t>(0, impl_->shown_step);
}

QSize SampleGallery::current_grid() const {
    const auto& d = *impl_;
    const Frame& frame = d.view->frame();
    if (frame.empty()) return {1, 1};
    if (frame.width == d.live.frame.width && frame.height == d.live.frame.height)
        return {std::max(1, d.live.columns), std::max(1, d.live.rows)};
    if (d.cell_edge > 0 && frame.width % d.cell_edge == 0 && frame.height % d.cell_edge == 0)
        return {frame.width / d.cell_edge, frame.height / d.cell_edge};
    return {1, 1};
}

int SampleGallery::sample_count() const {
    return static_cast<int>(impl_->samples.size());
}
int SampleGallery::position() const {
    return impl_->slider->value();
}
void SampleGallery::set_position(int position) {
    impl_->slider->setValue(position);
}
bool SampleGallery::at_now() const {
    return impl_->has_live() && impl_->slider->value() == impl_->last();
}
bool SampleGallery::playing() const {
    return impl_->timer.isActive();
}

void SampleGallery::set_playing(bool on) {
    auto& d = *impl_;
    if (on == playing() || (on && d.last() == 0)) return;
    if (on) {
        if (d.slider->value() >= d.last()) d.slider->setValue(0);
        d.timer.start();
    } else {
        d.timer.stop();
    }
    d.play->setIcon(theme::icon(on ? QStringLiteral("pause") : QStringLiteral("play")));
    d.play->setAccessibleName(on ? tr("Pause the time-lapse") : tr("Play the time-lapse"));
}

PictureView& SampleGallery::view() {
    return *impl_->view;
}
PictureCompare& SampleGallery::compare() {
    return *impl_->compare;
}

void SampleGallery::keyPressEvent(QKeyEvent* event) {
    auto& d = *impl_;
    switch (event->key()) {
        case Qt::Key_Left:
            return d.slider->setValue(d.slider->value() - 1);
        case Qt::Key_Right:
            return d.slider->setValue(d.slider->value() + 1);
        case Qt::Key_Home:
            return d.slider->setValue(0);
        case Qt::Key_End:
            return d.slider->setValue(d.last());
        case Qt::Key_Space:
            return set_playing(!playing());
        default:
            QWidget::keyPressEvent(event);
    }
}

}  // namespace pentimento::ui
