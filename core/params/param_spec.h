// What one parameter is. Its slider, spin box, tooltip, command-line flag, JSON key, range check,
// preset entry, undo text and reference page all come from this one declaration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/base/result.h"

namespace pentimento {

/// int64 for counts, double for quantities, string for choices and paths.
using ParamValue = std::variant<bool, std::int64_t, double, std::string>;

enum class Scale { Linear, Log };  ///< how a slider spreads [min, max]
enum class Apply {
    Live,
    Restart
};  ///< whether a change acts at the next step or at the next start
enum class Level { Basic, Advanced };  ///< whether it shows before "Advanced" is opened

struct Choice {
    std::string id;     ///< as written in files and on the command line
    std::string label;  ///< as shown
    std::string help;
};

struct ParamSpec {
    std::string id;     ///< snake_case; the JSON key; "--set id=value"
    std::string label;  ///< sentence case, short
    std::string
        help;  ///< one to three plain sentences: what it does and what more or less of it gives
    std::string unit;   ///< "px", "pictures", "steps" …; empty for plain numbers
    std::string group;  ///< heading under which panels and listings show it
    ParamValue default_value;
    std::optional<double> min;   ///< inclusive
    std::optional<double> max;   ///< inclusive
    std::optional<double> step;  ///< a spin box's increment; no constraint on values
    Scale scale = Scale::Linear;
    Apply apply = Apply::Restart;
    Level level = Level::Basic;
    std::vector<Choice> choices;           ///< non-empty: the value is the id of one of them
    std::vector<std::string> aliases;      ///< old or shorter names, accepted on input only
    std::string when_id;                   ///< shown and used only while this parameter …
    std::vector<std::string> when_values;  ///< … has one of these values (as text)

    /// Converts where no information is lost (int → double, "true" → bool …), checks range and
    /// choice. The error says what is allowed.
    Result<ParamValue> validate(const ParamValue& value) const;
    /// As validate, from text ("2e-4", "true", "dcgan").
    Result<ParamValue> parse(std::string_view text) const;
    /// "0.0002 … 1" or "fc, dcgan"; empty when anything goes.
    std::string allowed() const;
};

/// Shortest text that parses back to the same value.
std::string to_text(const ParamValue& value);

/// A ParamSpec whose C++ type is known, so that `params.get(kLearningRate)` is checked when
/// compiled. T is bool, std::int64_t, double or std::string.
template <class T>
class Param {
  public:
    Param(std::string id, T default_value) {
        spec_.id = std::move(id);
        spec_.default_value = std::move(default_value);
    }
    Param& label(std::string text) { return spec_.label = std::move(text), *this; }
    Param& help(std::string text) { return spec_.help = std::move(text), *this; }
    Param& unit(std::string text) { return spec_.unit = std::move(text), *this; }
    Param& group(std::string text) { return spec_.group = std::move(text), *this; }
    Param& range(double min, double max) { return spec_.min = min, spec_.max = max, *this; }
    Param& step(double increment) { return spec_.step = increment, *this; }
    Param& log_scale() { return spec_.scale = Scale::Log, *this; }
    Param& live() { return spec_.apply = Apply::Live, *this; }
    Param& advanced() { return spec_.level = Level::Advanced, *this; }
    Param& choice(std::string id, std::string label, std::string help = {}) {
        spec_.choices.push_back({std::move(id), std::move(label), std::move(help)});
        return *this;
    }
    Param& alias(std::string id) { return spec_.aliases.push_back(std::move(id)), *this; }
    Param& when(std::string id, std::vector<std::string> values) {
        spec_.when_id = std::move(id);
        spec_.when_values = std::move(values);
        return *this;
    }

    const ParamSpec& spec() const { return spec_; }
    const std::string& id() const { return spec_.id; }

  private:
    ParamSpec spec_;
};

}  // namespace pentimento
