// Chooses the feature network: the built-in one, or the weights file of another.
#pragma once

#include <QTimer>
#include <QWidget>
#include <filesystem>
#include <memory>
#include <string>

#include "core/fetch/weights.h"
#include "ui/background.h"

class QComboBox;
class QLabel;
class QProgressBar;
class QToolButton;

namespace pentimento::ui {

class WeightsChooser : public QWidget {
    Q_OBJECT
  public:
    /// `known`: folders whose weights are offered, besides $PENTIMENTO_WEIGHTS and what was
    /// downloaded.
    explicit WeightsChooser(std::vector<std::filesystem::path> known, QWidget* parent = nullptr);
    ~WeightsChooser() override;

    /// The chosen file; empty for the built-in network, and until a file has been found to be one.
    std::filesystem::path weights() const { return weights_; }
    /// "builtin", "vgg19", "squeezenet"; empty while a file is no network.
    QString network() const { return network_; }
    /// Why there are no weights, for a disabled button's tooltip; empty when there are.
    QString missing() const;
    void choose(const QString& path);
    /// In the background, into weights_cache(); chosen when it is there. `from` as in
    /// fetch_weights.
    void download(const PublishedWeights& weights, const std::string& from = {});
    bool downloading() const { return downloader_.busy(); }
    void cancel_download();
    void set_locked(const QString& reason);

  Q_SIGNALS:
    void changed();

  private:
    void browse();
    void identify(const QString& path);
    void show_status(const QString& text, bool error);
    void fill_download_menu();
    void show_progress();
    void downloaded(const Result<std::filesystem::path>& path);

    QComboBox* files_;
    QLabel* status_;
    QToolButton* download_;
    QWidget* progress_row_;
    QProgressBar* progress_;
    QLabel* progress_text_;
    std::filesystem::path weights_;
    QString network_, problem_;
    Background identifier_;
    struct Transfer;  ///< what the download tells, and whether it is still wanted
    std::shared_ptr<Transfer> transfer_;
    QTimer poll_;
    Background downloader_;
};

}  // namespace pentimento::ui
