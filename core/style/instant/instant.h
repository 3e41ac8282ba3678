// Any mixture of styles on any content in one pass, fast enough to follow a slider. No torch here.
#pragma once

#include <memory>

#include "core/base/frame.h"
#include "core/base/result.h"
#include "core/params/param_set.h"
#include "core/style/instant/networks.h"

namespace pentimento::style {

/// Remembers what each picture was last asked for, so that a call computes only what has changed:
/// weights and strength cost the decoder alone, a new style size the statistics of the styles, a
/// new size everything. A painter's picture is remembered whole. Calls come from one thread at a
/// time.
class InstantBlender {
  public:
    /// Takes method ("painter", else an instant blend), device and threads from `params`, of
    /// schema(). Unsupported and Corrupt for files that hold other networks, or damaged ones.
    static Result<std::unique_ptr<InstantBlender>> make(const ParamSet& params,
                                                        const InstantNetworks& networks = {});
    ~InstantBlender();

    /// Empty frames take a picture away. At most kMaxStyles styles; `index` from 0. A painter looks
    /// at the content only.
    void set_content(Frame content);
    void set_style(int index, Frame style);
    /// Where the style counts, as StyleInputs::masks; an empty frame: no mask.
    void set_mask(int index, Frame mask);

    /// The blend at `params` (size, style size, strength, weights of the styles, colour): longer
    /// edge `size`, the content's proportions. Without any style, or with all weights 0, it is the
    /// content as the networks see it; where masks leave room, the content itself.
    /// InvalidArgument without a content.
    Result<Frame> blend(const ParamSet& params);

    struct Impl;
    /// For the engine's own files, which know torch.
    Impl& impl() { return *impl_; }

  private:
    explicit InstantBlender(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace pentimento::style
