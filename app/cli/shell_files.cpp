// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/shell_files.h"

#include "app/cli/command.h"
#include "core/base/version.h"

#include <algorithm>
#include <array>

namespace bitprism::cli {

namespace {

/// Values that are the shell's own business: names of files and folders.
bool isPath(std::string_view value)
{
    constexpr std::array<std::string_view, 5> names{"FILE", "DIR", "PATH", "RECIPE", "MODEL"};
    return value == "F" || std::any_of(names.begin(), names.end(), [&](std::string_view name) {
               return value.find(name) != std::string_view::npos;
           });
}

/// What an argument can be, where its name lists it: "cpu|cuda[:N]" is cpu or cuda.
std::string wordsOf(std::string_view value)
{
    if (value.find('|') == std::string_view::npos) {
        return {};
    }
    std::string words;
    int depth = 0; // of brackets, whose content is of the reader's making
    for (const char c : value) {
        depth += c == '[' ? 1 : 0;
        if (depth == 0) {
            words += c == '|' ? ' ' : c;
        }
        depth -= c == ']' ? 1 : 0;
    }
    return words;
}

std::string flagsOf(const std::vector<OptionSpec> &options)
{
    std::string flags;
    for (const OptionSpec &option : options) {
        flags += (flags.empty() ? "--" : " --") + std::string(option.name);
    }
    return flags;
}

/// Every flag that takes a value of its own, in one pattern; only those with paths, or only the
/// others.
std::string patternOf(bool paths)
{
    std::vector<std::string> flags;
    const auto add = [&](const std::vector<OptionSpec> &options) {
        for (const OptionSpec &option : options) {
            const bool isListed = !wordsOf(option.value).empty();
            if (!option.value.empty() && !isListed && isPath(option.value) == paths) {
                flags.push_back("--" + std::string(option.name));
            }
        }
    };
    add(GlobalOptions::specs());
    for (const Command *command : commands()) {
        add(command->options);
    }
    std::sort(flags.begin(), flags.end());
    flags.erase(std::unique(flags.begin(), flags.end()), flags.end());
    std::string pattern;
    for (const std::string &flag : flags) {
        pattern += (pattern.empty() ? "" : "|") + flag;
    }
    return pattern;
}

std::string commandNames()
{
    std::string names;
    for (const Command *command : commands()) {
        names += (names.empty() ? "" : " ") + std::string(command->name);
    }
    return names;
}

std::string bashWords(const std::string &pattern, const std::string &words)
{
    return "        " + pattern + ") COMPREPLY=($(compgen -W \"" + words
        + "\" -- \"$word\")); return ;;\n";
}

/// Cases of flags and arguments whose values are listed.
std::string bashValues()
{
    std::string cases;
    const auto add = [&](const std::string &command, const std::vector<OptionSpec> &options) {
        for (const OptionSpec &option : options) {
            if (const std::string words = wordsOf(option.value); !words.empty()) {
                cases += bashWords(command + "\" --" + std::string(option.name) + "\"", words);
            }
        }
    };
    add("*", GlobalOptions::specs());
    for (const Command *command : commands()) {
        add(std::string(command->name), command->options);
    }
    return cases;
}

std::string bashArguments()
{
    std::string cases;
    for (const Command *command : commands()) {
        for (const PositionalSpec &positional : command->positionals) {
            if (const std::string words = wordsOf(positional.name); !words.empty()) {
                cases += bashWords(std::string(command->name), words);
            }
        }
    }
    return cases;
}

std::string zshValues(std::string_view name)
{
    const std::string words = wordsOf(name);
    return !words.empty() ? "(" + words + ")" : isPath(name) ? "_files" : "";
}

/// For a zsh text between single quotes in which brackets and colons have a meaning.
std::string zshText(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        if (c == '\'') {
            escaped += "'\\''";
            continue;
        }
        if (c == '[' || c == ']' || c == ':' || c == '\\') {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

std::string zshOption(const OptionSpec &option)
{
    std::string spec = "'";
    spec += option.isRepeatable ? "*" : "";
    spec += "--" + std::string(option.name) + "[" + zshText(option.help) + "]";
    if (!option.value.empty()) {
        spec += ":" + zshText(option.value) + ":" + zshValues(option.value);
    }
    return spec + "'";
}

std::string zshPositional(const PositionalSpec &positional)
{
    const std::string repeated = positional.max > 1 ? "*" : "";
    return "'" + repeated + ":" + zshText(positional.name) + ":" + zshValues(positional.name) + "'";
}

/// A text of man's language: a dash is no minus, a line must not begin with a full stop.
std::string manText(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        if (c == '\\') {
            escaped += "\\e";
        } else if (c == '-') {
            escaped += "\\-";
        } else {
            escaped += c;
        }
    }
    return escaped.starts_with('.') || escaped.starts_with('\'') ? "\\&" + escaped : escaped;
}

std::string manOptions(const std::vector<OptionSpec> &options)
{
    std::string text;
    for (const OptionSpec &option : options) {
        text += ".TP\n\\fB" + manText("--" + std::string(option.name)) + "\\fR";
        text += option.value.empty() ? "" : " \\fI" + manText(option.value) + "\\fR";
        text += "\n" + manText(option.help) + (option.help.ends_with('.') ? "" : ".");
        text += option.isRequired ? " Required." : "";
        text += option.isRepeatable ? " May be given several times." : "";
        text += "\n";
    }
    return text;
}

std::string manCommand(const Command &command)
{
    std::string text = ".SS " + manText(command.name);
    for (const PositionalSpec &positional : command.positionals) {
        text += " " + manText(positional.name) + (positional.max > 1 ? " ..." : "");
    }
    text += "\n" + manText(command.summary) + ".\n";
    for (const PositionalSpec &positional : command.positionals) {
        text
            += ".TP\n\\fI" + manText(positional.name) + "\\fR\n" + manText(positional.help) + ".\n";
    }
    return text + manOptions(command.options);
}

} // namespace

std::string bashCompletion()
{
    std::string cases;
    for (const Command *command : commands()) {
        cases += "        " + std::string(command->name) + ") flags=\"" + flagsOf(command->options)
            + " $global\" ;;\n";
    }
    return "# bash completion for bitprism-cli " + std::string(programVersion())
        + "\n_bitprism_cli()\n{\n"
          "    local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
          "    local commands=\""
        + commandNames() + "\"\n    local global=\"" + flagsOf(GlobalOptions::specs())
        + "\"\n    local command=\"\" flags=\"$global\" i\n"
          "    COMPREPLY=()\n"
          "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
          "        if [[ \" $commands \" == *\" ${COMP_WORDS[i]} \"* ]]; then\n"
          "            command=\"${COMP_WORDS[i]}\"\n            break\n        fi\n    done\n"
          "    case \"$command $before\" in\n"
        + bashValues()
        + "    esac\n"
          "    case \"$before\" in\n        "
        + patternOf(true)
        + ") compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n        "
        + patternOf(false)
        + ") return ;;\n    esac\n"
          "    case \"$command\" in\n"
        + cases
        + "    esac\n"
          "    if [[ \"$word\" == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$flags\" -- \"$word\"))\n"
          "        return\n"
          "    fi\n"
          "    case \"$command\" in\n"
          "        \"\") COMPREPLY=($(compgen -W \"$commands\" -- \"$word\")) ;;\n"
        + bashArguments()
        + "        *) compopt -o filenames; COMPREPLY=($(compgen -f -- \"$word\")) ;;\n"
          "    esac\n}\ncomplete -F _bitprism_cli bitprism-cli\n";
}

std::string zshCompletion()
{
    std::string global;
    for (const OptionSpec &option : GlobalOptions::specs()) {
        global += "        " + zshOption(option) + "\n";
    }
    std::string list;
    std::string cases;
    for (const Command *command : commands()) {
        list += "        '" + zshText(command->name) + ":" + zshText(command->summary) + "'\n";
        cases += "        " + std::string(command->name) + ") _arguments \"${global[@]}\"";
        for (const OptionSpec &option : command->options) {
            cases += " \\\n            " + zshOption(option);
        }
        for (const PositionalSpec &positional : command->positionals) {
            cases += " \\\n            " + zshPositional(positional);
        }
        cases += " ;;\n";
    }
    return "#compdef bitprism-cli\n# zsh completion for bitprism-cli "
        + std::string(programVersion())
        + "\n_bitprism_cli()\n{\n    local curcontext=\"$curcontext\" state line\n"
          "    local -a global commands\n    global=(\n"
        + global + "    )\n    commands=(\n" + list
        + "    )\n    _arguments -C \"${global[@]}\" '1: :->command' '*:: :->rest'\n"
          "    case \"$state\" in\n"
          "    command) _describe -t commands 'command' commands ;;\n"
          "    rest)\n        case \"$line[1]\" in\n"
        + cases + "        esac\n    ;;\n    esac\n}\n_bitprism_cli \"$@\"\n";
}

std::string manPage()
{
    std::string text = R"(.TH BITPRISM\-CLI 1 "" "Bitprism )" + manText(programVersion())
        + "\" \"User Commands\"\n.SH NAME\nbitprism\\-cli \\- analyse and quantize transformer "
          "models\n.SH SYNOPSIS\n.B bitprism\\-cli\n[\\fIglobal options\\fR] \\fICOMMAND\\fR ...\n"
          ".SH DESCRIPTION\nShows where a model is sensitive and where its outliers sit, chooses "
          "bits for its layers under a budget, quantizes, measures what it cost, compares runs, "
          "and writes reports and checkpoints that other programs load. What it stores, the "
          "workbench\n.B bitprism\nopens.\n.SH GLOBAL OPTIONS\n"
        + manOptions(GlobalOptions::specs()) + ".SH COMMANDS\n";
    for (const Command *command : commands()) {
        text += manCommand(*command);
    }
    return text
        + ".SH EXIT STATUS\n0 done; 1 failed; 2 wrong usage; 3 bad input; 130 cancelled.\n"
          ".SH ENVIRONMENT\n.TP\n\\fBHF_HUB_CACHE\\fR, \\fBHF_HOME\\fR, \\fBXDG_CACHE_HOME\\fR\n"
          "Where models of the name organisation/name are looked for.\n";
}

} // namespace bitprism::cli
