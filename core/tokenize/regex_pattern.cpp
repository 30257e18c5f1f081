// SPDX-License-Identifier: GPL-3.0-or-later
#define PCRE2_CODE_UNIT_WIDTH 8
#include "core/base/error.h"
#include "core/tokenize/pattern.h"

#include <pcre2.h>

#include <memory>

namespace bitprism::tokenize {

namespace {

// Patterns come from files: these bound what a hostile one can cost.
constexpr std::size_t maxExpressionBytes = std::size_t{64} * 1024;
constexpr std::uint32_t maxMatchSteps = 10'000'000; // for one search, not for the whole text
constexpr std::uint32_t maxHeapKibibytes = 64 * 1024;

template <auto free> struct Freeing
{
    template <typename T> void operator()(T *object) const { free(object); }
};
using Code = std::unique_ptr<pcre2_code, Freeing<pcre2_code_free_8>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freeing<pcre2_match_context_free_8>>;
using CompileContext
    = std::unique_ptr<pcre2_compile_context, Freeing<pcre2_compile_context_free_8>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freeing<pcre2_match_data_free_8>>;

std::string messageOf(int errorNumber)
{
    PCRE2_UCHAR buffer[160] = {};
    pcre2_get_error_message(errorNumber, buffer, sizeof buffer);
    return reinterpret_cast<const char *>(buffer);
}

Code compile(std::string_view expression, std::string_view where)
{
    const std::string translated = pcreSyntax(expression, where);
    const CompileContext context(pcre2_compile_context_create(nullptr));
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    pcre2_set_max_pattern_length(context.get(), maxExpressionBytes);
    int errorNumber = 0;
    PCRE2_SIZE errorOffset = 0;
    // Oniguruma's ^ and $ match at every line.
    Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(translated.data()), translated.size(),
                            PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C,
                            &errorNumber, &errorOffset, context.get()));
    if (code == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is no usable regular expression: %2."), where,
                    messageOf(errorNumber));
    }
    pcre2_jit_compile(code.get(), PCRE2_JIT_COMPLETE); // without it, matching is slower only
    return code;
}

class RegexSearch
{
public:
    RegexSearch(std::string_view expression, std::string where)
        : m_where(std::move(where))
        , m_code(compile(expression, m_where))
        , m_context(pcre2_match_context_create(nullptr))
    {
        pcre2_set_match_limit(m_context.get(), maxMatchSteps);
        pcre2_set_depth_limit(m_context.get(), maxMatchSteps);
        pcre2_set_heap_limit(m_context.get(), maxHeapKibibytes);
    }

    void find(std::string_view text, std::vector<Range> &matches) const
    {
        const MatchData data(pcre2_match_data_create_from_pattern(m_code.get(), nullptr));
        std::size_t position = 0;
        std::size_t previousEnd = std::string_view::npos;
        while (position <= text.size() && search(text, position, data.get())) {
            const PCRE2_SIZE *ends = pcre2_get_ovector_pointer(data.get());
            const Range match{ends[0], ends[1]};
            if (match.begin > match.end || match.begin < position) {
                throwUnusable("a match ends before it begins");
            }
            if (match.begin == match.end && match.end == previousEnd) {
                position = match.end + 1;
                while (position < text.size()
                       && (static_cast<unsigned char>(text[position]) & 0xC0U) == 0x80U) {
                    ++position;
                }
                continue; // an empty match right behind a match does not count
            }
            matches.push_back(match);
            position = previousEnd = match.end;
        }
    }

private:
    bool search(std::string_view text, std::size_t position, pcre2_match_data *data) const
    {
        const auto run = [&](std::uint32_t options) {
            return pcre2_match(m_code.get(), reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(),
                               position, PCRE2_NO_UTF_CHECK | options, data, m_context.get());
        };
        int found = run(0);
        if (found == PCRE2_ERROR_JIT_STACKLIMIT) { // the interpreter keeps its stack on the heap
            found = run(PCRE2_NO_JIT);
        }
        if (found < 0 && found != PCRE2_ERROR_NOMATCH) {
            throwUnusable(messageOf(found));
        }
        return found >= 0;
    }

    [[noreturn]] void throwUnusable(std::string_view reason) const
    {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: the regular expression fails on this text: %2."),
                    m_where, reason);
    }

    std::string m_where;
    Code m_code;
    MatchContext m_context; // read only after the constructor
};

} // namespace

Pattern regexPattern(std::string_view expression, std::string where)
{
    const auto search = std::make_shared<const RegexSearch>(expression, std::move(where));
    return [search](std::string_view text, std::vector<Range> &matches) {
        search->find(text, matches);
    };
}

} // namespace bitprism::tokenize
