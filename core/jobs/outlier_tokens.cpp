// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/outlier_tokens.h"

#include <algorithm>
#include <set>
#include <string>

namespace bitprism {

namespace {

/// What the token adds to a text. Decoders drop the space before the first word, so that it is
/// looked at behind itself.
std::string pieceOf(std::int64_t id, const tokenize::Tokenizer *tokenizer)
{
    if (tokenizer == nullptr || id < 0 || id >= tokenizer->vocabularySize()) {
        return std::to_string(id) + " ";
    }
    const auto token = static_cast<tokenize::TokenId>(id);
    const std::string alone = tokenizer->decode(std::vector{token}, false);
    const std::string twice = tokenizer->decode(std::vector{token, token}, false);
    return twice.starts_with(alone) ? twice.substr(alone.size()) : alone;
}

bool isReal(const at::Tensor &mask, std::int64_t sample, std::int64_t position)
{
    return !mask.defined() || mask.data_ptr<bool>()[sample * mask.size(1) + position];
}

void addState(AtlasTokens &result, const StreamState &state, const Batch *batch,
              std::int64_t firstSample)
{
    const std::int64_t samples = state.hidden.size(0);
    const std::int64_t length = state.hidden.size(1);
    const at::Tensor mask
        = state.mask.defined() ? state.mask.to(at::kCPU, at::kBool).contiguous() : at::Tensor();
    at::Tensor ids;
    if (batch != nullptr && batch->tokens.defined() && batch->tokens.numel() == samples * length) {
        ids = batch->tokens.to(at::kCPU).contiguous();
    }
    for (std::int64_t sample = 0; sample < samples; ++sample) {
        for (std::int64_t position = 0; position < length; ++position) {
            if (isReal(mask, sample, position)) {
                result.samples.push_back(firstSample + sample);
                result.positions.push_back(position);
                if (ids.defined()) {
                    result.ids.push_back(ids.data_ptr<std::int64_t>()[sample * length + position]);
                }
            }
        }
    }
}

} // namespace

AtlasTokens atlasTokens(const std::vector<StreamState> &states, const std::vector<Batch> &batches,
                        const tokenize::Tokenizer *tokenizer)
{
    AtlasTokens result;
    std::int64_t firstSample = 0;
    for (std::size_t i = 0; i < states.size(); ++i) {
        addState(result, states[i], i < batches.size() ? &batches[i] : nullptr, firstSample);
        firstSample += states[i].hidden.size(0);
    }
    if (result.ids.size() != result.samples.size()) {
        result.ids.clear();
    }
    const std::set<std::int64_t> vocabulary(result.ids.begin(), result.ids.end());
    result.vocabulary.assign(vocabulary.begin(), vocabulary.end());
    for (const std::int64_t id : result.vocabulary) {
        result.pieces.push_back(pieceOf(id, tokenizer));
    }
    return result;
}

TokenMark tokenMark(const AtlasTokens &tokens, std::int64_t token, double value)
{
    constexpr std::int64_t around = 8;
    TokenMark mark;
    mark.token = token;
    mark.value = value;
    if (token < 0 || token >= tokens.count()) {
        return mark;
    }
    const auto index = static_cast<std::size_t>(token);
    mark.sample = tokens.samples[index];
    mark.position = tokens.positions[index];
    if (!tokens.ids.empty()) {
        mark.id = tokens.ids[index];
        mark.text = tokens.text(token);
        mark.before = tokens.textAround(token, token - around, token);
        mark.after = tokens.textAround(token, token + 1, token + 1 + around);
    }
    return mark;
}

} // namespace bitprism
