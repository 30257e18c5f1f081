// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/help.h"

#include <algorithm>

namespace bitprism::cli {

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

std::string aligned(const Lines &lines)
{
    std::size_t width = 0;
    for (const auto &[left, right] : lines) {
        width = std::max(width, left.size());
    }
    std::string text;
    for (const auto &[left, right] : lines) {
        text += "  " + left + std::string(width - left.size() + 2, ' ') + right + "\n";
    }
    return text;
}

std::string flagOf(const OptionSpec &option)
{
    const std::string name = "--" + std::string(option.name);
    return option.value.empty() ? name : name + " " + std::string(option.value);
}

Lines linesOf(const std::vector<OptionSpec> &options)
{
    Lines lines;
    for (const OptionSpec &option : options) {
        lines.emplace_back(flagOf(option), option.help);
    }
    return lines;
}

std::string usageOf(const Command &command)
{
    std::string usage = "Usage: bitprism-cli " + std::string(command.name);
    for (const PositionalSpec &positional : command.positionals) {
        const std::string name(positional.name);
        const std::string repeated = positional.max > 1 ? " ..." : "";
        usage += positional.min == 0 ? " [" + name + repeated + "]" : " " + name + repeated;
    }
    for (const OptionSpec &option : command.options) {
        const std::string repeated = option.isRepeatable ? " ..." : "";
        usage += option.isRequired ? " " + flagOf(option) + repeated
                                   : " [" + flagOf(option) + repeated + "]";
    }
    return usage + "\n";
}

} // namespace

std::string generalHelp()
{
    Lines lines;
    for (const Command *command : commands()) {
        lines.emplace_back(command->name, command->summary);
    }
    return "Usage: bitprism-cli [global options] COMMAND ...\n\n"
           "Analyses and quantizes transformer models. MODEL is a checkpoint folder, a sample's "
           "name,\nor organisation/name in the local Hugging Face cache.\n\nCommands:\n"
        + aligned(lines) + "\nGlobal options:\n" + aligned(linesOf(GlobalOptions::specs()))
        + "\nExit status: 0 done, 1 failed, 2 wrong usage, 3 bad input, 130 cancelled.\n"
          "bitprism-cli COMMAND --help explains one command.\n";
}

std::string commandHelp(const Command &command)
{
    std::string text = usageOf(command) + "\n" + std::string(command.summary) + ".\n";
    Lines positionals;
    for (const PositionalSpec &positional : command.positionals) {
        positionals.emplace_back(positional.name, positional.help);
    }
    if (!positionals.empty()) {
        text += "\nArguments:\n" + aligned(positionals);
    }
    if (!command.options.empty()) {
        text += "\nOptions:\n" + aligned(linesOf(command.options));
    }
    return text + "\nGlobal options:\n" + aligned(linesOf(GlobalOptions::specs()));
}

} // namespace bitprism::cli
