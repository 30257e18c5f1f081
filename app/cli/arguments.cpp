// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/arguments.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace bitprism::cli {

namespace {

/// "--name=value" or "--name".
struct Flag
{
    std::string name;
    std::optional<std::string> value;
};

std::optional<Flag> asFlag(const std::string &word)
{
    if (word.size() < 3 || !word.starts_with("--")) {
        return std::nullopt;
    }
    const std::size_t equals = word.find('=');
    if (equals == std::string::npos) {
        return Flag{word.substr(2), std::nullopt};
    }
    return Flag{word.substr(2, equals - 2), word.substr(equals + 1)};
}

const OptionSpec *findSpec(const std::vector<OptionSpec> &specs, std::string_view name)
{
    const auto found = std::find_if(specs.begin(), specs.end(),
                                    [&](const OptionSpec &spec) { return spec.name == name; });
    return found == specs.end() ? nullptr : &*found;
}

/// A word that is a known flag is never another flag's value: `--data --json` lacks a file name.
bool isKnownFlag(const std::string &word, const std::vector<OptionSpec> &specs)
{
    const std::optional<Flag> flag = asFlag(word);
    return word == "--"
        || (flag
            && (findSpec(specs, flag->name) != nullptr
                || findSpec(GlobalOptions::specs(), flag->name) != nullptr));
}

/// The value of a flag at words[at]: after `=`, or the next word. Moves `at` behind it.
std::string takeValue(const OptionSpec &spec, const std::vector<OptionSpec> &specs,
                      const Flag &flag, const std::vector<std::string> &words, std::size_t &at)
{
    if (spec.value.empty()) {
        if (flag.value) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "--%1 takes no value; see --help."), spec.name);
        }
        return "";
    }
    // These name files or cut texts, so an empty word is a variable that was not set.
    constexpr std::array<std::string_view, 6> names{"F", "FILE", "PATH", "RECIPE", "DIR", "SEP"};
    const bool isName = std::find(names.begin(), names.end(), spec.value) != names.end();
    const std::string_view given = flag.value ? std::string_view(*flag.value)
        : at + 1 < words.size()               ? std::string_view(words[at + 1])
                                              : std::string_view("-");
    if (isName && given.empty()) {
        throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "--%1 needs a value: --%1 %2."),
                    spec.name, spec.value);
    }
    if (flag.value) {
        return *flag.value;
    }
    if (at + 1 >= words.size() || isKnownFlag(words[at + 1], specs)) {
        throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "--%1 needs a value: --%1 %2."),
                    spec.name, spec.value);
    }
    return words[++at];
}

void applyGlobal(GlobalOptions &global, std::string_view name, const std::string &value)
{
    if (name == "store") {
        if (value.empty()) {
            throw Error(ErrorCode::BadUsage, BITPRISM_TR("Error", "--store needs a file name."));
        }
        global.store = std::filesystem::absolute(value).lexically_normal();
    } else if (name == "json") {
        global.isJson = true;
    } else if (name == "quiet") {
        global.isQuiet = true;
    } else if (name == "version") {
        global.wantsVersion = true;
    } else if (name == "help") {
        global.wantsHelp = true;
    } else if (name == "threads") {
        global.threads = static_cast<int>(parseInteger(value, "--threads", 1, 4096));
    } else if (name == "seed") {
        global.seed = static_cast<std::uint64_t>(parseInteger(value, "--seed", 0, INT64_MAX));
    } else if (name == "device") {
        const bool isNumbered = value.starts_with("cuda:") && value.size() > 5;
        if (value != "cpu" && value != "cuda" && !isNumbered) {
            throw Error(
                ErrorCode::BadUsage,
                BITPRISM_TR("Error", "--device is \"%1\", but must be cpu, cuda or cuda:N."),
                value);
        }
        if (isNumbered) {
            parseInteger(std::string_view(value).substr(5), "--device cuda:N", 0, 255);
        }
        global.device = value;
    }
}

} // namespace

std::int64_t parseInteger(std::string_view text, std::string_view what, std::int64_t min,
                          std::int64_t max)
{
    std::int64_t value = 0;
    const char *end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, value);
    if (failure != std::errc() || stop != end || value < min || value > max) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "%1 is \"%2\", but must be an integer between %3 and %4."),
                    what, text, min, max);
    }
    return value;
}

double parseNumber(std::string_view text, std::string_view what, double min, double max)
{
    double number = 0;
    const char *end = text.data() + text.size();
    const auto [stop, failure] = std::from_chars(text.data(), end, number);
    if (failure != std::errc() || stop != end || !(number >= min && number <= max)) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "%1 is \"%2\", but must be a number between %3 and %4."),
                    what, text, min, max);
    }
    return number;
}

const std::vector<OptionSpec> &GlobalOptions::specs()
{
    static const std::vector<OptionSpec> list{
        {"store", "FILE", "Project file (default: in the user's data directory)"},
        {"json", "", "Print one JSON document on standard output"},
        {"threads", "N", "Threads to compute with (default: all cores)"},
        {"device", "cpu|cuda[:N]", "Device to compute on (default: cpu)"},
        {"seed", "N", "Seed of all random choices (default: the recipe's, else 0)"},
        {"quiet", "", "Print nothing on standard error but errors"},
        {"version", "", "Print the version"},
        {"help", "", "Print help; after a command, its help"},
    };
    return list;
}

CommandLine splitCommandLine(const std::vector<std::string> &words,
                             const std::vector<OptionSpec> *(*optionsOf)(std::string_view command))
{
    CommandLine line;
    const std::vector<OptionSpec> *options = nullptr;
    for (std::size_t at = 0; at < words.size(); ++at) {
        const std::string &word = words[at];
        if (word == "--") {
            line.words.insert(line.words.end(), words.begin() + static_cast<std::ptrdiff_t>(at),
                              words.end());
            break;
        }
        const std::optional<Flag> flag = asFlag(word);
        if (!flag && line.command.empty()) {
            line.command = word;
            options = optionsOf(word);
            continue;
        }
        const OptionSpec *global = flag ? findSpec(GlobalOptions::specs(), flag->name) : nullptr;
        if (global != nullptr) {
            applyGlobal(line.global, global->name,
                        takeValue(*global, GlobalOptions::specs(), *flag, words, at));
            continue;
        }
        line.words.push_back(word);
        const OptionSpec *own
            = flag && options != nullptr ? findSpec(*options, flag->name) : nullptr;
        const bool takesNext = own != nullptr && !own->value.empty() && !flag->value;
        if (takesNext && at + 1 < words.size() && !isKnownFlag(words[at + 1], *options)) {
            line.words.push_back(words[++at]);
        } else if (flag && line.command.empty()) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "Unknown option --%1; see --help."), flag->name);
        }
    }
    return line;
}

Arguments::Arguments(std::string_view command, const std::vector<PositionalSpec> &positionals,
                     const std::vector<OptionSpec> &options, const std::vector<std::string> &words)
    : m_command(command)
{
    for (const OptionSpec &option : options) {
        m_options.emplace(option.name, std::vector<std::string>());
    }
    std::vector<std::string> rest;
    for (std::size_t at = 0; at < words.size(); ++at) {
        if (words[at] == "--") {
            rest.insert(rest.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                        words.end());
            break;
        }
        const std::optional<Flag> flag = asFlag(words[at]);
        if (!flag) {
            rest.push_back(words[at]);
            continue;
        }
        const OptionSpec *spec = findSpec(options, flag->name);
        if (spec == nullptr) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "%1: unknown option --%2; see %1 --help."), m_command,
                        flag->name);
        }
        m_options.find(spec->name)->second.push_back(takeValue(*spec, options, *flag, words, at));
    }
    for (const OptionSpec &option : options) {
        if (option.isRequired && !has(option.name)) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "%1: --%2 %3 is missing; see %1 --help."), m_command,
                        option.name, option.value);
        }
    }
    takePositionals(positionals, rest);
}

void Arguments::takePositionals(const std::vector<PositionalSpec> &specs,
                                const std::vector<std::string> &words)
{
    std::size_t at = 0;
    for (const PositionalSpec &spec : specs) {
        const std::size_t count = std::min(spec.max, words.size() - at);
        if (count < spec.min && count > 0) {
            throw Error(
                ErrorCode::BadUsage,
                BITPRISM_TR("Error", "%1: %2 must be given %3 times or more; see %1 --help."),
                m_command, spec.name, spec.min);
        }
        if (count < spec.min) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "%1: the argument %2 is missing; see %1 --help."),
                        m_command, spec.name);
        }
        const auto begin = words.begin() + static_cast<std::ptrdiff_t>(at);
        m_positionals.emplace(
            spec.name, std::vector<std::string>(begin, begin + static_cast<std::ptrdiff_t>(count)));
        at += count;
    }
    if (at < words.size()) {
        throw Error(ErrorCode::BadUsage,
                    BITPRISM_TR("Error", "%1: \"%2\" is one argument too many; see %1 --help."),
                    m_command, words[at]);
    }
}

const std::vector<std::string> &Arguments::positionals(std::string_view name) const
{
    const auto found = m_positionals.find(name);
    BITPRISM_ASSERT(found != m_positionals.end(), "the command's table has the argument");
    return found->second;
}

const std::string &Arguments::positional(std::string_view name) const
{
    BITPRISM_ASSERT(!positionals(name).empty(), "the argument is required");
    return positionals(name).front();
}

bool Arguments::has(std::string_view name) const { return !all(name).empty(); }

std::optional<std::string> Arguments::text(std::string_view name) const
{
    const std::vector<std::string> values = all(name);
    return values.empty() ? std::nullopt : std::optional(values.back());
}

std::vector<std::string> Arguments::all(std::string_view name) const
{
    const auto found = m_options.find(name);
    BITPRISM_ASSERT(found != m_options.end(), "the command's table has the option");
    return found->second;
}

std::optional<std::int64_t> Arguments::integer(std::string_view name, std::int64_t min,
                                               std::int64_t max) const
{
    const std::optional<std::string> value = text(name);
    return value ? std::optional(parseInteger(*value, "--" + std::string(name), min, max))
                 : std::nullopt;
}

std::optional<double> Arguments::number(std::string_view name, double min, double max) const
{
    const std::optional<std::string> value = text(name);
    return value ? std::optional(parseNumber(*value, "--" + std::string(name), min, max))
                 : std::nullopt;
}

std::optional<std::vector<double>> Arguments::numbers(std::string_view name, double min,
                                                      double max) const
{
    const std::optional<std::string> value = text(name);
    if (!value) {
        return std::nullopt;
    }
    std::vector<double> result;
    std::string_view rest = *value;
    while (true) {
        const std::size_t comma = rest.find(',');
        result.push_back(parseNumber(rest.substr(0, comma), "--" + std::string(name), min, max));
        if (comma == std::string_view::npos) {
            return result;
        }
        rest.remove_prefix(comma + 1);
    }
}

std::optional<std::vector<std::int64_t>>
Arguments::integers(std::string_view name, std::int64_t min, std::int64_t max) const
{
    const std::optional<std::string> value = text(name);
    if (!value) {
        return std::nullopt;
    }
    std::vector<std::int64_t> result;
    std::string_view rest = *value;
    while (true) {
        const std::size_t comma = rest.find(',');
        result.push_back(parseInteger(rest.substr(0, comma), "--" + std::string(name), min, max));
        if (comma == std::string_view::npos) {
            return result;
        }
        rest.remove_prefix(comma + 1);
    }
}

} // namespace bitprism::cli
