// One family in full: what it is, what it takes on this machine, and its two networks.
#pragma once

#include <QWidget>
#include <functional>

#include "ui/background.h"
#include "ui/models/family_choice.h"

class QButtonGroup;
class QLabel;
class QProgressBar;
class QTimer;

namespace pentimento::ui {

class NetworkDrawing;

/// Where descriptions come from; tests give their own. Called away from the UI thread.
struct FamilyTools {
    std::function<Result<gan::Description>(const ParamSet&)> describe = gan::describe;
    std::function<Result<gan::Estimate>(const ParamSet&)> estimate = gan::estimate;
};

class FamilyDetails : public QWidget {
    Q_OBJECT
  public:
    explicit FamilyDetails(FamilyTools tools, QWidget* parent = nullptr);

    /// `obstacle`: why it cannot be used; the explanation is shown all the same.
    void show_family(const gan::Family& family, const QString& obstacle,
                     const std::optional<PackInfo>& dataset);
    /// Why nothing can be measured now ("A run is at work …"); empty when it can.
    void set_busy(const QString& reason) { busy_ = reason; }
    FamilyForm form() const;
    void set_form(FamilyForm form);
    /// Results of work in progress are not wanted any more.
    void stop();

    /// What is said about time and memory: for tests.
    QString cost() const;

  private:
    QWidget* build_networks();
    void begin();
    void describe(const ParamSet& params);
    void show_description(const gan::Description& description, const ParamSet& params);
    void estimate(const ParamSet& params);
    void say_cost(const QString& text, bool measuring, bool failed = false);

    FamilyTools tools_;
    Background work_;
    std::optional<gan::Family> family_;
    std::optional<PackInfo> dataset_;
    QString obstacle_, busy_;
    QLabel *name_, *help_, *reference_, *expect_, *obstacle_text_, *cost_, *weights_;
    QLabel *generator_title_, *discriminator_title_;
    QProgressBar* measuring_;
    QButtonGroup* forms_;
    QTimer* delay_;
    QWidget* networks_;
    NetworkDrawing *generator_, *discriminator_;
};

}  // namespace pentimento::ui
