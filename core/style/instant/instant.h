// Any mixture of styles on any content in one pass, fast enough to follow a slider. No torch here.
#pragma once

#include <filesystem>
#include <memory>

#include "core/base/frame.h"
#include "core/base/result.h"
#include "core/params/param_set.h"

namespace pentimento::style {

extern const Param<double> kStrength;
/// Size, style size (which is the brush's), strength, the weights of the styles, the machine.
const Schema& instant_schema();

/// Where networks of one's own are; empty for the built-in ones.
struct InstantNetworks {
    std::filesystem::path features;
    std::filesystem::path decoder;
};

/// Remembers what each picture was last asked for, so that a call computes only what has changed:
/// weights and strength cost the decoder alone, a new style size the statistics of the styles, a
/// new size everything. Calls come from one thread at a time.
class InstantBlender {
  public:
    /// Takes device and threads from `params`.
    static Result<std::unique_ptr<InstantBlender>> make(const ParamSet& params,
                                                        const InstantNetworks& networks = {});
    ~InstantBlender();

    /// Empty frames take a picture away. At most kMaxStyles styles; `index` from 0.
    void set_content(Frame content);
    void set_style(int index, Frame style);

    /// The blend at `params` (of instant_schema()): longer edge `size`, the content's proportions.
    /// Without any style, or with all weights 0, it is the content as the networks see it.
    /// InvalidArgument without a content.
    Result<Frame> blend(const ParamSet& params);

  private:
    struct Impl;
    explicit InstantBlender(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::style
