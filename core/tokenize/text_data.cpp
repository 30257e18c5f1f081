// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/text_data.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/file.h"
#include "core/tokenize/characters.h"

namespace bitprism::tokenize {

std::string readTextFile(const std::filesystem::path &path)
{
    constexpr std::string_view byteOrderMark = "\xEF\xBB\xBF";
    std::string text = io::readWholeFile(path, static_cast<std::uint64_t>(maxTextBytes));
    if (text.starts_with(byteOrderMark)) {
        text.erase(0, byteOrderMark.size());
    }
    if (const std::optional<std::size_t> position = invalidUtf8Position(text)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is not UTF-8 text (byte %2); convert it first."), path,
                    *position);
    }
    if (trimmed(text).empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 holds no text; choose a file with some."), path);
    }
    return text;
}

std::vector<std::string_view> splitDocuments(std::string_view text, std::string_view separator)
{
    if (separator.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The separator of documents must not be empty."));
    }
    std::vector<std::string_view> documents;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t end = std::min(text.find(separator, begin), text.size());
        const std::string_view document = trimmed(text.substr(begin, end - begin));
        if (!document.empty()) {
            documents.push_back(document);
        }
        begin = end + separator.size();
    }
    if (documents.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The text holds no document between separators \"%1\"."),
                    separator);
    }
    return documents;
}

std::string_view trimmed(std::string_view text)
{
    std::size_t begin = text.size();
    std::size_t end = 0;
    for (std::size_t i = 0; i < text.size();) {
        const std::size_t start = i;
        if (!isWhitespace(nextCodePoint(text, i))) {
            begin = std::min(begin, start);
            end = i;
        }
    }
    return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

} // namespace bitprism::tokenize
