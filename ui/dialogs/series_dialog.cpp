// The plan of a batch or a film.
#include "ui/dialogs/series_dialog.h"

#include <QButtonGroup>
#include <QDialogButtonBox>
#include <QDir>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMimeData>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QStandardPaths>
#include <QToolButton>
#include <QVBoxLayout>

#include "core/jobs/batch.h"
#include "core/jobs/video.h"
#include "core/media/picture.h"
#include "core/media/video.h"
#include "core/style/style_run.h"
#include "ui/file_kinds.h"
#include "ui/file_path.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_source.h"

namespace pentimento::ui {

namespace {

const QString kLastFolder = QStringLiteral("series/folder");

QLabel* label(const QString& text, const char* role) {
    auto* made = new QLabel(text);
    made->setWordWrap(true);
    theme::set_role(made, role);
    return made;
}

// What only films have.
QStringList film_ids() {
    QStringList ids;
    for (const ParamSpec& spec : video_schema().specs())
        if (!style::schema().find(spec.id)) ids << QString::fromStdString(spec.id);
    return ids;
}

ParamSet with_film_settings(const ParamSet& style) {
    ParamSet params(video_schema());
    for (const ParamSpec& spec : style::schema().specs())
        (void)params.set(spec.id, style.value(spec.id));  // valid there, valid here
    return params;
}

QString describe_film(const VideoInfo& info) {
    const QLocale locale;
    QString text = SeriesDialog::tr("%1 × %2 px").arg(info.width).arg(info.height);
    if (info.fps > 0)
        text += SeriesDialog::tr(", %1 frames a second").arg(locale.toString(info.fps, 'g', 4));
    if (info.frames > 0)
        text += SeriesDialog::tr(", about %1 frames").arg(locale.toString(qlonglong(info.frames)));
    return text;
}

/// A name that nothing has yet, nor an unfinished film.
QString free_path(const QDir& folder, const QString& stem, const QString& ending) {
    const auto taken = [](const QString& path) {
        return QFileInfo::exists(path) || QFileInfo::exists(QString::fromStdString(
                                              video_work_folder(file_path(path)).string()));
    };
    QString path = folder.filePath(stem + ending);
    for (int i = 2; taken(path); ++i)
        path = folder.filePath(QStringLiteral("%1 %2%3").arg(stem).arg(i).arg(ending));
    return path;
}

}  // namespace

SeriesDialog::SeriesDialog(const ParamSet& params, QStringList styles, const QString& exports,
                           QWidget* parent)
    : QDialog(parent), styles_(std::move(styles)), exports_(exports) {
    setWindowTitle(tr("Paint a folder or a film"));
    setAcceptDrops(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(20, 16, 20, 16);
    column->setSpacing(12);
    column->addWidget(label(tr("Paints many pictures, or a film frame by frame, with the styles "
                               "and the settings of the Style page."),
                            "muted"));
    panel_ = new ParamPanel(with_film_settings(params), nullptr, film_ids());
    panel_->setMinimumHeight(220);
    column->addWidget(make_source());
    column->addWidget(make_styles());
    column->addWidget(panel_, 1);
    column->addWidget(make_result());
    summary_ = label({}, "muted");
    summary_->setTextFormat(Qt::PlainText);
    column->addWidget(summary_);
    column->addStretch();
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    paint_ = buttons->addButton(tr("Paint"), QDialogButtonBox::AcceptRole);
    theme::set_role(paint_, "primary");
    paint_->setDefault(true);
    column->addWidget(buttons);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(panel_, &ParamPanel::edited, this, &SeriesDialog::update_controls);
    found({});
    resize(620, 400);
}

SeriesDialog::~SeriesDialog() = default;

QWidget* SeriesDialog::make_source() {
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(label(tr("What to paint"), "subheading"));
    const auto last = [] {
        return QSettings()
            .value(kLastFolder, QStandardPaths::writableLocation(QStandardPaths::PicturesLocation))
            .toString();
    };
    auto* row = new QHBoxLayout;
    const auto add = [&](const QString& text, const char* icon,
                         const std::function<QStringList()>& ask) {
        auto* button = new QPushButton(text);
        button->setIcon(theme::icon(QLatin1String(icon)));
        connect(button, &QPushButton::clicked, this, [this, ask] { ask_for(ask()); });
        row->addWidget(button);
    };
    add(tr("&Pictures…"), "image", [this, last] {
        return QFileDialog::getOpenFileNames(this, tr("Pictures to paint"), last(),
                                             picture_filter());
    });
    add(tr("F&older…"), "folder", [this, last] {
        const QString folder =
            QFileDialog::getExistingDirectory(this, tr("Folder of pictures to paint"), last());
        return folder.isEmpty() ? QStringList() : QStringList{folder};
    });
    add(tr("&Film…"), "play", [this, last] {
        const QString film = QFileDialog::getOpenFileName(
            this, tr("Film to paint"), last(),
            file_filter(tr("Films"), film_endings()) + tr(";;All files (*)"));
        return film.isEmpty() ? QStringList() : QStringList{film};
    });
    row->addStretch();
    layout->addLayout(row);
    source_text_ = label({}, "muted");
    source_text_->setTextFormat(Qt::PlainText);
    layout->addWidget(source_text_);
    kind_row_ = new QWidget;
    auto* kinds = new QHBoxLayout(kind_row_);
    kinds->setContentsMargins(0, 0, 0, 0);
    each_ = new QRadioButton(tr("Each picture by &itself"));
    frames_ = new QRadioButton(tr("F&rames of a film, in the order of their names"));
    auto* group = new QButtonGroup(this);
    for (QRadioButton* button : {each_, frames_}) {
        group->addButton(button);
        kinds->addWidget(button);
    }
    kinds->addStretch();
    each_->setChecked(true);
    connect(group, &QButtonGroup::buttonToggled, this, &SeriesDialog::update_controls);
    layout->addWidget(kind_row_);
    return box;
}

QWidget* SeriesDialog::make_styles() {
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(label(tr("In the style of"), "subheading"));
    auto* names = label(styles_.join(QStringLiteral(", ")), "muted");
    names->setTextFormat(Qt::PlainText);
    layout->addWidget(names);
    styles_row_ = new QWidget;
    auto* row = new QHBoxLayout(styles_row_);
    row->setContentsMargins(0, 0, 0, 0);
    blend_ = new QRadioButton(tr("All in &one, by their weights"));
    separate_ = new QRadioButton(tr("A result for &each"));
    auto* group = new QButtonGroup(this);
    for (QRadioButton* button : {blend_, separate_}) {
        group->addButton(button);
        row->addWidget(button);
    }
    row->addStretch();
    blend_->setChecked(true);
    connect(group, &QButtonGroup::buttonToggled, this, &SeriesDialog::update_controls);
    layout->addWidget(styles_row_);
    return box;
}

QWidget* SeriesDialog::make_result() {
    auto* box = new QWidget;
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(label(tr("Result"), "subheading"));
    out_ = new QLineEdit;
    out_->setAccessibleName(tr("Where the result goes"));
    auto* browse = new QToolButton;
    browse->setText(QStringLiteral("…"));
    browse->setToolTip(tr("Choose where the result goes"));
    browse->setAccessibleName(browse->toolTip());
    auto* row = new QHBoxLayout;
    row->addWidget(out_, 1);
    row->addWidget(browse);
    layout->addLayout(row);
    connect(out_, &QLineEdit::textEdited, this, [this] {
        own_out_ = true;
        update_controls();
    });
    connect(browse, &QToolButton::clicked, this, [this] {
        const QString path =
            paints_film() ? QFileDialog::getSaveFileName(this, tr("The painted film"), out_->text(),
                                                         tr("Films (*.mp4)"), nullptr,
                                                         QFileDialog::DontConfirmOverwrite)
                          : QFileDialog::getExistingDirectory(
                                this, tr("Folder for the painted pictures"), exports_);
        if (path.isEmpty()) return;
        out_->setText(QDir::toNativeSeparators(path));
        own_out_ = true;
        update_controls();
    });
    return box;
}

void SeriesDialog::ask_for(const QStringList& paths) {
    if (paths.isEmpty()) return;
    QSettings().setValue(kLastFolder, QFileInfo(paths.front()).path());
    choose(paths);
}

void SeriesDialog::choose(const QStringList& paths) {
    looker_.start([paths] { return look_at(paths); },
                  [this](Found what) { found(std::move(what)); });
    source_text_->setText(tr("Looking…"));
    update_controls();
}

SeriesDialog::Found SeriesDialog::look_at(const QStringList& paths) {
    Found what;
    const QLocale locale;
    if (paths.size() == 1) {
        const std::filesystem::path path = file_path(paths.front());
        const QString name = QFileInfo(paths.front()).fileName();
        if (QFileInfo(paths.front()).isDir()) {
            auto listed = expand_pictures({path.string()});
            if (!listed) {
                what.problem = QString::fromStdString(listed.error().message);
            } else if (listed->empty()) {
                what.problem = tr("There are no pictures in %1.").arg(name);
            } else {
                what.pictures = *std::move(listed);
                what.folder = path;
                what.text = tr("%1: %n pictures", nullptr, static_cast<int>(what.pictures.size()))
                                .arg(name);
            }
            return what;
        }
        // FFmpeg takes a JPEG for a film of one frame, so pictures are looked for first.
        if (!read_picture(path)) {
            const auto film = VideoReader::open(path);
            if (film) {
                what.film = path;
                what.text = name + QStringLiteral(": ") + describe_film((*film)->info());
            } else {
                what.problem = QString::fromStdString(film.error().message);
            }
            return what;
        }
    }
    for (const QString& path : paths) what.pictures.push_back(file_path(path));
    what.text = tr("%n pictures", nullptr, static_cast<int>(what.pictures.size()));
    return what;
}

void SeriesDialog::found(Found what) {
    found_ = std::move(what);
    source_text_->setText(!found_.problem.isEmpty() ? found_.problem
                          : found_.text.isEmpty()
                              ? tr("Choose it, or drop pictures, a folder or a film here.")
                              : found_.text);
    update_controls();
}

bool SeriesDialog::paints_film() const {
    return !found_.film.empty() || (!found_.folder.empty() && frames_->isChecked());
}

QString SeriesDialog::suggested_out() const {
    const auto& from = !found_.film.empty()       ? found_.film
                       : !found_.folder.empty()   ? found_.folder
                       : !found_.pictures.empty() ? found_.pictures.front()
                                                  : std::filesystem::path();
    if (from.empty()) return {};
    const QFileInfo source(QString::fromStdString(from.string()));
    const QString stem =
        tr("%1 in %2")
            .arg(found_.folder.empty() ? source.completeBaseName() : source.fileName(),
                 QFileInfo(styles_.value(0)).completeBaseName());
    return QDir::toNativeSeparators(free_path(QDir(exports_), stem.left(120),
                                              paints_film() ? QStringLiteral(".mp4") : QString()));
}

void SeriesDialog::update_controls() {
    const bool film = paints_film(), several = styles_.size() > 1;
    kind_row_->setVisible(!found_.folder.empty());
    styles_row_->setVisible(several && !film);
    // A method of one pass has nothing to start from the last frame.
    if (const bool wanted = film && !style::one_pass(panel_->params());
        wanted != panel_->isVisibleTo(this)) {
        panel_->setVisible(wanted);
        if (wanted) resize(width(), std::max(height(), sizeHint().height()));
    }
    if (!own_out_) out_->setText(suggested_out());
    QString why;
    if (looker_.busy())
        why = tr("What was chosen is being looked at.");
    else if (found_.pictures.empty() && found_.film.empty())
        why = tr("Choose pictures, a folder or a film first.");
    else if (out_->text().trimmed().isEmpty())
        why = tr("Say where the result goes.");
    paint_->setEnabled(why.isEmpty());
    paint_->setToolTip(why);
    const qlonglong size = std::get<std::int64_t>(panel_->params().value("size"));
    if (!why.isEmpty()) {
        summary_->setText(why);
    } else if (film) {
        summary_->setText(tr("A film without sound, %1 px along its longer edge. It can be stopped "
                             "and gone on with; what is done so far is a film as well.")
                              .arg(size));
    } else {
        const auto results =
            found_.pictures.size() *
            static_cast<std::size_t>(separate_->isChecked() && several ? styles_.size() : 1);
        summary_->setText(tr("%n results of %1 px along the longer edge. Results that are in the "
                             "folder already are left as they are.",
                             nullptr, static_cast<int>(results))
                              .arg(size));
    }
}

QString SeriesDialog::summary() const {
    return summary_->text();
}

SeriesPlan SeriesDialog::plan() const {
    SeriesPlan plan{panel_->params(), {}, {}, file_path(out_->text().trimmed()), true};
    if (paints_film())
        plan.film = found_.film.empty() ? found_.folder : found_.film;
    else
        plan.pictures = found_.pictures;
    plan.blend = styles_.size() < 2 || blend_->isChecked();
    return plan;
}

void SeriesDialog::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void SeriesDialog::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile()) paths << url.toLocalFile();
    if (paths.isEmpty()) return;
    event->acceptProposedAction();
    choose(paths);
}

}  // namespace pentimento::ui
