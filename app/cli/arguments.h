// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::cli {

/// One flag: `--name VALUE`, or a switch when `value` is empty.
struct OptionSpec
{
    std::string_view name; ///< without dashes
    std::string_view value; ///< what stands for the value in --help: "FILE"
    std::string_view help;
    bool isRequired = false;
    bool isRepeatable = false;
};

struct PositionalSpec
{
    std::string_view name; ///< "MODEL"
    std::string_view help;
    std::size_t min = 1;
    std::size_t max = 1;
};

/// The parsed arguments of one command. Asking for a name that its table lacks breaks a promise;
/// a value that is not what the call asks for is BadUsage.
class Arguments
{
public:
    /// `words` are those after the command's name, without global options. Throws BadUsage for
    /// unknown flags, and missing or surplus arguments.
    Arguments(std::string_view command, const std::vector<PositionalSpec> &positionals,
              const std::vector<OptionSpec> &options, const std::vector<std::string> &words);

    /// Values of the positional of this name, in order.
    const std::vector<std::string> &positionals(std::string_view name) const;
    const std::string &positional(std::string_view name) const;

    bool has(std::string_view name) const;
    /// The last value given, or nothing.
    std::optional<std::string> text(std::string_view name) const;
    std::vector<std::string> all(std::string_view name) const;
    std::optional<std::int64_t> integer(std::string_view name, std::int64_t min,
                                        std::int64_t max) const;
    std::optional<double> number(std::string_view name, double min, double max) const;
    /// Comma-separated integers.
    std::optional<std::vector<std::int64_t>> integers(std::string_view name, std::int64_t min,
                                                      std::int64_t max) const;
    /// Comma-separated numbers.
    std::optional<std::vector<double>> numbers(std::string_view name, double min, double max) const;

private:
    void takePositionals(const std::vector<PositionalSpec> &specs,
                         const std::vector<std::string> &words);

    std::string m_command;
    std::map<std::string, std::vector<std::string>, std::less<>> m_options;
    std::map<std::string, std::vector<std::string>, std::less<>> m_positionals;
};

/// An integer in [min, max]; BadUsage that names `what` otherwise.
std::int64_t parseInteger(std::string_view text, std::string_view what, std::int64_t min,
                          std::int64_t max);

/// A number in [min, max]; BadUsage that names `what` otherwise.
double parseNumber(std::string_view text, std::string_view what, double min, double max);

/// Options that every command takes, before or after its name.
struct GlobalOptions
{
    std::optional<std::filesystem::path> store; ///< absolute; nothing: the user's own
    bool isJson = false;
    bool isQuiet = false;
    bool wantsVersion = false;
    bool wantsHelp = false;
    int threads = 0; ///< 0: all cores
    std::string device = "cpu";
    std::optional<std::uint64_t> seed;

    static const std::vector<OptionSpec> &specs();
};

/// A command line cut into its parts.
struct CommandLine
{
    GlobalOptions global;
    std::string command; ///< empty: none
    std::vector<std::string> words; ///< everything after it that is not global
};

/// Throws BadUsage. `--name=value` and `--name value` are the same; after `--` nothing is a flag.
/// `optionsOf` gives the flags of a command, so that a flag's value is never taken for a global.
CommandLine splitCommandLine(const std::vector<std::string> &words,
                             const std::vector<OptionSpec> *(*optionsOf)(std::string_view command));

} // namespace bitprism::cli
