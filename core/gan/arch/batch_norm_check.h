// What discriminators with batch norm refuse.
#pragma once

#include <string>

#include "core/params/param_set.h"

namespace pentimento::gan {

/// Why a discriminator with batch norm cannot be trained with the gradient penalty, if `params` ask
/// for that (Gulrajani et al. 2017, arXiv:1704.00028, section 4); else empty.
inline std::string refuses_gradient_penalty(const ParamSet& params, const std::string& remedy) {
    if (std::get<double>(params.value("gp_weight")) <= 0) return {};
    return "the gradient penalty asks for the slope at each picture, but with batch norm the "
           "discriminator's answer on a picture depends on all others of the batch; " +
           remedy + ", or set the gradient penalty to 0";
}

}  // namespace pentimento::gan
