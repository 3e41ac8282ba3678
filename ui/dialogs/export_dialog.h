// Saving a picture, wherever one is shown: file type, size, part of a grid, quality, settings
// embedded or stripped.
#pragma once

#include <QDialog>
#include <QStringList>
#include <memory>

#include "core/base/frame.h"
#include "core/base/json.h"

namespace pentimento::ui {

struct ExportOptions;

struct ExportSubject {
    Frame frame;
    int columns = 1, rows = 1;  ///< when the frame is a grid: cells can be exported one by one
    Json settings;              ///< see export_settings(); null when there are none
    QString suggested_name;     ///< without extension
    QString directory;
};

class ExportDialog : public QDialog {
    Q_OBJECT
  public:
    explicit ExportDialog(ExportSubject subject, QWidget* parent = nullptr);
    ~ExportDialog() override;

    /// What the controls say now.
    ExportOptions options() const;
    void set_options(const ExportOptions& options);
    /// Why nothing can be written, or what went wrong; empty when all is well.
    QString problem() const;

    /// What accept() does, callable from tests: returns the files written.
    Result<QStringList> export_now();
    /// Writes away from the UI thread and closes when done; an error stays in the dialog.
    void accept() override;

  Q_SIGNALS:
    void exported(const QStringList& files);

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento::ui
