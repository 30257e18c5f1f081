// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/numbers.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

namespace bitprism::numbers {

namespace {

constexpr const char *plusMinus = " \u00b1 ";
constexpr const char *minus = "\u2212";

template <typename... Arguments> std::string printed(const char *format, Arguments... arguments)
{
    std::array<char, 64> text{};
    const int length = std::snprintf(text.data(), text.size(), format, arguments...);
    return {text.data(), static_cast<std::size_t>(std::clamp(length, 0, 63))};
}

/// A typographic minus, so that signs have the width of digits; in exponents too.
std::string withMinus(std::string text)
{
    for (std::size_t at = text.find('-'); at != std::string::npos; at = text.find('-', at)) {
        text.replace(at, 1, minus);
    }
    return text;
}

/// Decimals that show the second digit of `standardError`.
int decimalsFor(double standardError)
{
    return std::clamp(1 - static_cast<int>(std::floor(std::log10(standardError))), 0, 9);
}

} // namespace

std::string plain(double value)
{
    if (!std::isfinite(value)) {
        return notMeasured;
    }
    if (value == 0) {
        return "0";
    }
    const double magnitude = std::abs(value);
    if (magnitude < 1e-4 || magnitude >= 1e7) {
        return withMinus(printed("%.3e", value));
    }
    const int decimals = std::clamp(3 - static_cast<int>(std::floor(std::log10(magnitude))), 0, 8);
    return withMinus(printed("%.*f", decimals, value));
}

std::string plain(const std::optional<double> &value)
{
    return value ? plain(*value) : notMeasured;
}

std::string fixed(double value, int decimals)
{
    return std::isfinite(value) ? withMinus(printed("%.*f", decimals, value)) : notMeasured;
}

std::string twoDecimals(double value) { return fixed(value, 2); }

std::string twoDecimals(const std::optional<double> &value)
{
    return value ? twoDecimals(*value) : notMeasured;
}

std::string bits(double value) { return fixed(value, value == std::round(value) ? 0 : 2); }

std::string withError(double value, double standardError)
{
    constexpr double negligible = 1e-5; // below the last of four significant digits
    if (!std::isfinite(value) || !(standardError > negligible * std::abs(value))
        || !std::isfinite(standardError)) {
        return plain(value);
    }
    const int decimals = decimalsFor(standardError);
    return withMinus(printed("%.*f", decimals, value)) + plusMinus
        + printed("%.*f", decimals, standardError);
}

std::string difference(const std::optional<double> &value,
                       const std::optional<double> &standardError)
{
    if (!value || !std::isfinite(*value)) {
        return notMeasured;
    }
    const std::string sign = *value > 0 ? "+" : "";
    const double error = standardError.value_or(0);
    return sign + withError(*value, error);
}

std::string bytes(std::int64_t count)
{
    constexpr std::array<const char *, 5> units{"B", "kB", "MB", "GB", "TB"};
    double value = static_cast<double>(count);
    std::size_t unit = 0;
    while (std::abs(value) >= 999.5 && unit + 1 < units.size()) {
        value /= 1000;
        ++unit;
    }
    const int decimals = unit == 0 ? 0 : std::abs(value) < 10 ? 2 : std::abs(value) < 100 ? 1 : 0;
    return withMinus(printed("%.*f", decimals, value)) + " " + units[unit];
}

std::string seconds(double value)
{
    if (!std::isfinite(value) || value < 0) {
        return notMeasured;
    }
    constexpr double fewSeconds = 9.5; // below, the parts of one still say something
    if (value < fewSeconds) {
        return printed("%.2f s", value);
    }
    const auto whole = static_cast<long long>(std::llround(value));
    return whole < 90  ? printed("%lld s", whole)
        : whole < 3600 ? printed("%lld min %lld s", whole / 60, whole % 60)
                       : printed("%lld h %lld min", whole / 3600, whole % 3600 / 60);
}

std::string moment(const std::string &iso)
{
    constexpr std::string_view form = "0000-00-00T00:00:00";
    const bool isKnown = iso.size() > form.size() && iso[10] == 'T' && iso.back() == 'Z';
    return isKnown ? iso.substr(0, 10) + " " + iso.substr(11, form.size() - 11) + " UTC" : iso;
}

std::string percent(double share)
{
    return std::isfinite(share) ? printed("%.1f %%", 100 * share) : notMeasured;
}

} // namespace bitprism::numbers
