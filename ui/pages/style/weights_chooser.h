// Chooses the feature network's weights file and says plainly that one is needed.
#pragma once

#include <QWidget>
#include <filesystem>

#include "ui/background.h"

class QComboBox;
class QLabel;

namespace pentimento::ui {

class WeightsChooser : public QWidget {
    Q_OBJECT
  public:
    /// `known`: folders whose .safetensors files are offered, besides $PENTIMENTO_WEIGHTS.
    explicit WeightsChooser(std::vector<std::filesystem::path> known, QWidget* parent = nullptr);

    /// The chosen file; empty until it has been found to be a feature network.
    std::filesystem::path weights() const { return weights_; }
    /// "vgg19", "squeezenet"; empty as above.
    QString network() const { return network_; }
    /// Why there are no weights, for a disabled button's tooltip; empty when there are.
    QString missing() const;
    void choose(const QString& path);
    void set_locked(const QString& reason);

  Q_SIGNALS:
    void changed();

  private:
    void browse();
    void identify(const QString& path);
    void show_status(const QString& text, bool error);

    QComboBox* files_;
    QLabel* status_;
    std::filesystem::path weights_;
    QString network_, problem_;
    Background identifier_;
};

}  // namespace pentimento::ui
