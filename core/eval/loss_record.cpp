// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/loss_record.h"

#include "core/base/error.h"
#include "core/eval/scoring.h"

#include <limits>
#include <map>

namespace bitprism {

namespace {

constexpr float notScored = std::numeric_limits<float>::quiet_NaN();

/// One unit: its tokens as they were before masking, and a loss for each.
struct UnitText
{
    std::vector<std::int64_t> tokens;
    std::vector<float> losses;

    void set(std::int64_t position, std::int64_t token, float loss)
    {
        const auto place = static_cast<std::size_t>(position);
        if (place >= tokens.size()) {
            tokens.resize(place + 1, 0);
            losses.resize(place + 1, notScored);
        }
        tokens[place] = token;
        losses[place] = loss;
    }
};

/// What each token adds to the text. Decoders look at neighbours (they drop the space before the
/// first word), so a token is decoded behind the one before it.
std::vector<std::string> piecesOf(const std::vector<std::int64_t> &tokens,
                                  const tokenize::Tokenizer *tokenizer)
{
    std::vector<std::string> pieces;
    std::string before;
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        const auto id = static_cast<tokenize::TokenId>(tokens[i]);
        if (tokenizer == nullptr || id < 0 || id >= tokenizer->vocabularySize()) {
            pieces.push_back(std::to_string(tokens[i]) + " ");
            before.clear();
            continue;
        }
        const std::string alone = tokenizer->decode(std::vector{id}, false);
        std::string piece = alone;
        if (i > 0 && !before.empty()) {
            const std::vector pair{static_cast<tokenize::TokenId>(tokens[i - 1]), id};
            const std::string both = tokenizer->decode(pair, false);
            if (both.starts_with(before)) {
                piece = both.substr(before.size());
            }
        }
        pieces.push_back(std::move(piece));
        before = alone;
    }
    return pieces;
}

} // namespace

LossRecord::LossRecord(const std::vector<EvaluationItem> &items, std::int64_t limit)
    : m_items(items)
{
    std::int64_t targets = 0;
    while (m_count < items.size()) {
        targets += static_cast<std::int64_t>(items[m_count].targets.size());
        if (targets > limit && m_count > 0) {
            break;
        }
        ++m_count;
    }
    m_kept.resize(m_count);
}

void LossRecord::add(const at::Tensor &items, const MetricBatch &batch)
{
    const at::Tensor places = items.contiguous();
    const at::Tensor losses
        = lossOf(batch.logProbabilities, batch.targets).to(at::kCPU).contiguous();
    const at::Tensor likeliest = batch.logProbabilities.argmax(-1).to(at::kCPU).contiguous();
    for (std::int64_t i = 0; i < places.numel(); ++i) {
        const auto place = static_cast<std::size_t>(places.data_ptr<std::int64_t>()[i]);
        if (place < m_count) {
            m_kept[place].losses.push_back(losses.data_ptr<float>()[i]);
            m_kept[place].likeliest = likeliest.data_ptr<std::int64_t>()[i];
        }
    }
}

TokenLosses LossRecord::result(const ModelInfo &model, const tokenize::Tokenizer *tokenizer) const
{
    TokenLosses result;
    std::map<std::int64_t, std::size_t> places; // by unit
    std::vector<UnitText> texts;
    for (std::size_t i = 0; i < m_count; ++i) {
        const EvaluationItem &item = m_items[i];
        const Kept &kept = m_kept[i];
        BITPRISM_ASSERT(kept.losses.size() == item.targets.size(), "every target was scored");
        const auto [found, isNew] = places.emplace(item.unit, texts.size());
        if (isNew) {
            UnitText text;
            text.tokens = item.tokens;
            text.losses.assign(item.tokens.size(), notScored);
            texts.push_back(std::move(text));
            ScoredItem shown;
            shown.unit = item.unit;
            shown.source = item.source;
            result.items.push_back(std::move(shown));
        }
        UnitText &text = texts[found->second];
        result.scored += static_cast<std::int64_t>(kept.losses.size());
        if (item.targetKind == TargetKind::Label) { // one loss for the whole text, at its first
            ScoredItem &shown = result.items[found->second];
            shown.reference = item.reference;
            shown.hypothesis = model.labels.at(static_cast<std::size_t>(kept.likeliest));
            text.losses.front() = kept.losses.front();
            continue;
        }
        for (std::size_t t = 0; t < item.targets.size(); ++t) {
            const std::int64_t shift = item.targetKind == TargetKind::NextToken ? 1 : 0;
            text.set(item.positions[t] + shift, item.targets[t], kept.losses[t]);
        }
    }
    for (std::size_t i = 0; i < texts.size(); ++i) {
        result.items[i].pieces = piecesOf(texts[i].tokens, tokenizer);
        result.items[i].losses = std::move(texts[i].losses);
    }
    result.complete = m_count == m_items.size();
    return result;
}

} // namespace bitprism
