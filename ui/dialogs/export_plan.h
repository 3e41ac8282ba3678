// What the export dialog will write: file names, sizes and the writing itself, without any widget.
#pragma once

#include <QSize>
#include <QString>
#include <QStringList>

#include "core/base/result.h"
#include "ui/dialogs/export_dialog.h"

namespace pentimento::ui {

struct ExportOptions {
    enum class Part { Whole, OneCell, EachCell };
    enum class Scale { Original, Twice, FourTimes, Edge };

    QString directory;
    QString name;                               ///< without extension
    QString extension = QStringLiteral("png");  ///< one of writable_extensions()
    Part part = Part::Whole;
    int cell = 0;  ///< for OneCell, row by row from 0
    Scale scale = Scale::Original;
    int edge = 1024;     ///< px, the longer edge for Scale::Edge
    bool sharp = false;  ///< enlarge by repeating pixels instead of smoothly
    int quality = 92;    ///< JPEG and WebP, 1 … 100
    bool embed = true;   ///< the settings, in a PNG
};

inline constexpr int kMaxExportEdge = 16384;

bool has_quality(const QString& extension);
bool can_embed(const ExportSubject& subject, const QString& extension);

/// Pixels of each file written; empty when the subject is.
QSize export_size(const ExportSubject& subject, const ExportOptions& options);
/// Full paths in the order of writing. A message for the person when name or folder will not do.
Result<QStringList> export_files(const ExportSubject& subject, const ExportOptions& options);
/// Those of `files` that exist.
QStringList existing_files(const QStringList& files);
/// The picture of one file before scaling: the whole or one cell.
Frame export_part(const ExportSubject& subject, const ExportOptions& options, int index);
/// Reads nothing of the dialog, so that it can run on any thread. Makes the folder when missing.
Result<QStringList> write_export(const ExportSubject& subject, const ExportOptions& options);

}  // namespace pentimento::ui
