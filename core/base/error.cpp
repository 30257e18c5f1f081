// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"

#include "core/base/utf8.h"

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace bitprism {

namespace {

constexpr std::size_t maxArgumentBytes = 400;

std::string printable(const std::string &value)
{
    std::string text = sanitizedUtf8(value);
    if (text.size() > maxArgumentBytes) {
        text.resize(utf8Floor(text, maxArgumentBytes));
        text += "...";
    }
    return text;
}

} // namespace

std::string errorArgument(std::string_view value) { return std::string(value); }

std::string errorArgument(const std::filesystem::path &value) { return value.string(); }

std::string errorArgument(double value)
{
    char buffer[32];
    std::snprintf(buffer, sizeof buffer, "%.6g", value);
    return buffer;
}

std::string substitute(std::string_view text, const std::vector<std::string> &arguments)
{
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 1 < text.size() && text[i + 1] >= '1' && text[i + 1] <= '9') {
            const std::size_t index = static_cast<std::size_t>(text[i + 1] - '1');
            if (index < arguments.size()) {
                result += arguments[index];
                ++i;
                continue;
            }
        }
        result += text[i];
    }
    return result;
}

Error::Error(ErrorCode code, TranslatableText message, std::vector<std::string> arguments)
    : std::runtime_error([&] {
        for (std::string &argument : arguments) {
            argument = printable(argument);
        }
        return substitute(message.text, arguments);
    }())
    , m_code(code)
    , m_message(message)
    , m_arguments(std::move(arguments))
{
}

void throwSystemError(int errorNumber, std::string_view action, const std::filesystem::path &path)
{
    TranslatableText text = BITPRISM_TR("Error", "%2: cannot %1: %3.");
    if (errorNumber == ENOSPC || errorNumber == EDQUOT) {
        text = BITPRISM_TR("Error", "%2: cannot %1: %3; make room and try again.");
    } else if (errorNumber == EROFS || errorNumber == EACCES || errorNumber == EPERM) {
        text = BITPRISM_TR("Error",
                           "%2: cannot %1: %3; change its permissions or choose another folder.");
    }
    throw Error(ErrorCode::Io, text, action, path, std::string_view(std::strerror(errorNumber)));
}

void failAssertion(const char *condition, const char *why, const char *file, int line)
{
    throw Error(ErrorCode::Internal,
                BITPRISM_TR("Error", "Internal error at %1:%2 (%3): %4. Please report it."),
                std::string_view(file), line, std::string_view(condition), std::string_view(why));
}

} // namespace bitprism
