// Names, sizes and writing of exported pictures.
#include "ui/dialogs/export_plan.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <algorithm>
#include <cmath>

#include "core/base/file.h"
#include "core/jobs/jobs.h"
#include "core/media/picture.h"
#include "ui/file_path.h"
#include "ui/widgets/picture_view.h"

namespace pentimento::ui {

namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("ExportDialog", text);
}

Error refuse(const QString& text) {
    return {ErrorCode::InvalidArgument, text.toStdString(), {}};
}

QSize part_size(const ExportSubject& subject, const ExportOptions& options) {
    if (options.part == ExportOptions::Part::Whole)
        return {subject.frame.width, subject.frame.height};
    return {subject.frame.width / std::max(1, subject.columns),
            subject.frame.height / std::max(1, subject.rows)};
}

Frame scaled(const Frame& frame, QSize size, bool sharp) {
    if (frame.width == size.width() && frame.height == size.height()) return frame;
    if (sharp && size.width() >= frame.width)
        return to_frame(
            to_image(frame).scaled(size, Qt::IgnoreAspectRatio, Qt::FastTransformation));
    return resize(frame, size.width(), size.height(), Fit::Fit);
}

}  // namespace

bool has_quality(const QString& extension) {
    return extension == QLatin1String("jpg") || extension == QLatin1String("jpeg") ||
           extension == QLatin1String("webp");
}

bool can_embed(const ExportSubject& subject, const QString& extension) {
    return extension == QLatin1String("png") && !subject.settings.is_null();
}

QSize export_size(const ExportSubject& subject, const ExportOptions& options) {
    const QSize size = part_size(subject, options);
    switch (options.scale) {
        case ExportOptions::Scale::Original:
            return size;
        case ExportOptions::Scale::Twice:
            return size * 2;
        case ExportOptions::Scale::FourTimes:
            return size * 4;
        case ExportOptions::Scale::Edge:
            break;
    }
    const int longer = std::max(size.width(), size.height());
    if (longer <= 0) return {};
    const double factor = static_cast<double>(options.edge) / longer;
    return {std::max(1, static_cast<int>(std::lround(size.width() * factor))),
            std::max(1, static_cast<int>(std::lround(size.height() * factor)))};
}

Result<QStringList> export_files(const ExportSubject& subject, const ExportOptions& options) {
    const QString name = options.name.trimmed();
    if (subject.frame.empty()) return refuse(tr("There is no picture to export."));
    if (name.isEmpty()) return refuse(tr("Give the file a name."));
    if (name.contains(QLatin1Char('/')) || name.startsWith(QLatin1Char('.')))
        return refuse(tr("A file name cannot contain “/” or begin with a dot."));
    if (options.directory.trimmed().isEmpty()) return refuse(tr("Choose a folder."));
    const QFileInfo folder(options.directory);
    if (folder.exists() && !folder.isDir())
        return refuse(
            tr("“%1” is a file, not a folder. Choose another folder.").arg(options.directory));
    if (folder.exists() && !folder.isWritable())
        return refuse(
            tr("You may not write into “%1”. Choose another folder.").arg(options.directory));
    const QSize size = export_size(subject, options);
    if (size.width() > kMaxExportEdge || size.height() > kMaxExportEdge)
        return refuse(tr("%1 × %2 pixels is more than the %3 pixels a side that can be written. "
                         "Choose a smaller size.")
                          .arg(size.width())
                          .arg(size.height())
                          .arg(kMaxExportEdge));
    const QDir dir(options.directory);
    const auto path = [&](const QString& stem) {
        return dir.filePath(stem + QLatin1Char('.') + options.extension);
    };
    if (options.part != ExportOptions::Part::EachCell) return QStringList{path(name)};
    const int cells = std::max(1, subject.columns) * std::max(1, subject.rows);
    const int digits = static_cast<int>(QString::number(cells).size());
    QStringList files;
    for (int i = 1; i <= cells; ++i)
        files << path(QStringLiteral("%1-%2").arg(name).arg(i, digits, 10, QLatin1Char('0')));
    return files;
}

QStringList existing_files(const QStringList& files) {
    QStringList existing;
    for (const QString& file : files)
        if (QFile::exists(file)) existing << file;
    return existing;
}

Frame export_part(const ExportSubject& subject, const ExportOptions& options, int index) {
    if (options.part == ExportOptions::Part::Whole) return subject.frame;
    const int cell = options.part == ExportOptions::Part::OneCell ? options.cell : index;
    const QSize size = part_size(subject, options);
    const int columns = std::max(1, subject.columns);
    return crop(subject.frame, cell % columns * size.width(), cell / columns * size.height(),
                size.width(), size.height());
}

Result<QStringList> write_export(const ExportSubject& subject, const ExportOptions& options) {
    auto files = export_files(subject, options);
    if (!files) return files.error();
    if (auto made = make_directories(file_path(options.directory)); !made) return made.error();
    WriteOptions write;
    write.quality = options.quality;
    if (options.embed && can_embed(subject, options.extension)) {
        write.settings = subject.settings.dump();
        write.readable = readable_settings(subject.settings);
    }
    const QSize size = export_size(subject, options);
    for (int i = 0; i < files->size(); ++i) {
        const Frame frame = scaled(export_part(subject, options, i), size, options.sharp);
        auto written = write_picture(file_path(files->at(i)), frame, write);
        if (!written) return written.error();
    }
    return files;
}

}  // namespace pentimento::ui
