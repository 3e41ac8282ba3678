// The mask dialog: tools on the right, the picture with its mask on the left.
#include "ui/dialogs/mask_dialog.h"

#include <QButtonGroup>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QShortcut>
#include <QSlider>
#include <QVBoxLayout>
#include <cmath>

#include "ui/file_path.h"
#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/mask_file.h"
#include "ui/widgets/number_box.h"
#include "ui/widgets/picture_source.h"

namespace pentimento::ui {

namespace {

constexpr int kToolsWidth = 250;
constexpr int kResultHeight = 160;
constexpr double kSmallest = 2, kLargest = 600;  // diameters, mask pixels
constexpr int kSliderSteps = 200;
constexpr double kKeyStep = 1.2;
constexpr double kFirstDiameter = 0.08;  // of the longer edge

// The slider is logarithmic: small brushes need the finer choice.
double diameter_at(int slider) {
    return std::round(kSmallest *
                      std::pow(kLargest / kSmallest, slider / static_cast<double>(kSliderSteps)));
}

int slider_at(double diameter) {
    return static_cast<int>(std::lround(kSliderSteps * std::log(diameter / kSmallest) /
                                        std::log(kLargest / kSmallest)));
}

QLabel* wrapped(const QString& text, const char* role) {
    auto* label = new QLabel(text);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    theme::set_role(label, role);
    return label;
}

QIcon swatch(const QColor& color) {
    QPixmap pixmap(14, 14);
    pixmap.fill(color);
    return pixmap;
}

constexpr QLatin1String kFolderKey("masks/folder");

}  // namespace

MaskDialog::MaskDialog(const Frame& content, const QString& style, const QImage& mask,
                       QWidget* parent)
    : QDialog(parent), view_(new MaskView) {
    setWindowTitle(tr("Mask for %1").arg(style));
    view_->set_picture(content, mask);
    auto* explain = wrapped(
        tr("Paint where “%1” shall be seen. What stays free is for the styles without a mask; if "
           "there is none, it keeps the content's look.")
            .arg(style),
        "muted");
    buttons_ = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    use_button().setText(tr("&Use mask"));
    buttons_->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    theme::set_role(&use_button(), "primary");
    connect(buttons_, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons_, &QDialogButtonBox::rejected, this, &MaskDialog::reject);

    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addWidget(view_, 1);
    columns->addWidget(make_tools());
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    layout->addWidget(explain);
    layout->addLayout(columns, 1);
    layout->addWidget(buttons_);
    add_shortcuts();
    connect(view_, &MaskView::edited, this, [this] {
        show_problem({});
        update_controls();
        Q_EMIT painted();
    });
    const QSize size = view_->canvas().size();
    set_diameter(kFirstDiameter * std::max(size.width(), size.height()));
    update_controls();
    resize(1060, 720);
    view_->setFocus();
}

QPushButton& MaskDialog::use_button() const {
    return *buttons_->button(QDialogButtonBox::Ok);
}

QWidget* MaskDialog::make_tools() {
    const auto button = [](const QString& text, const QString& tip, const char* icon = nullptr) {
        auto* made = new QPushButton(text);
        made->setToolTip(tip);
        made->setAutoDefault(false);
        if (icon) made->setIcon(theme::icon(QLatin1String(icon)));
        return made;
    };
    auto* tools = new QWidget;
    tools->setFixedWidth(kToolsWidth);
    auto* column = new QVBoxLayout(tools);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);

    brush_ = button(tr("&Brush"), tr("Paints the mask (B)"));
    eraser_ = button(tr("&Eraser"), tr("Takes it away (E, or the right mouse button)"));
    theme::set_role(brush_, "switch-left");
    theme::set_role(eraser_, "switch-right");
    auto* choice = new QButtonGroup(this);
    auto* kind = new QHBoxLayout;
    kind->setSpacing(0);
    for (QPushButton* each : {brush_, eraser_}) {
        each->setCheckable(true);
        choice->addButton(each);
        kind->addWidget(each, 1);
        connect(each, &QPushButton::toggled, this, &MaskDialog::take_brush);
    }
    column->addLayout(kind);

    const auto row = [&](const QString& text, const QString& tip, double from, double to,
                         const QString& suffix, int slider_steps, NumberBox*& box,
                         QSlider*& slider) {
        auto* label = new QLabel(text);
        box = new NumberBox;
        box->setRange(from, to);
        box->set_whole_numbers(true);
        box->setSuffix(suffix);
        box->setFixedWidth(84);
        slider = new QSlider(Qt::Horizontal);
        slider->setRange(0, slider_steps);
        QString name = text;
        name.remove(QLatin1Char('&'));
        for (QWidget* each : {static_cast<QWidget*>(box), static_cast<QWidget*>(slider)}) {
            each->setAccessibleName(name);
            each->setToolTip(tip);
        }
        label->setToolTip(tip);
        label->setBuddy(box);
        auto* top = new QHBoxLayout;
        top->addWidget(label, 1);
        top->addWidget(box);
        column->addLayout(top);
        column->addWidget(slider);
    };
    row(tr("&Size"), tr("Diameter on the mask; smaller and larger with the keys [ and ]"),
        kSmallest, kLargest, tr(" px"), kSliderSteps, size_, size_slider_);
    size_->set_logarithmic(true);
    row(tr("So&ft edge"), tr("How much of the brush fades out: 0 is a hard edge"), 0, 100, tr(" %"),
        100, feather_, feather_slider_);
    connect(size_slider_, &QSlider::valueChanged, this,
            [this](int value) { set_diameter(diameter_at(value)); });
    connect(size_, &QDoubleSpinBox::valueChanged, this, &MaskDialog::set_diameter);
    connect(feather_slider_, &QSlider::valueChanged, feather_,
            [this](int value) { feather_->setValue(value); });
    connect(feather_, &QDoubleSpinBox::valueChanged, this, [this](double value) {
        feather_slider_->setValue(static_cast<int>(std::lround(value)));
        take_brush();
    });

    auto* fill = button(tr("Fi&ll"), tr("The style counts everywhere"));
    clear_ = button(tr("&Clear"), tr("The style counts nowhere"));
    auto* invert = button(tr("&Invert"), tr("Exchanges painted and free"));
    undo_ = button(tr("U&ndo"), tr("Takes the last stroke back (Ctrl+Z)"), "undo");
    redo_ = button(tr("&Redo"), tr("Does it again (Ctrl+Shift+Z)"), "redo");
    auto* load =
        button(tr("L&oad…"), tr("A grey picture as the mask: white counts fully"), "folder");
    save_ = button(tr("S&ave…"), tr("Keeps the mask as a PNG, for other contents"), "export");
    auto* whole = new QHBoxLayout;
    whole->setSpacing(6);
    for (QPushButton* each : {fill, clear_, invert}) whole->addWidget(each, 1);
    auto* grid = new QGridLayout;
    grid->setSpacing(6);
    grid->addWidget(undo_, 0, 0);
    grid->addWidget(redo_, 0, 1);
    grid->addWidget(load, 1, 0);
    grid->addWidget(save_, 1, 1);
    column->addSpacing(8);
    column->addLayout(whole);
    column->addLayout(grid);
    connect(fill, &QPushButton::clicked, this,
            [this] { view_->edit([](MaskCanvas& canvas) { return canvas.fill(255); }); });
    connect(clear_, &QPushButton::clicked, this,
            [this] { view_->edit([](MaskCanvas& canvas) { return canvas.fill(0); }); });
    connect(invert, &QPushButton::clicked, this,
            [this] { view_->edit([](MaskCanvas& canvas) { return canvas.invert(); }); });
    connect(undo_, &QPushButton::clicked, this,
            [this] { view_->edit([](MaskCanvas& canvas) { return canvas.undo(); }); });
    connect(redo_, &QPushButton::clicked, this,
            [this] { view_->edit([](MaskCanvas& canvas) { return canvas.redo(); }); });
    connect(load, &QPushButton::clicked, this, &MaskDialog::choose_load);
    connect(save_, &QPushButton::clicked, this, &MaskDialog::choose_save);

    auto* tint_label = new QLabel(tr("S&hown in"));
    tint_ = new QComboBox;
    for (const auto& [name, color] :
         {std::pair(tr("Red"), QColor(230, 30, 70)), std::pair(tr("Green"), QColor(20, 190, 90)),
          std::pair(tr("Blue"), QColor(40, 100, 250))})
        tint_->addItem(swatch(color), name, color);
    tint_->setToolTip(tr("The colour of the mask here, for pictures that have much of another"));
    tint_->setAccessibleName(tr("Colour of the mask"));
    tint_label->setBuddy(tint_);
    connect(tint_, &QComboBox::currentIndexChanged, this,
            [this](int index) { view_->set_tint(tint_->itemData(index).value<QColor>()); });
    auto* tint_row = new QHBoxLayout;
    tint_row->addWidget(tint_label);
    tint_row->addWidget(tint_, 1);
    column->addSpacing(8);
    column->addLayout(tint_row);

    share_ = wrapped({}, "muted");
    problem_ = wrapped({}, "error");
    problem_->hide();
    column->addWidget(share_);
    column->addWidget(problem_);
    result_title_ = new QLabel(tr("Result"));
    theme::set_role(result_title_, "subheading");
    result_ = new QLabel;
    result_->setAccessibleName(tr("Result with this mask"));
    result_title_->hide();
    result_->hide();
    column->addSpacing(8);
    column->addWidget(result_title_);
    column->addWidget(result_);
    column->addStretch(1);
    column->addWidget(wrapped(tr("Wheel: zoom\nSpace or middle button: move\n"
                                 "Right button: erase\n[ and ]: brush size"),
                              "muted"));
    brush_->setChecked(true);
    feather_->setValue(50);
    return tools;
}

void MaskDialog::add_shortcuts() {
    const auto add = [this](const QKeySequence& keys, auto action) {
        connect(new QShortcut(keys, this), &QShortcut::activated, this, action);
    };
    add(Qt::Key_B, [this] { set_erasing(false); });
    add(Qt::Key_E, [this] { set_erasing(true); });
    add(Qt::Key_BracketLeft, [this] { set_diameter(view_->brush().diameter / kKeyStep); });
    add(Qt::Key_BracketRight, [this] {
        const double diameter = view_->brush().diameter;
        set_diameter(std::max(diameter * kKeyStep, diameter + 1));
    });
    // Both that are in use for redo: a platform's own binding would be only one of them.
    add(Qt::CTRL | Qt::Key_Z, [this] { undo_->click(); });
    for (const QKeySequence& keys :
         {QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Z), QKeySequence(Qt::CTRL | Qt::Key_Y)})
        add(keys, [this] { redo_->click(); });
}

void MaskDialog::set_erasing(bool on) {
    (on ? eraser_ : brush_)->setChecked(true);
}

void MaskDialog::set_diameter(double pixels) {
    const double diameter = std::round(std::clamp(pixels, kSmallest, kLargest));
    const QSignalBlocker size(size_), slider(size_slider_);
    size_->setValue(diameter);
    size_slider_->setValue(slider_at(diameter));
    take_brush();
}

void MaskDialog::take_brush() {
    view_->set_brush({size_->value(), feather_->value() / 100, eraser_->isChecked()});
}

void MaskDialog::update_controls() {
    const MaskCanvas& canvas = view_->canvas();
    const bool empty = canvas.empty();
    undo_->setEnabled(canvas.can_undo());
    redo_->setEnabled(canvas.can_redo());
    clear_->setEnabled(!empty);
    save_->setEnabled(!empty && !writer_.busy());
    use_button().setEnabled(!empty);
    use_button().setToolTip(empty ? tr("Paint something first: the style would be nowhere.")
                                  : QString());
    share_->setText(empty ? tr("Nothing is painted yet.")
                          : tr("%1 % of the picture")
                                .arg(std::max(1.0, std::round(100 * mask_share(canvas.image())))));
}

QString MaskDialog::problem() const {
    return problem_->text();
}

void MaskDialog::show_problem(const QString& text) {
    problem_->setText(text);
    problem_->setVisible(!text.isEmpty());
}

void MaskDialog::choose_load() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Load a mask"), preferences::folder(kFolderKey), picture_filter());
    if (path.isEmpty()) return;
    preferences::set_value(kFolderKey, QFileInfo(path).absolutePath());
    load_from(path);
}

void MaskDialog::choose_save() {
    QString path = QFileDialog::getSaveFileName(
        this, tr("Save the mask"), preferences::folder(kFolderKey) + QStringLiteral("/mask.png"),
        tr("PNG (*.png)"));
    if (path.isEmpty()) return;
    if (QFileInfo(path).suffix().compare(QLatin1String("png"), Qt::CaseInsensitive) != 0)
        path += QStringLiteral(".png");
    preferences::set_value(kFolderKey, QFileInfo(path).absolutePath());
    save_to(path);
}

void MaskDialog::load_from(const QString& path) {
    reader_.start([path = file_path(path)] { return read_mask(path); },
                  [this](const Result<QImage>& mask) {
                      if (!mask) return show_problem(QString::fromStdString(mask.error().message));
                      view_->edit([&](MaskCanvas& canvas) { return canvas.replace(*mask); });
                  });
}

void MaskDialog::show_result(const Frame& result) {
    const double ratio = devicePixelRatioF();
    QPixmap small = QPixmap::fromImage(to_image(result).scaled(
        QSize(kToolsWidth, kResultHeight) * ratio, Qt::KeepAspectRatio, Qt::SmoothTransformation));
    small.setDevicePixelRatio(ratio);
    result_->setPixmap(small);
    result_title_->show();
    result_->show();
}

void MaskDialog::save_to(const QString& path) {
    show_problem({});
    writer_.start([path = file_path(path), grey = mask()] { return write_mask(path, grey); },
                  [this](const Status& written) {
                      if (!written) show_problem(QString::fromStdString(written.error().message));
                      update_controls();
                  });
    update_controls();
}

void MaskDialog::reject() {
    if (!view_->canvas().can_undo()) return QDialog::reject();
    auto* question = new QMessageBox(QMessageBox::Question, tr("Discard the mask?"),
                                     tr("What you have painted here would be lost."),
                                     QMessageBox::Discard | QMessageBox::Cancel, this);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setDefaultButton(QMessageBox::Cancel);
    connect(question->button(QMessageBox::Discard), &QPushButton::clicked, this,
            [this] { QDialog::reject(); });
    question->open();
}

// Return in a number takes the number, not the mask.
void MaskDialog::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && (size_->hasFocus() || feather_->hasFocus())) return view_->setFocus();
    QDialog::keyPressEvent(event);
}

}  // namespace pentimento::ui
