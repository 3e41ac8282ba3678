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
#include <QToolButton>
#include <QVBoxLayout>

#include "core/jobs/batch.h"
#include "core/jobs/video.h"
#include "core/media/picture.h"
#include "core/media/video.h"
#include "core/style/style_run.h"
#include "ui/file_kinds.h"
#include "ui/file_path.h"
#include "ui/preferences.h"
#include "ui/theme.h"
#include "ui/widgets/param_panel.h"
#include "ui/widgets/picture_source.h"
#include "ui/widgets/text_label.h"

namespace pentimento::ui {

namespace {

const QString kLastFolder = QStringLiteral("series/folder");

// What only films have.
QStringList film_ids() {
    QStringList ids;
    for (const ParamSpec& spec : video_schema().specs())
        if (!style::schema().find(spec.id)) ids << QString::fromStdString(spec.id);
    return ids;
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

/// The beginning of a part of the dialog, whose layout this is.
QVBoxLayout* begin_part(QWidget* box, const QString& title) {
    auto* layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(6);
    layout->addWidget(text_label(title, "subheading"));
    return layout;
}

/// In a row; the first is chosen.
QWidget* make_choice(const std::vector<QRadioButton*>& buttons) {
    auto* row = new QWidget;
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    auto* group = new QButtonGroup(row);
    for (QRadioButton* button : buttons) {
        group->addButton(button);
        layout->addWidget(button);
    }
    layout->addStretch();
    buttons.front()->setChecked(true);
    return row;
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
    column->addWidget(
        text_label(tr("Paints many pictures, or a film frame by frame, with the styles "
                      "and the settings of the Style page."),
                   "muted"));
    panel_ = new ParamPanel(film_params(params), nullptr, film_ids());
    panel_->setMinimumHeight(220);
    column->addWidget(make_source());
    column->addWidget(make_styles());
    column->addWidget(panel_, 1);
    column->addWidget(make_result());
    summary_ = text_label({}, "muted");
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
    QVBoxLayout* layout = begin_part(box, tr("What to paint"));
    auto* row = new QHBoxLayout;
    const auto add = [&](const QString& text, const char* icon,
                         const std::function<QStringList()>& ask) {
        auto* button = new QPushButton(text);
        button->setIcon(theme::icon(QLatin1String(icon)));
        connect(button, &QPushButton::clicked, this, [this, ask] { ask_for(ask()); });
        row->addWidget(button);
    };
    add(tr("&Pictures…"), "image", [this] {
        return QFileDialog::getOpenFileNames(this, tr("Pictures to paint"),
                                             preferences::folder(kLastFolder), picture_filter());
    });
    add(tr("F&older…"), "folder", [this] {
        const QString folder = QFileDialog::getExistingDirectory(
            this, tr("Folder of pictures to paint"), preferences::folder(kLastFolder));
        return folder.isEmpty() ? QStringList() : QStringList{folder};
    });
    add(tr("&Film…"), "play", [this] {
        const QString film = QFileDialog::getOpenFileName(
            this, tr("Film to paint"), preferences::folder(kLastFolder),
            file_filter(tr("Films"), film_endings()) + tr(";;All files (*)"));
        return film.isEmpty() ? QStringList() : QStringList{film};
    });
    row->addStretch();
    layout->addLayout(row);
    source_text_ = text_label({}, "muted");
    source_text_->setTextFormat(Qt::PlainText);
    layout->addWidget(source_text_);
    each_ = new QRadioButton(tr("Each picture by &itself"));
    frames_ = new QRadioButton(tr("F&rames of a film, in the order of their names"));
    kind_row_ = make_choice({each_, frames_});
    connect(frames_, &QRadioButton::toggled, this, &SeriesDialog::update_controls);
    layout->addWidget(kind_row_);
    return box;
}

QWidget* SeriesDialog::make_styles() {
    auto* box = new QWidget;
    QVBoxLayout* layout = begin_part(box, tr("In the style of"));
    auto* names = text_label(styles_.join(QStringLiteral(", ")), "muted");
    names->setTextFormat(Qt::PlainText);
    layout->addWidget(names);
    blend_ = new QRadioButton(tr("All in &one, by their weights"));
    separate_ = new QRadioButton(tr("A result for &each"));
    styles_row_ = make_choice({blend_, separate_});
    connect(separate_, &QRadioButton::toggled, this, &SeriesDialog::update_controls);
    layout->addWidget(styles_row_);
    return box;
}

QWidget* SeriesDialog::make_result() {
    auto* box = new QWidget;
    QVBoxLayout* layout = begin_part(box, tr("Result"));
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
    preferences::set_value(kLastFolder, QFileInfo(paths.front()).path());
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
    const bool one = paths.size() == 1;
    const QString name = one ? QFileInfo(paths.front()).fileName() : QString();
    const bool folder = one && QFileInfo(paths.front()).isDir();
    // FFmpeg takes a JPEG for a film of one frame, so what is not called a film is read as a
    // picture first.
    if (const auto path = file_path(paths.front());
        one && !folder && (ends_as(name, film_endings()) || !read_picture(path))) {
        if (const auto film = VideoReader::open(path)) {
            what.film = path;
            what.text = name + QStringLiteral(": ") + describe_film((*film)->info());
        } else {
            what.problem = QString::fromStdString(film.error().message);
        }
        return what;
    }
    std::vector<std::string> sources;
    for (const QString& path : paths) sources.push_back(file_path(path));
    auto listed = expand_pictures(sources);
    if (!listed) {
        what.problem = QString::fromStdString(listed.error().message);
    } else if (listed->empty()) {
        what.problem = tr("There are no pictures in %1.").arg(name);
    } else {
        what.pictures = *std::move(listed);
        what.text = tr("%n pictures", nullptr, static_cast<int>(what.pictures.size()));
        if (folder) {
            what.folder = sources.front();
            what.text = name + QStringLiteral(": ") + what.text;
        }
    }
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
    const auto path =
        free_path(file_path(exports_), file_path(stem.left(120)), paints_film() ? ".mp4" : "",
                  [](const auto& wanted) {
                      // An unfinished film has its name, too.
                      std::error_code ignored;
                      return std::filesystem::exists(wanted, ignored) ||
                             std::filesystem::exists(video_work_folder(wanted), ignored);
                  });
    return QDir::toNativeSeparators(QString::fromStdString(path.string()));
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
