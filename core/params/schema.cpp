#include "core/params/schema.h"

#include <stdexcept>

#include "core/base/text.h"

namespace pentimento {

Schema& Schema::add(ParamSpec spec) {
    if (find(spec.id)) throw std::logic_error("parameter declared twice: " + spec.id);
    for (const std::string& alias : spec.aliases)
        if (find(alias) || alias == spec.id)
            throw std::logic_error("alias '" + alias + "' of parameter " + spec.id + " is taken");
    if (Result<ParamValue> checked = spec.validate(spec.default_value); !checked)
        throw std::logic_error("default of parameter " + spec.id + ": " + checked.error().message);
    specs_.push_back(std::move(spec));
    return *this;
}

Schema& Schema::add(const Schema& other) {
    for (const ParamSpec& spec : other.specs()) add(spec);
    return *this;
}

const ParamSpec* Schema::find(std::string_view id) const {
    for (const ParamSpec& spec : specs_) {
        if (spec.id == id) return &spec;
        for (const std::string& alias : spec.aliases)
            if (alias == id) return &spec;
    }
    return nullptr;
}

Error Schema::unknown(std::string_view id) const {
    std::vector<std::string> ids;
    for (const ParamSpec& spec : specs_) {
        ids.push_back(spec.id);
        ids.insert(ids.end(), spec.aliases.begin(), spec.aliases.end());
    }
    std::string message = "There is no setting '" + std::string(id) + "'";
    if (const std::string near = nearest(id, ids); !near.empty())
        message += "; did you mean '" + near + "'?";
    else
        message += ".";
    return Error{ErrorCode::NotFound, std::move(message), ""};
}

}  // namespace pentimento
