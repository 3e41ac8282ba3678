// An ordered set of parameter declarations with unique names.
#pragma once

#include <string_view>
#include <vector>

#include "core/params/param_spec.h"

namespace pentimento {

class Schema {
  public:
    /// A duplicate id or alias, or a default outside its own range, is a programming error and
    /// throws std::logic_error at start-up.
    Schema& add(ParamSpec spec);
    template <class T>
    Schema& add(const Param<T>& param) {
        return add(param.spec());
    }
    /// Adds every declaration of `other`.
    Schema& add(const Schema& other);

    /// By id or alias; nullptr when there is none.
    const ParamSpec* find(std::string_view id) const;
    const std::vector<ParamSpec>& specs() const { return specs_; }
    /// "unknown setting 'lr': did you mean 'lr_g'?"
    Error unknown(std::string_view id) const;

  private:
    std::vector<ParamSpec> specs_;
};

}  // namespace pentimento
