// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace bitprism::tokenize {

/// One regular expression (Perl's syntax, Unicode classes) and what every match
/// becomes; $1 ... in the replacement stand for groups. For patterns of our
/// own, not for untrusted ones.
class Rewrite
{
public:
    Rewrite(std::string_view pattern, std::string replacement);
    ~Rewrite();
    Rewrite(Rewrite &&) noexcept;
    Rewrite &operator=(Rewrite &&) noexcept;

    /// `text` is well-formed UTF-8.
    std::string apply(const std::string &text) const;

private:
    struct Code;
    std::unique_ptr<Code> m_code;
    std::string m_replacement;
};

} // namespace bitprism::tokenize
