// What one pass makes of the wells' pictures (a blend, or a painter's), in the background: the
// newest request wins, and a picture is never waited for.
#pragma once

#include <QImage>
#include <QObject>
#include <QString>
#include <QTimer>
#include <array>
#include <memory>
#include <optional>

#include "core/base/frame.h"
#include "core/params/param_set.h"
#include "core/style/style_run.h"
#include "ui/background.h"

namespace pentimento::ui {

class InstantPreview : public QObject {
    Q_OBJECT
  public:
    struct Pictures {
        Frame content;
        std::array<Frame, style::kMaxStyles> styles;  ///< empty where there is none
        std::array<QImage, style::kMaxStyles> masks;  ///< null where there is none
        style::InstantNetworks networks;              ///< a painter's file, for that method
    };
    static constexpr int kQuickEdge = 256;  ///< longer edge while a hand is moving
    static constexpr int kRestMs = 350;     ///< after which the hand is at rest

    explicit InstantPreview(QObject* parent = nullptr);
    ~InstantPreview() override;

    /// Blends at kQuickEdge as soon as the one before is done, and at the size of `params` (of
    /// style::schema()) once no further request has come for kRestMs.
    void request(const ParamSet& params, const Pictures& pictures);
    /// Nothing more will arrive of what was asked for.
    void cancel();
    bool busy() const { return in_flight_ || pending_.has_value() || rest_.isActive(); }

  Q_SIGNALS:
    /// `final`: at full size.
    void blended(const pentimento::Frame& frame, bool final);
    void failed(const QString& message);

  private:
    struct Request {
        ParamSet params;
        Pictures pictures;
        bool final;
    };
    struct Blender;  ///< touched by one background job at a time
    void send(Request request);

    std::shared_ptr<Blender> blender_;
    std::optional<Request> pending_, last_;
    bool in_flight_ = false;
    QTimer rest_;
    Background background_;
};

}  // namespace pentimento::ui
