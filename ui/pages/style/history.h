// The results of the Style page: those of this session with all that made them, and stored runs.
#pragma once

#include <QImage>
#include <QString>
#include <filesystem>
#include <vector>

#include "core/params/param_set.h"
#include "core/style/style_run.h"
#include "ui/pages/style/inputs_panel.h"
#include "ui/pages/style/mask_control.h"

namespace pentimento::ui {

struct StyleResult {
    QString id;    ///< of the history
    QString name;  ///< a few words: what and with which settings
    QImage thumbnail;
    /// A stored run; empty for a picture of this session, which has all that follows instead.
    QString run;
    Frame picture;  ///< empty: to be made anew
    ParamSet params{style::schema()};
    style::InstantNetworks networks;
    StyleInputsState inputs;
};

class StyleHistory {
  public:
    static constexpr std::size_t kMostOfSession = 30;
    /// Of pictures in memory; older ones than fit are made anew from their settings.
    static constexpr std::int64_t kMostBytes = 256'000'000;

    /// Newest first. False when it is what the newest shows already.
    bool add(StyleResult result);
    void set_stored(std::vector<StyleResult> stored) { stored_ = std::move(stored); }
    /// The session's, then the stored ones.
    std::vector<StyleResult> all() const;
    const StyleResult* find(const QString& id) const;

  private:
    std::vector<StyleResult> session_, stored_;
    int count_ = 0;
};

/// The stored style runs that have a picture, newest first, at most `most`. Slow: for a thread.
std::vector<StyleResult> scan_style_results(const std::filesystem::path& runs, int most = 40);

/// "Instant, 256 px, strength 0.8": what tells a result from others.
QString describe_result(const ParamSet& params);

}  // namespace pentimento::ui
