// The runs on disk as a table. Scanning happens elsewhere (scan_runs on a thread); the model only
// shows.
#pragma once

#include <QAbstractTableModel>
#include <QDateTime>
#include <QImage>
#include <filesystem>
#include <optional>
#include <vector>

namespace pentimento::ui {

struct RunRow {
    QString directory;
    QString name;
    QString kind;    ///< "gan", "style"
    QString source;  ///< dataset or pictures
    QDateTime created;
    qint64 steps = 0;            ///< of the last report
    std::optional<double> loss;  ///< the last one of the generator, or the total of a style run
    quint64 bytes = 0;           ///< on disk
    QImage thumbnail;  ///< newest sample, longer edge at most 128 px; null when there is none
    QString settings;  ///< a few words
};

/// Reads what the table shows of every run under `root`, newest first. Slow: for a thread.
std::vector<RunRow> scan_runs(const std::filesystem::path& root);

class RunsModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Thumbnail, Name, Kind, Source, Created, Steps, Loss, Size, kColumnCount };
    static constexpr int kSortRole = Qt::UserRole + 1;

    using QAbstractTableModel::QAbstractTableModel;

    void set_rows(std::vector<RunRow> rows);
    const RunRow& row(int index) const { return rows_[static_cast<std::size_t>(index)]; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    QVariant text(const RunRow& row, Column column) const;
    static QVariant sort_key(const RunRow& row, Column column);
    std::vector<RunRow> rows_;
};

}  // namespace pentimento::ui
