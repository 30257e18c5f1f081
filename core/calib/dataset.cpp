// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/dataset.h"

#include "core/tokenize/text_data.h"

namespace bitprism {

Dataset Dataset::openText(const std::filesystem::path &path)
{
    return {tokenize::readTextFile(path), std::filesystem::absolute(path).lexically_normal()};
}

Dataset Dataset::fromText(std::string text, std::filesystem::path path)
{
    return {std::move(text), std::move(path)};
}

std::vector<tokenize::TokenId> Dataset::tokens(const tokenize::Tokenizer &tokenizer) const
{
    return tokenizer.encodeIds(m_text);
}

std::vector<std::string_view> Dataset::documents(std::string_view separator) const
{
    return tokenize::splitDocuments(m_text, separator);
}

std::vector<std::string_view> Dataset::lines() const
{
    return tokenize::splitDocuments(m_text, "\n");
}

} // namespace bitprism
