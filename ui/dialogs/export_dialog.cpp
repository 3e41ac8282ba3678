// The export dialog: controls over ExportOptions, with everything that will happen shown
// beforehand.
#include "ui/dialogs/export_dialog.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QSlider>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/media/picture.h"
#include "ui/background.h"
#include "ui/dialogs/export_plan.h"
#include "ui/dialogs/export_preview.h"
#include "ui/preferences.h"
#include "ui/theme.h"

namespace pentimento::ui {

namespace {

QString type_label(const QString& extension) {
    if (extension == QLatin1String("png"))
        return ExportDialog::tr("PNG: exact, keeps transparency");
    if (extension == QLatin1String("jpg")) return ExportDialog::tr("JPEG: small, for sharing");
    if (extension == QLatin1String("webp")) return ExportDialog::tr("WebP: smaller still");
    if (extension == QLatin1String("tif")) return ExportDialog::tr("TIFF: exact, for print");
    if (extension == QLatin1String("bmp"))
        return ExportDialog::tr("BMP: exact, without compression");
    return extension;
}

// A settings group that remembers the last choice.
const QString kGroup = QStringLiteral("export");

}  // namespace

struct ExportDialog::Impl {
    ExportDialog* self;
    ExportSubject subject;
    ExportPreview* preview;
    QLineEdit *name, *folder;
    QComboBox *type, *part, *scale, *resample;
    QSpinBox *cell, *edge;
    QSlider* quality;
    QLabel *quality_text, *size_text, *problem;
    QFormLayout* form;
    QHBoxLayout* part_row;
    QWidget* quality_row;
    QCheckBox* embed;
    QListWidget* files;
    QPushButton* write;
    QString failure;
    Background writer;

    bool is_grid() const { return subject.columns * subject.rows > 1; }

    void build();
    void build_controls();
    void connect_all();
    void update();
    void remember() const;
    void recall();
};

void ExportDialog::Impl::build_controls() {
    name = new QLineEdit(subject.suggested_name);
    form->addRow(tr("File &name"), name);
    folder = new QLineEdit(QDir::toNativeSeparators(subject.directory));
    auto* browse = new QToolButton;
    browse->setText(QStringLiteral("…"));
    browse->setAccessibleName(tr("Choose folder"));
    browse->setToolTip(tr("Choose folder"));
    auto* folder_row = new QHBoxLayout;
    folder_row->addWidget(folder, 1);
    folder_row->addWidget(browse);
    form->addRow(tr("F&older"), folder_row);
    QObject::connect(browse, &QToolButton::clicked, self, [this] {
        const QString chosen =
            QFileDialog::getExistingDirectory(self, tr("Export into"), folder->text());
        if (!chosen.isEmpty()) folder->setText(chosen);
    });
    qobject_cast<QLabel*>(form->labelForField(folder_row))->setBuddy(folder);

    type = new QComboBox;
    QStringList known;
    for (const std::string& extension : writable_extensions())
        known << QString::fromStdString(extension);
    for (const QString& extension : known) {
        // One entry a format: jpeg and tiff are other names of jpg and tif.
        if ((extension == QLatin1String("jpeg") && known.contains(QStringLiteral("jpg"))) ||
            (extension == QLatin1String("tiff") && known.contains(QStringLiteral("tif"))))
            continue;
        type->addItem(type_label(extension), extension);
    }
    form->addRow(tr("&Type"), type);

    part = new QComboBox;
    part->addItem(tr("Whole grid, %1 × %2").arg(subject.columns).arg(subject.rows));
    part->addItem(tr("One cell"));
    part->addItem(tr("Each cell, %1 files").arg(subject.columns * subject.rows));
    cell = new QSpinBox;
    cell->setRange(1, std::max(1, subject.columns * subject.rows));
    cell->setPrefix(tr("no. "));
    cell->setAccessibleName(tr("Number of the cell"));
    part_row = new QHBoxLayout;
    part_row->addWidget(part, 1);
    part_row->addWidget(cell);
    form->addRow(tr("&Part"), part_row);
    qobject_cast<QLabel*>(form->labelForField(part_row))->setBuddy(part);

    scale = new QComboBox;
    scale->addItems({tr("Original"), tr("2 ×"), tr("4 ×"), tr("Longer edge")});
    edge = new QSpinBox;
    edge->setRange(8, kMaxExportEdge);
    edge->setSuffix(tr(" px"));
    edge->setAccessibleName(tr("Longer edge"));
    resample = new QComboBox;
    resample->addItems({tr("smooth"), tr("sharp pixels")});
    resample->setToolTip(tr("How it is enlarged: smoothly, or by repeating pixels"));
    resample->setAccessibleName(tr("How it is enlarged"));
    auto* scale_row = new QHBoxLayout;
    scale_row->addWidget(scale, 1);
    scale_row->addWidget(edge);
    scale_row->addWidget(resample);
    form->addRow(tr("&Size"), scale_row);
    qobject_cast<QLabel*>(form->labelForField(scale_row))->setBuddy(scale);

    quality = new QSlider(Qt::Horizontal);
    quality->setRange(1, 100);
    quality->setAccessibleName(tr("Quality"));
    quality_text = new QLabel;
    quality_text->setMinimumWidth(
        quality_text->fontMetrics().horizontalAdvance(QStringLiteral("100")));
    quality_row = new QWidget;
    auto* quality_layout = new QHBoxLayout(quality_row);
    quality_layout->setContentsMargins(0, 0, 0, 0);
    quality_layout->addWidget(quality, 1);
    quality_layout->addWidget(quality_text);
    form->addRow(tr("&Quality"), quality_row);
    qobject_cast<QLabel*>(form->labelForField(quality_row))->setBuddy(quality);

    embed = new QCheckBox(tr("&Embed the settings that made it"));
    embed->setToolTip(
        tr("The picture can then be dropped back into the studio to restore its settings. "
           "Without them the file says nothing about how it was made."));
    form->addRow(QString(), embed);
}

void ExportDialog::Impl::build() {
    self->setWindowTitle(tr("Export picture"));
    preview = new ExportPreview(subject.frame, subject.columns, subject.rows);
    size_text = new QLabel;
    size_text->setAlignment(Qt::AlignCenter);
    auto* left = new QVBoxLayout;
    left->addWidget(preview, 1);
    left->addWidget(size_text);

    form = new QFormLayout;
    form->setFieldGrowthPolicy(QFormLayout::ExpandingFieldsGrow);
    build_controls();
    files = new QListWidget;
    files->setAccessibleName(tr("Files that will be written"));
    files->setSelectionMode(QAbstractItemView::NoSelection);
    files->setFocusPolicy(Qt::TabFocus);
    files->setTextElideMode(Qt::ElideLeft);
    files->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    auto* files_label = new QLabel(tr("Will be written:"));
    auto* right = new QVBoxLayout;
    right->addLayout(form);
    right->addWidget(files_label);
    right->addWidget(files, 1);

    auto* columns = new QHBoxLayout;
    columns->setSpacing(16);
    columns->addLayout(left, 2);
    columns->addLayout(right, 3);
    problem = new QLabel;
    problem->setWordWrap(true);
    problem->setTextFormat(Qt::PlainText);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    write = buttons->addButton(tr("Export"), QDialogButtonBox::AcceptRole);
    write->setDefault(true);
    theme::set_role(write, "primary");
    auto* layout = new QVBoxLayout(self);
    layout->setSpacing(12);
    layout->addLayout(columns, 1);
    layout->addWidget(problem);
    layout->addWidget(buttons);
    QObject::connect(buttons, &QDialogButtonBox::accepted, self, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, self, &QDialog::reject);
    self->resize(720, 440);
}

void ExportDialog::Impl::connect_all() {
    const auto changed = [this] {
        failure.clear();
        update();
    };
    for (QLineEdit* edit : {name, folder})
        QObject::connect(edit, &QLineEdit::textChanged, self, changed);
    for (QComboBox* box : {type, part, scale, resample})
        QObject::connect(box, &QComboBox::currentIndexChanged, self, changed);
    for (QSpinBox* box : {cell, edge})
        QObject::connect(box, &QSpinBox::valueChanged, self, changed);
    QObject::connect(quality, &QSlider::valueChanged, self, changed);
    QObject::connect(embed, &QCheckBox::toggled, self, changed);
    QObject::connect(preview, &ExportPreview::cell_clicked, self, [this](int index) {
        if (!is_grid()) return;
        part->setCurrentIndex(static_cast<int>(ExportOptions::Part::OneCell));
        cell->setValue(index + 1);
    });
}

void ExportDialog::Impl::update() {
    const ExportOptions now = self->options();
    form->setRowVisible(part_row, is_grid());
    cell->setVisible(is_grid() && now.part == ExportOptions::Part::OneCell);
    edge->setVisible(now.scale == ExportOptions::Scale::Edge);
    const QSize size = export_size(subject, now);
    ExportOptions original = now;
    original.scale = ExportOptions::Scale::Original;
    resample->setVisible(size.width() > export_size(subject, original).width());
    form->setRowVisible(quality_row, has_quality(now.extension));
    quality_text->setNum(now.quality);
    form->setRowVisible(embed, can_embed(subject, now.extension));
    const bool one = is_grid() && now.part == ExportOptions::Part::OneCell;
    preview->set_cell(one ? std::optional<int>(now.cell) : std::nullopt);
    size_text->setText(tr("%1 × %2 pixels").arg(size.width()).arg(size.height()));

    const auto planned = export_files(subject, now);
    const QStringList paths = planned ? *planned : QStringList{};
    const QStringList existing = existing_files(paths);
    files->clear();
    for (const QString& path : paths) {
        auto* item = new QListWidgetItem(
            existing.contains(path) ? tr("%1 (replaced)").arg(QDir::toNativeSeparators(path))
                                    : QDir::toNativeSeparators(path));
        item->setToolTip(path);
        files->addItem(item);
    }
    QString text = failure;
    if (text.isEmpty() && !planned) text = QString::fromStdString(planned.error().message);
    if (text.isEmpty() && !existing.isEmpty())
        text = tr("%n file(s) of this name exist and will be replaced.", nullptr,
                  static_cast<int>(existing.size()));
    problem->setText(text.isEmpty() ? QString() : QStringLiteral("⚠ ") + text);
    problem->setVisible(!text.isEmpty());
    write->setEnabled(planned.ok() && !writer.busy());
    write->setText(writer.busy()        ? tr("Writing…")
                   : existing.isEmpty() ? tr("Export")
                                        : tr("Replace"));
}

void ExportDialog::Impl::remember() const {
    const ExportOptions now = self->options();
    const auto keep = [](const char* key, const QVariant& value) {
        preferences::set_value(kGroup + QLatin1Char('/') + QLatin1String(key), value);
    };
    keep("extension", now.extension);
    keep("folder", now.directory);
    keep("scale", static_cast<int>(now.scale));
    keep("edge", now.edge);
    keep("sharp", now.sharp);
    keep("quality", now.quality);
    keep("embed", now.embed);
}

void ExportDialog::Impl::recall() {
    const auto value = [](const char* key, const QVariant& otherwise) {
        return preferences::value(kGroup + QLatin1Char('/') + QLatin1String(key), otherwise);
    };
    ExportOptions options;
    options.name = subject.suggested_name;
    options.directory = value("folder", subject.directory).toString();
    if (!QFileInfo(options.directory).isDir()) options.directory = subject.directory;
    options.extension = value("extension", QStringLiteral("png")).toString();
    options.scale = static_cast<ExportOptions::Scale>(
        std::clamp(value("scale", 0).toInt(), 0, scale->count() - 1));
    options.edge = value("edge", options.edge).toInt();
    options.sharp = value("sharp", false).toBool();
    options.quality = value("quality", options.quality).toInt();
    options.embed = value("embed", true).toBool();
    self->set_options(options);
}

ExportDialog::ExportDialog(ExportSubject subject, QWidget* parent)
    : QDialog(parent), impl_(std::make_shared<Impl>()) {
    impl_->self = this;
    impl_->subject = std::move(subject);
    impl_->build();
    impl_->recall();
    impl_->connect_all();
    impl_->update();
    impl_->name->setFocus();
    impl_->name->selectAll();
}

ExportDialog::~ExportDialog() = default;

ExportOptions ExportDialog::options() const {
    const Impl& d = *impl_;
    ExportOptions options;
    options.directory = QDir::fromNativeSeparators(d.folder->text().trimmed());
    options.name = d.name->text().trimmed();
    options.extension = d.type->currentData().toString();
    options.part = d.is_grid() ? static_cast<ExportOptions::Part>(d.part->currentIndex())
                               : ExportOptions::Part::Whole;
    options.cell = d.cell->value() - 1;
    options.scale = static_cast<ExportOptions::Scale>(d.scale->currentIndex());
    options.edge = d.edge->value();
    options.sharp = d.resample->currentIndex() == 1;
    options.quality = d.quality->value();
    options.embed = d.embed->isChecked();
    return options;
}

void ExportDialog::set_options(const ExportOptions& options) {
    Impl& d = *impl_;
    d.folder->setText(QDir::toNativeSeparators(options.directory));
    d.name->setText(options.name);
    d.type->setCurrentIndex(std::max(0, d.type->findData(options.extension)));
    d.part->setCurrentIndex(static_cast<int>(options.part));
    d.cell->setValue(options.cell + 1);
    d.scale->setCurrentIndex(static_cast<int>(options.scale));
    d.edge->setValue(options.edge);
    d.resample->setCurrentIndex(options.sharp ? 1 : 0);
    d.quality->setValue(options.quality);
    d.embed->setChecked(options.embed);
    d.update();
}

QString ExportDialog::problem() const {
    return impl_->problem->text();
}

Result<QStringList> ExportDialog::export_now() {
    auto written = write_export(impl_->subject, options());
    if (written) impl_->remember();
    return written;
}

void ExportDialog::accept() {
    Impl& d = *impl_;
    if (d.writer.busy() || !d.write->isEnabled()) return;
    d.writer.start(
        [subject = d.subject, options = options()] { return write_export(subject, options); },
        [this](Result<QStringList> written) {
            if (!written) {
                impl_->failure = QString::fromStdString(written.error().message);
                return impl_->update();
            }
            impl_->remember();
            Q_EMIT exported(*written);
            QDialog::accept();
        });
    d.update();
}

}  // namespace pentimento::ui
