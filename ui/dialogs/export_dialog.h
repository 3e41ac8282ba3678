// Saving a picture, wherever one is shown: file type, size, part of a grid, quality, settings embedded or stripped.
#pragma once

#include <QDialog>

#include "core/base/frame.h"
#include "core/base/json.h"

namespace pentimento::ui {

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

    /// What accept() does, callable from tests: returns the files written.
    Result<QStringList> export_now();

  private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace pentimento::ui
