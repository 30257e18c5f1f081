// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/pipeline.h"

#include "core/base/cancellation.h"

#include <nlohmann/json.hpp>

namespace bitprism::tokenize {

namespace {

// The words of a text follow Zipf's law: a bounded cache catches nearly all of them.
constexpr std::size_t maxCachedWords = std::size_t{1} << 16;
constexpr std::size_t maxCachedWordBytes = 64;

/// Encodes one text. A word met again takes its ids from where they stand in the result.
class TextEncoder
{
public:
    explicit TextEncoder(const Pipeline &pipeline)
        : m_pipeline(pipeline)
    {
    }

    std::vector<TokenId> encode(std::string_view text)
    {
        for (const TextPart &part : m_pipeline.addedTokens.split(text, false)) {
            if (part.id) {
                m_ids.push_back(*part.id);
            } else {
                std::string stretch(
                    text.substr(part.range.begin, part.range.end - part.range.begin));
                if (m_pipeline.normalizer) {
                    m_pipeline.normalizer(stretch);
                }
                encodeNormalized(std::move(stretch), part.range.begin == 0);
            }
        }
        return std::move(m_ids);
    }

private:
    void encodeNormalized(std::string text, bool beginsInput)
    {
        const std::vector<TextPart> parts = m_pipeline.addedTokens.split(text, true);
        if (parts.size() == 1 && !parts.front().id) {
            encodePart(std::move(text), beginsInput);
            return;
        }
        for (const TextPart &part : parts) {
            if (part.id) {
                m_ids.push_back(*part.id);
            } else {
                encodePart(text.substr(part.range.begin, part.range.end - part.range.begin),
                           beginsInput && part.range.begin == 0);
            }
        }
    }

    /// Text without tokens.
    void encodePart(std::string text, bool beginsInput)
    {
        PieceList list;
        list.beginsInput = beginsInput;
        list.text = std::move(text);
        list.pieces = {{0, list.text.size()}};
        if (m_pipeline.preTokenizer) {
            m_pipeline.preTokenizer(list);
        }
        for (const Range &piece : list.pieces) {
            encodeWord(list.view(piece));
        }
    }

    /// Without a pre-tokenizer (LLaMA's files) a whole text is one word: it goes in parts then.
    void encodeWord(std::string_view word)
    {
        while (word.size() > maxCachedWordBytes) {
            const std::size_t length = m_pipeline.model->independentPrefix(word);
            encodePart(word.substr(0, length));
            word.remove_prefix(length);
        }
        if (!word.empty()) {
            encodePart(word);
        }
    }

    void encodePart(std::string_view word)
    {
        constexpr std::size_t wordsBetweenLooks = 4096;
        if (++m_parts % wordsBetweenLooks == 0) {
            throwIfWorkCancelled();
        }
        if (word.size() > maxCachedWordBytes) {
            m_pipeline.model->encode(word, m_ids);
            return;
        }
        const auto known = m_words.find(word);
        const std::size_t first = m_ids.size();
        if (known != m_words.end()) {
            const auto [begin, end] = known->second;
            m_ids.resize(first + (end - begin));
            std::copy_n(m_ids.begin() + static_cast<std::ptrdiff_t>(begin), end - begin,
                        m_ids.begin() + static_cast<std::ptrdiff_t>(first));
            return;
        }
        m_pipeline.model->encode(word, m_ids);
        if (m_words.size() < maxCachedWords) {
            m_words.emplace(word, Range{first, m_ids.size()});
        }
    }

    const Pipeline &m_pipeline;
    std::vector<TokenId> m_ids;
    StringMap<Range> m_words;
    std::size_t m_parts = 0;
};

/// "type" of a stage, or of a stage within its Sequence.
bool hasStage(const nlohmann::json &stage, std::string_view type)
{
    if (stage.is_object()) {
        for (const auto &[key, value] : stage.items()) {
            if ((key == "type" && value == type) || (value.is_array() && hasStage(value, type))) {
                return true;
            }
        }
    } else if (stage.is_array()) {
        for (const nlohmann::json &element : stage) {
            if (hasStage(element, type)) {
                return true;
            }
        }
    }
    return false;
}

void checkFrame(const Pipeline &pipeline, const JsonNode &node)
{
    for (const std::vector<TokenId> *ids : {&pipeline.frame.before, &pipeline.frame.after}) {
        for (const TokenId id : *ids) {
            if (pipeline.tokenOf(id) == nullptr) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "%1: no token has the id %2."), node.where(), id);
            }
        }
    }
}

} // namespace

std::optional<TokenId> Pipeline::idOf(std::string_view token) const
{
    const std::optional<TokenId> added = addedTokens.vocabulary().idOf(token);
    return added ? added : model->vocabulary().idOf(token);
}

const std::string *Pipeline::tokenOf(TokenId id) const
{
    const std::string *added = addedTokens.vocabulary().tokenOf(id);
    return added != nullptr ? added : model->vocabulary().tokenOf(id);
}

std::unique_ptr<const Pipeline> readPipeline(const nlohmann::json &document,
                                             std::string_view source)
{
    const JsonNode root(document, std::string(source), "");
    auto pipeline = std::make_unique<Pipeline>();
    const std::optional<JsonNode> normalizer = root.find("normalizer");
    if (normalizer) {
        pipeline->normalizer = readNormalizer(*normalizer);
    }
    pipeline->model = readTokenModel(root.at("model"));
    if (const std::optional<JsonNode> added = root.find("added_tokens")) {
        pipeline->addedTokens
            = AddedTokens(*added, pipeline->model->vocabulary(), pipeline->normalizer);
    }
    const std::optional<JsonNode> preTokenizer = root.find("pre_tokenizer");
    if (preTokenizer) {
        pipeline->preTokenizer = readPreTokenizer(*preTokenizer);
    }
    if (const std::optional<JsonNode> processor = root.find("post_processor")) {
        pipeline->frame = readPostProcessor(*processor);
        checkFrame(*pipeline, *processor);
    }
    if (const std::optional<JsonNode> decoder = root.find("decoder")) {
        pipeline->decoder = readDecoder(*decoder);
    }
    pipeline->isByteLevel = (normalizer && hasStage(normalizer->value(), "ByteLevel"))
        || (preTokenizer && hasStage(preTokenizer->value(), "ByteLevel"));
    return pipeline;
}

std::vector<TokenId> encodeText(const Pipeline &pipeline, std::string_view text)
{
    return TextEncoder(pipeline).encode(text);
}

} // namespace bitprism::tokenize
