// Chooses the feature network: the built-in one, or the weights file of another.
#pragma once

#include <QTimer>
#include <filesystem>
#include <memory>
#include <string>

#include "core/fetch/weights.h"
#include "ui/background.h"
#include "ui/pages/style/network_chooser.h"

class QProgressBar;
class QToolButton;

namespace pentimento::ui {

class WeightsChooser : public NetworkChooser {
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
    /// In the background, into weights_cache(); chosen when it is there. `from` as in
    /// fetch_weights.
    void download(const PublishedWeights& weights, const std::string& from = {});
    bool downloading() const { return downloader_.busy(); }
    void cancel_download();

  private:
    QString title_of(const QString& path) const override;
    QString first_folder() const override;
    void identify(const QString& path) override;
    void fill_download_menu();
    void show_progress();
    void downloaded(const Result<std::filesystem::path>& path);

    QToolButton* download_;
    QWidget* progress_row_;
    QProgressBar* progress_;
    QLabel* progress_text_;
    std::filesystem::path weights_;
    QString network_;
    struct Transfer;  ///< what the download tells, and whether it is still wanted
    std::shared_ptr<Transfer> transfer_;
    QTimer poll_;
    Background downloader_;
};

}  // namespace pentimento::ui
