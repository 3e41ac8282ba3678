// A new run made out of a stored one, as asked for on one page and done on another.
#pragma once

#include <QString>

#include "core/params/param_set.h"
#include "core/session/experiment.h"

namespace pentimento::ui {

struct Derivation {
    enum class Kind {
        Branch,   ///< goes on from a copy of a checkpoint
        Replay,   ///< the same again from the beginning
        Weights,  ///< begins anew on the dataset in use, with the weights of a checkpoint
    } kind = Kind::Branch;
    QString directory;  ///< of the stored run
    QString name;       ///< of the new one
    CheckpointChoice at;
    Patch overrides = {};  ///< branches: settings that differ
};

}  // namespace pentimento::ui
