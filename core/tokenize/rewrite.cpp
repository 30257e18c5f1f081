// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/rewrite.h"

#include "core/base/error.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

namespace bitprism::tokenize {

struct Rewrite::Code
{
    pcre2_code *code = nullptr;
    ~Code() { pcre2_code_free(code); }
};

Rewrite::Rewrite(std::string_view pattern, std::string replacement)
    : m_code(std::make_unique<Code>())
    , m_replacement(std::move(replacement))
{
    int problem = 0;
    PCRE2_SIZE place = 0;
    m_code->code
        = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                        PCRE2_UTF | PCRE2_UCP | PCRE2_NO_UTF_CHECK, &problem, &place, nullptr);
    BITPRISM_ASSERT(m_code->code != nullptr, "our own patterns compile");
}

Rewrite::~Rewrite() = default;
Rewrite::Rewrite(Rewrite &&) noexcept = default;
Rewrite &Rewrite::operator=(Rewrite &&) noexcept = default;

std::string Rewrite::apply(const std::string &text) const
{
    std::string result(2 * text.size() + 64, '\0');
    for (;;) {
        PCRE2_SIZE size = result.size();
        const int count = pcre2_substitute(
            m_code->code, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0,
            PCRE2_SUBSTITUTE_GLOBAL | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH | PCRE2_NO_UTF_CHECK,
            nullptr, nullptr, reinterpret_cast<PCRE2_SPTR>(m_replacement.data()),
            m_replacement.size(), reinterpret_cast<PCRE2_UCHAR *>(result.data()), &size);
        if (count == PCRE2_ERROR_NOMEMORY) {
            result.resize(size);
            continue;
        }
        BITPRISM_ASSERT(count >= 0, "our own replacements are well-formed");
        result.resize(size);
        return result;
    }
}

} // namespace bitprism::tokenize
