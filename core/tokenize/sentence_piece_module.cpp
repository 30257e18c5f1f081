// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/sentence_piece_library.h"

#include <exception>
#include <sentencepiece_processor.h>

namespace bitprism::tokenize {

namespace {

class Reader final : public SentencePieceReader
{
public:
    std::string load(const std::string &bytes)
    {
        try { // pieces that its trie cannot hold make it throw, whatever its header says
            const auto status = m_processor.LoadFromSerializedProto(bytes);
            return status.ok() ? std::string() : "sentencepiece: " + std::string(status.message());
        } catch (const std::exception &error) {
            return std::string("sentencepiece: ") + error.what();
        }
    }

    int size() const override { return m_processor.GetPieceSize(); }
    std::string piece(int id) const override { return m_processor.IdToPiece(id); }
    bool isSpecial(int id) const override
    {
        return m_processor.IsControl(id) || m_processor.IsUnknown(id);
    }
    std::string encode(std::string_view text, std::vector<int> &ids) const override
    {
        std::vector<int> found;
        const auto status = m_processor.Encode({text.data(), text.size()}, &found);
        ids.insert(ids.end(), found.begin(), found.end());
        return status.ok() ? std::string() : "sentencepiece: " + std::string(status.message());
    }

private:
    sentencepiece::SentencePieceProcessor m_processor;
};

} // namespace

} // namespace bitprism::tokenize

extern "C" bitprism::tokenize::SentencePieceReader *
bitprism_open_sentence_piece(const std::string &bytes, std::string &problem)
{
    auto reader = std::make_unique<bitprism::tokenize::Reader>();
    problem = reader->load(bytes);
    return problem.empty() ? reader.release() : nullptr;
}
