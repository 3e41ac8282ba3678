// All families of GANs to choose from: a list of cards, and the chosen one in full.
#pragma once

#include <QDialog>

#include "ui/dialogs/family_details.h"

class QListWidget;
class QPushButton;

namespace pentimento::ui {

class FamilyGallery : public QDialog {
    Q_OBJECT
  public:
    FamilyGallery(std::vector<gan::Family> families, std::vector<gan::Entry> architectures,
                  FamilyTools tools = {}, QWidget* parent = nullptr);

    /// Before it is shown: what it should learn from, and why nothing can be changed or measured
    /// now (a run is at work); an empty reason when it can.
    void prepare(const std::optional<PackInfo>& dataset, const QString& locked);
    void choose(const QString& family_id);
    QString chosen() const;
    FamilyDetails& details() { return *details_; }
    /// Why the family cannot be used with the dataset: for tests.
    QString obstacle(const QString& family_id) const;

  Q_SIGNALS:
    /// "<family>" or "<family>-small".
    void preset_chosen(const QString& preset);

  protected:
    void hideEvent(QHideEvent*) override;

  private:
    void fill();
    void show_chosen();
    const gan::Family* family(const QString& id) const;
    void use(FamilyForm form);

    std::vector<gan::Family> families_;
    std::vector<gan::Entry> architectures_;
    std::optional<PackInfo> dataset_;
    QString locked_;
    QListWidget* list_;
    FamilyDetails* details_;
    QPushButton *use_small_, *use_published_;
};

}  // namespace pentimento::ui
