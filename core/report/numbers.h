// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace bitprism::numbers {

/// Shown for what was not measured.
inline constexpr const char *notMeasured = "\u2013";

/// Four significant digits: 0.01234, 1.234e−05, 12340. Zero is "0"; NaN and infinities count as not
/// measured.
std::string plain(double value);
std::string plain(const std::optional<double> &value);
/// With so many decimals.
std::string fixed(double value, int decimals);
/// Two decimals: perplexity and average bits.
std::string twoDecimals(double value);
std::string twoDecimals(const std::optional<double> &value);
/// Width of codes: "3", or "3.25" where it is not whole.
std::string bits(double value);
/// "12.34 ± 0.05": the value to the error's second digit; plain() where the error is unknown, or
/// too small to show in four digits.
std::string withError(double value, double standardError);
/// "+0.31 ± 0.04": a difference has its sign and its standard error.
std::string difference(const std::optional<double> &value,
                       const std::optional<double> &standardError);
/// Decimal, as model hubs count: "1.84 GB", "512 B".
std::string bytes(std::int64_t count);
/// "1.25 s", "13 s", from 90 on "2 min 6 s", then "1 h 5 min".
std::string seconds(double value);
/// "2026-11-27 07:11:05 UTC" of an ISO 8601 moment of that zone; anything else as it is.
std::string moment(const std::string &iso);
/// "97.1 %".
std::string percent(double share);

} // namespace bitprism::numbers
