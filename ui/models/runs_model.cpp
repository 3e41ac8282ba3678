// What the table of runs says in each cell.
#include "ui/models/runs_model.h"

#include <QIcon>
#include <QLocale>
#include <QPixmap>
#include <system_error>

#include "core/base/text.h"
#include "core/session/experiment.h"

namespace pentimento::ui {

namespace {

/// The selection must not colour it.
QIcon untinted(const QImage& picture) {
    const QPixmap pixmap = QPixmap::fromImage(picture);
    QIcon icon(pixmap);
    icon.addPixmap(pixmap, QIcon::Selected);
    return icon;
}

}  // namespace

QString kind_label(const QString& kind) {
    if (kind == QStringLiteral("gan")) return RunsModel::tr("GAN training");
    if (kind == QStringLiteral("style")) return RunsModel::tr("Style transfer");
    if (kind == QStringLiteral("style-training")) return RunsModel::tr("Style network");
    return kind;
}

void RunsModel::set_rows(std::vector<RunRow> rows) {
    beginResetModel();
    rows_ = std::move(rows);
    endResetModel();
}

int RunsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int RunsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : kColumnCount;
}

QVariant RunsModel::text(const RunRow& row, Column column) const {
    switch (column) {
        case Name:
            return row.name;
        case Kind:
            return kind_label(row.kind);
        case Source:
            return row.source;
        case Created:
            return QLocale().toString(row.created.toLocalTime(), QStringLiteral("d MMM, HH:mm"));
        case Steps:
            return QString::fromStdString(format_count(row.steps));
        case Loss:
            return row.loss ? QString::number(*row.loss, 'g', 4) : QStringLiteral("–");
        case Size:
            return QString::fromStdString(format_bytes(row.bytes));
        default:
            return {};
    }
}

QVariant RunsModel::sort_key(const RunRow& row, Column column) {
    switch (column) {
        case Name:
            return row.name.toLower();
        case Kind:
            return row.kind;
        case Source:
            return row.source.toLower();
        case Steps:
            return row.steps;
        case Loss:
            return row.loss.value_or(1e300);  // runs without one come last
        case Size:
            return row.bytes;
        default:
            return row.created;
    }
}

QVariant RunsModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || index.column() >= kColumnCount) return {};
    const RunRow& row = rows_[static_cast<std::size_t>(index.row())];
    const auto column = static_cast<Column>(index.column());
    switch (role) {
        case Qt::DisplayRole:
            return text(row, column);
        case Qt::DecorationRole:
            return column == Thumbnail && !row.thumbnail.isNull()
                       ? QVariant(untinted(row.thumbnail))
                       : QVariant();
        case Qt::ToolTipRole:
            if (column == Created) return QLocale().toString(row.created.toLocalTime());
            return column == Name        ? row.directory
                   : column == Thumbnail ? row.settings
                                         : text(row, column);
        case Qt::AccessibleTextRole:
            return column == Thumbnail ? tr("Newest picture of %1").arg(row.name)
                                       : text(row, column);
        case Qt::TextAlignmentRole:
            return column == Steps || column == Loss || column == Size
                       ? QVariant(Qt::AlignRight | Qt::AlignVCenter)
                       : QVariant(Qt::AlignLeft | Qt::AlignVCenter);
        case kSortRole:
            return sort_key(row, column);
        default:
            return {};
    }
}

QVariant RunsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole && (section == Steps || section == Loss || section == Size))
        return QVariant(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole) return {};
    switch (section) {
        case Name:
            return tr("Name");
        case Kind:
            return tr("Kind");
        case Source:
            return tr("Made from");
        case Created:
            return tr("Created");
        case Steps:
            return tr("Steps");
        case Loss:
            return tr("Last loss");
        case Size:
            return tr("On disk");
        default:
            return QString();
    }
}

}  // namespace pentimento::ui
