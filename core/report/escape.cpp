// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/escape.h"

#include "core/base/utf8.h"

namespace bitprism::report {

std::string xmlEscaped(std::string_view text)
{
    std::string escaped;
    for (const char c : sanitizedUtf8(text)) {
        switch (c) {
        case '&':
            escaped += "&amp;";
            break;
        case '<':
            escaped += "&lt;";
            break;
        case '>':
            escaped += "&gt;";
            break;
        case '"':
            escaped += "&quot;";
            break;
        case '\'':
            escaped += "&#39;";
            break;
        default:
            escaped += c;
        }
    }
    return escaped;
}

std::string markdownEscaped(std::string_view text)
{
    std::string escaped;
    for (const char c : sanitizedUtf8(text)) {
        if (c == '<' || c == '>' || c == '&') {
            escaped += c == '<' ? "&lt;" : c == '>' ? "&gt;" : "&amp;";
            continue;
        }
        if (std::string_view("\\`*_[]|#~!").find(c) != std::string_view::npos) {
            escaped += '\\';
        }
        escaped += c;
    }
    return escaped;
}

std::string csvField(std::string_view text)
{
    const bool isFormula = !text.empty()
        && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
    std::string field = isFormula ? "'" : "";
    field += text;
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
        return field;
    }
    std::string quoted = "\"";
    for (const char c : field) {
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    }
    return quoted + "\"";
}

} // namespace bitprism::report
