// Chooses the trained painter that the method "Trained painter" paints with.
#pragma once

#include <filesystem>

#include "core/style/instant/networks.h"
#include "ui/pages/style/network_chooser.h"

class QPushButton;

namespace pentimento::ui {

class PainterChooser : public NetworkChooser {
    Q_OBJECT
  public:
    /// `folder`: where the studio keeps the painters that it trained.
    explicit PainterChooser(std::filesystem::path folder, QWidget* parent = nullptr);

    /// The chosen file; empty until it has been found to hold a painter.
    std::filesystem::path painter() const { return painter_; }
    /// Why there is none, for a disabled button's tooltip; empty when there is one.
    QString missing() const;
    /// Looks for files that are new in the folder.
    void refresh();
    bool busy() const { return identifier_.busy(); }
    QPushButton& train_button() { return *train_; }

  Q_SIGNALS:
    void training_wanted();

  private:
    QString title_of(const QString& path) const override;
    QString first_folder() const override;
    void identify(const QString& path) override;

    std::filesystem::path folder_;
    QPushButton* train_;
    std::filesystem::path painter_;
};

}  // namespace pentimento::ui
