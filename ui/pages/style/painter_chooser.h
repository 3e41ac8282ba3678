// Chooses the trained painter that the method "Trained painter" paints with.
#pragma once

#include <QWidget>
#include <filesystem>
#include <string>

#include "core/style/instant/networks.h"
#include "ui/background.h"

class QComboBox;
class QLabel;
class QPushButton;

namespace pentimento::ui {

class PainterChooser : public QWidget {
    Q_OBJECT
  public:
    /// `folder`: where the studio keeps the painters that it trained.
    explicit PainterChooser(std::filesystem::path folder, QWidget* parent = nullptr);

    /// The chosen file; empty until it has been found to hold a painter.
    std::filesystem::path painter() const { return painter_; }
    /// Why there is none, for a disabled button's tooltip; empty when there is one.
    QString missing() const;
    void choose(const QString& path);
    /// Looks for files that are new in the folder.
    void refresh();
    void set_locked(const QString& reason);
    bool busy() const { return identifier_.busy(); }
    QPushButton& train_button() { return *train_; }

  Q_SIGNALS:
    void changed();
    void training_wanted();

  private:
    void browse();
    void identify(const QString& path);
    void show_status(const QString& text, bool error);

    std::filesystem::path folder_;
    QComboBox* files_;
    QLabel* status_;
    QPushButton* train_;
    std::filesystem::path painter_;
    QString problem_;
    Background identifier_;
};

}  // namespace pentimento::ui
