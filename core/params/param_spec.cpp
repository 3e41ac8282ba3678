#include "core/params/param_spec.h"

#include <charconv>
#include <cmath>

#include "core/base/text.h"

namespace pentimento {
namespace {

constexpr std::size_t kBool = 0, kInt = 1, kDouble = 2, kString = 3;

std::optional<double> parse_double(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string number_text(double value) {
    char text[40];
    const auto [end, error] = std::to_chars(text, text + sizeof text, value);
    if (error != std::errc()) return "?";
    // 2e-04 → 2e-4, as people write it.
    std::string number(text, end);
    if (const std::size_t e = number.find('e'); e != std::string::npos) {
        std::size_t digits = e + 1;
        if (number[digits] == '+') number.erase(digits, 1);
        if (number[digits] == '-') ++digits;
        while (number[digits] == '0' && digits + 1 < number.size()) number.erase(digits, 1);
    }
    return number;
}

Error refused(const ParamSpec& spec, std::string_view given) {
    std::string message = "'" + std::string(given) + "' is not a value for " + spec.id;
    if (!spec.choices.empty()) {
        std::vector<std::string> ids;
        for (const Choice& choice : spec.choices) ids.push_back(choice.id);
        if (const std::string near = nearest(given, ids); !near.empty())
            message += "; did you mean '" + near + "'?";
    }
    const std::string allowed = spec.allowed();
    if (!allowed.empty()) message += " (allowed: " + allowed + ")";
    return Error{ErrorCode::InvalidArgument, message + ".", ""};
}

}  // namespace

std::string to_text(const ParamValue& value) {
    switch (value.index()) {
        case kBool:
            return std::get<bool>(value) ? "true" : "false";
        case kInt:
            return std::to_string(std::get<std::int64_t>(value));
        case kDouble:
            return number_text(std::get<double>(value));
        default:
            return std::get<std::string>(value);
    }
}

std::string ParamSpec::allowed() const {
    if (!choices.empty()) {
        std::vector<std::string> ids;
        for (const Choice& choice : choices) ids.push_back(choice.id);
        return join(ids, ", ");
    }
    if (default_value.index() == kBool) return "true, false";
    if (default_value.index() == kString) return "";
    const std::string low = min ? number_text(*min) : "", high = max ? number_text(*max) : "";
    if (min && max) return low + " … " + high;
    if (min) return "at least " + low;
    if (max) return "at most " + high;
    return default_value.index() == kInt ? "a whole number" : "a number";
}

Result<ParamValue> ParamSpec::validate(const ParamValue& given) const {
    ParamValue value = given;
    if (value.index() != default_value.index()) {
        if (default_value.index() == kDouble && value.index() == kInt)
            value = static_cast<double>(std::get<std::int64_t>(value));
        else if (default_value.index() == kInt && value.index() == kDouble &&
                 std::trunc(std::get<double>(value)) == std::get<double>(value) &&
                 std::abs(std::get<double>(value)) < 9e15)
            value = static_cast<std::int64_t>(std::get<double>(value));
        else if (value.index() == kString)
            return parse(std::get<std::string>(value));
        else
            return refused(*this, to_text(given));
    }
    if (value.index() == kInt || value.index() == kDouble) {
        const double number = value.index() == kInt
                                  ? static_cast<double>(std::get<std::int64_t>(value))
                                  : std::get<double>(value);
        if (!std::isfinite(number) || (min && number < *min) || (max && number > *max))
            return refused(*this, to_text(given));
    }
    if (!choices.empty()) {
        bool known = false;
        for (const Choice& choice : choices) known |= choice.id == to_text(value);
        if (!known) return refused(*this, to_text(given));
    }
    return value;
}

Result<ParamValue> ParamSpec::parse(std::string_view text) const {
    switch (default_value.index()) {
        case kBool:
            for (const char* yes : {"true", "yes", "on", "1"})
                if (text == yes) return ParamValue(true);
            for (const char* no : {"false", "no", "off", "0"})
                if (text == no) return ParamValue(false);
            return refused(*this, text);
        case kInt: {
            std::int64_t value = 0;
            const auto [end, error] =
                std::from_chars(text.data(), text.data() + text.size(), value);
            if (error == std::errc() && end == text.data() + text.size()) return validate(value);
            if (const auto number = parse_double(text)) return validate(*number);  // "1e3"
            return refused(*this, text);
        }
        case kDouble:
            if (const auto number = parse_double(text)) return validate(*number);
            return refused(*this, text);
        default:
            return validate(std::string(text));
    }
}

}  // namespace pentimento
