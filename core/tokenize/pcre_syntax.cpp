// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/tokenize/pattern.h"

#include <algorithm>
#include <array>

namespace bitprism::tokenize {

namespace {

/// A shorthand whose members differ between the two dialects; `members` fits inside [ ].
struct Shorthand
{
    char letter;
    char negated;
    std::string_view members;
    std::string_view membersOutsideClass = {}; ///< Oniguruma's tables differ
};

constexpr std::array<Shorthand, 3> shorthands{{
    {'s', 'S', R"(\t-\r\x{85}\p{Z})"}, // PCRE2 adds U+180E
    {'w', 'W',
     R"(\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189})",
     R"(\x{B2}\x{B3}\x{B9}\x{BC}-\x{BE})"}, // PCRE2 has no marks
    {'h', 'H', "0-9A-Fa-f"}, // PCRE2: horizontal white space
}};

/// Walks over an expression once, copying all but shorthands.
class Translator
{
public:
    Translator(std::string_view expression, std::string_view where)
        : m_expression(expression)
        , m_where(where)
    {
    }

    std::string run()
    {
        while (m_position < m_expression.size()) {
            const char c = m_expression[m_position];
            if (c == '\\') {
                translateEscape();
            } else if (m_isInClass) {
                copyInClass(c);
            } else {
                if (c == '[') {
                    enterClass();
                } else {
                    copy(1);
                }
            }
        }
        return std::move(m_result);
    }

private:
    void copy(std::size_t count)
    {
        m_result.append(m_expression.substr(m_position, count));
        m_position = std::min(m_position + count, m_expression.size());
    }

    void enterClass()
    {
        m_isInClass = true;
        copy(1);
        if (startsWith("^")) {
            copy(1);
        }
        if (startsWith("]")) { // a literal bracket, in both dialects
            copy(1);
        }
    }

    void copyInClass(char c)
    {
        if (startsWith("[:punct:]")) { // PCRE2 knows ASCII symbols only
            m_result.append(R"(\p{P}\p{S})");
            m_position += std::string_view("[:punct:]").size();
        } else if (startsWith("[:space:]")) {
            m_result.append(shorthands[0].members);
            m_position += std::string_view("[:space:]").size();
        } else if (startsWith("[:")) {
            const std::size_t end = m_expression.find(":]", m_position + 2);
            copy(end == std::string_view::npos ? 1 : end + 2 - m_position);
        } else if (c == '[' || startsWith("&&")) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 nests or intersects character classes, which is not "
                                    "supported yet."),
                        m_where);
        } else {
            m_isInClass = c != ']';
            copy(1);
        }
    }

    void translateEscape()
    {
        const char letter = m_position + 1 < m_expression.size() ? m_expression[m_position + 1] : 0;
        for (const Shorthand &shorthand : shorthands) {
            if (letter == shorthand.letter && m_isInClass) {
                m_result.append(shorthand.members);
                m_position += 2;
                return;
            }
            if ((letter == shorthand.letter || letter == shorthand.negated) && !m_isInClass) {
                m_result.append(letter == shorthand.letter ? "[" : "[^");
                m_result.append(shorthand.members).append(shorthand.membersOutsideClass);
                m_result.append("]");
                m_position += 2;
                return;
            }
        }
        if (letter == 'u') { // four hexadecimal digits
            m_result.append("\\x{").append(m_expression.substr(m_position + 2, 4)).append("}");
            m_position = std::min(m_position + 6, m_expression.size());
            return;
        }
        copy(2);
    }

    bool startsWith(std::string_view text) const
    {
        return m_expression.substr(m_position).starts_with(text);
    }

    std::string_view m_expression;
    std::string_view m_where;
    std::size_t m_position = 0;
    bool m_isInClass = false;
    std::string m_result;
};

} // namespace

std::string pcreSyntax(std::string_view expression, std::string_view where)
{
    return Translator(expression, where).run();
}

} // namespace bitprism::tokenize
