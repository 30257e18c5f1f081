// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::tokenize {

/// A tokenizer.model as libsentencepiece reads it. That library carries a protobuf of its own under
/// protobuf's names, LibTorch needs another: in one scope of symbols each calls into the other and
/// crashes. So it lives behind a module that is opened on first use, in a scope of its own.
class SentencePieceReader
{
public:
    virtual ~SentencePieceReader() = default;
    virtual int size() const = 0;
    virtual std::string piece(int id) const = 0;
    virtual bool isSpecial(int id) const = 0; ///< a control or the unknown token
    /// Appends to `ids`; gives what is wrong, or nothing.
    virtual std::string encode(std::string_view text, std::vector<int> &ids) const = 0;
};

/// Null, with the reason in `problem`, for a damaged model. Throws Internal where the module that
/// belongs to the program is missing.
std::unique_ptr<SentencePieceReader> openSentencePiece(const std::string &bytes,
                                                       std::string &problem);

} // namespace bitprism::tokenize

/// The module's one door; exceptions do not cross it.
extern "C" bitprism::tokenize::SentencePieceReader *
bitprism_open_sentence_piece(const std::string &bytes, std::string &problem);
