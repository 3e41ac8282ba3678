// Values for the parameters of one schema, always complete and always valid.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/params/schema.h"

namespace pentimento {

/// A validated change of a few parameters: id → value. Newest value per id wins.
using Patch = std::map<std::string, ParamValue>;

class ParamSet {
  public:
    /// All defaults. The schema is copied, so a ParamSet can outlive it and cross threads.
    explicit ParamSet(Schema schema);

    const Schema& schema() const { return schema_; }

    template <class T>
    const T& get(const Param<T>& param) const {
        return std::get<T>(value(param.id()));
    }
    /// By id or alias; throws std::logic_error when the schema has none (a bug in the caller).
    const ParamValue& value(std::string_view id) const;

    Status set(std::string_view id, const ParamValue& value);
    Status set_text(std::string_view id, std::string_view text);
    /// All or nothing.
    Status apply(const Patch& patch);

    /// False while the parameter's `when` condition does not hold.
    bool relevant(const ParamSpec& spec) const;

    /// {"id": value, …} in the schema's order.
    Json to_json() const;
    /// Sets what the object names; unknown keys are returned as warnings, since a newer version may
    /// have written them; a wrong type or range is an error and changes nothing.
    Result<std::vector<std::string>> from_json(const Json& object);

    struct Difference {
        const ParamSpec* spec;
        ParamValue from;
        ParamValue to;
    };
    /// What changes on the way from `base` (of the same schema) to this set.
    std::vector<Difference> difference_from(const ParamSet& base) const;

    friend bool operator==(const ParamSet& a, const ParamSet& b) { return a.values_ == b.values_; }

  private:
    Schema schema_;
    std::map<std::string, ParamValue, std::less<>> values_;
};

Json to_json(const ParamValue& value);
Result<ParamValue> param_value_from_json(const Json& value);

/// Named values for a few parameters of a schema, with where they come from.
struct Preset {
    std::string id;
    std::string label;
    std::string help;       ///< what it shows and what to expect
    std::string reference;  ///< paper, lesson or URL; may be empty
    std::vector<std::pair<std::string, std::string>> settings;  ///< id → text

    /// Resets `params` to defaults, then applies the settings.
    Status apply_to(ParamSet& params) const;
};

}  // namespace pentimento
