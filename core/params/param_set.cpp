#include "core/params/param_set.h"

#include <algorithm>
#include <stdexcept>

namespace pentimento {

Json to_json(const ParamValue& value) {
    return std::visit([](const auto& held) { return Json(held); }, value);
}

Result<ParamValue> param_value_from_json(const Json& value) {
    if (value.is_boolean()) return ParamValue(value.get<bool>());
    if (value.is_number_integer()) {
        if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
            return Error{ErrorCode::InvalidArgument, value.dump() + " is too large for a setting.",
                         ""};
        return ParamValue(value.get<std::int64_t>());
    }
    if (value.is_number_float()) return ParamValue(value.get<double>());
    if (value.is_string()) return ParamValue(value.get<std::string>());
    return Error{ErrorCode::InvalidArgument, "A setting must be a number, a text, true or false.",
                 ""};
}

ParamSet::ParamSet(Schema schema) : schema_(std::move(schema)) {
    for (const ParamSpec& spec : schema_.specs()) values_.emplace(spec.id, spec.default_value);
}

const ParamValue& ParamSet::value(std::string_view id) const {
    if (const auto found = values_.find(id); found != values_.end()) return found->second;
    if (const ParamSpec* spec = schema_.find(id)) return values_.find(spec->id)->second;
    throw std::logic_error("no such parameter: " + std::string(id));
}

Status ParamSet::set(std::string_view id, const ParamValue& value) {
    const ParamSpec* spec = schema_.find(id);
    if (!spec) return schema_.unknown(id);
    Result<ParamValue> checked = spec->validate(value);
    if (!checked) return checked.error();
    values_.find(spec->id)->second = *std::move(checked);
    return {};
}

Status ParamSet::set_text(std::string_view id, std::string_view text) {
    return set(id, ParamValue(std::string(text)));
}

Status ParamSet::apply(const Patch& patch) {
    auto before = values_;
    for (const auto& [id, value] : patch) {
        if (Status status = set(id, value); !status) {
            values_ = std::move(before);
            return status;
        }
    }
    return {};
}

bool ParamSet::relevant(const ParamSpec& spec) const {
    if (spec.when_id.empty()) return true;
    const std::string now = to_text(value(spec.when_id));
    return std::find(spec.when_values.begin(), spec.when_values.end(), now) !=
           spec.when_values.end();
}

Json ParamSet::to_json() const {
    Json object = Json::object();
    for (const ParamSpec& spec : schema_.specs())
        object[spec.id] = pentimento::to_json(value(spec.id));
    return object;
}

Result<std::vector<std::string>> ParamSet::from_json(const Json& object) {
    if (!object.is_object())
        return Error{ErrorCode::InvalidArgument, "Settings must be a JSON object.", ""};
    std::vector<std::string> warnings;
    Patch patch;
    for (const auto& [key, held] : object.items()) {
        const ParamSpec* spec = schema_.find(key);
        if (!spec) {
            warnings.push_back(schema_.unknown(key).message);
            continue;
        }
        Result<ParamValue> parsed = param_value_from_json(held);
        if (!parsed)
            return Error{parsed.error().code, "Setting " + key + ": " + parsed.error().message, ""};
        patch[spec->id] = *std::move(parsed);
    }
    if (Status status = apply(patch); !status) return status.error();
    return warnings;
}

std::vector<ParamSet::Difference> ParamSet::difference_from(const ParamSet& base) const {
    std::vector<Difference> differences;
    for (const ParamSpec& spec : schema_.specs()) {
        const ParamValue &from = base.value(spec.id), &to = value(spec.id);
        if (from != to) differences.push_back({&spec, from, to});
    }
    return differences;
}

Status Preset::apply_to(ParamSet& params) const {
    ParamSet fresh(params.schema());
    for (const auto& [key, text] : settings)
        if (Status status = fresh.set_text(key, text); !status)
            return Error{status.error().code, "Preset '" + id + "': " + status.error().message, ""};
    params = std::move(fresh);
    return {};
}

}  // namespace pentimento
