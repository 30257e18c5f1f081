// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/masked_items.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitprism {

namespace {

constexpr std::int64_t longestMonteCarlo = 1024; // dllmquant.md 6

[[noreturn]] void throwNothingToScore(const Dataset &data)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1 holds no token that this task could mask and score."),
                data.path());
}

} // namespace

std::int64_t maskTokenOf(const ModelInfo &model, const tokenize::Tokenizer *tokenizer)
{
    if (model.maskToken >= 0) {
        return model.maskToken;
    }
    for (const char *name : {"[MASK]", "<mask>", "<|mdm_mask|>"}) {
        if (const auto id = tokenizer == nullptr ? std::nullopt : tokenizer->tokenToId(name)) {
            return *id;
        }
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1 names no mask token in config.json (\"mask_token_id\"), and its "
                            "tokenizer has none; masking needs one."),
                model.path);
}

std::vector<bool> maskableTokens(const std::vector<std::int64_t> &tokens,
                                 const tokenize::Tokenizer *tokenizer)
{
    std::vector<bool> maskable(tokens.size(), true);
    for (std::size_t i = 0; tokenizer != nullptr && i < tokens.size(); ++i) {
        maskable[i] = !tokenizer->isSpecial(static_cast<tokenize::TokenId>(tokens[i]));
    }
    return maskable;
}

std::optional<EvaluationItem> maskedPassItem(const std::vector<std::int64_t> &tokens,
                                             const std::vector<bool> &maskable, int pass,
                                             std::int64_t maskToken, std::int64_t unit)
{
    EvaluationItem item;
    item.tokens = tokens;
    item.unit = unit;
    item.targetKind = TargetKind::SameToken;
    for (std::size_t i = static_cast<std::size_t>(pass); i < tokens.size(); i += maskedPasses) {
        if (maskable[i]) {
            item.positions.push_back(static_cast<std::int64_t>(i));
            item.targets.push_back(tokens[i]);
            item.tokens[i] = maskToken;
        }
    }
    return item.targets.empty() ? std::nullopt : std::optional(std::move(item));
}

ItemSet maskedLineItems(const TaskInput &input, int pass)
{
    input.options.check();
    const tokenize::Tokenizer &tokenizer = input.requireTokenizer();
    const std::int64_t mask = maskTokenOf(input.model.info(), &tokenizer);
    ItemSet set;
    set.length = lengthInForce(input.options, input.model.info(), set.notes);
    for (const std::string_view line : documentsOf(input.data, input.options, "\n", set.notes)) {
        if (input.options.samples > 0 && set.units == input.options.samples) {
            break;
        }
        throwIfWorkCancelled();
        const std::vector<tokenize::TokenId> ids = tokenizer.encodeIds(line);
        std::vector<std::int64_t> tokens(ids.begin(), ids.end());
        tokens.resize(std::min(tokens.size(), static_cast<std::size_t>(set.length)));
        const std::vector<bool> maskable = maskableTokens(tokens, &tokenizer);
        bool isScored = false;
        for (int p = pass < 0 ? 0 : pass; p <= (pass < 0 ? maskedPasses - 1 : pass); ++p) {
            if (auto item = maskedPassItem(tokens, maskable, p, mask, set.units)) {
                set.items.push_back(std::move(*item));
                isScored = true;
            }
        }
        // A line that this pass does not touch is no unit: it would be one without a token.
        set.units += isScored ? 1 : 0;
    }
    if (set.items.empty()) {
        throwNothingToScore(input.data);
    }
    return set;
}

std::vector<std::int64_t> maskCounts(std::int64_t length, int samples, MaskCounts rule,
                                     Random &random)
{
    const auto k = static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length))) + 1;
    std::vector<std::int64_t> counts;
    for (std::int64_t i = 0; i < samples; ++i) {
        if (rule == MaskCounts::Uniform) {
            counts.push_back((k - 1 + i * length / samples) % length + 1);
        } else {
            const double place = static_cast<double>(k) + static_cast<double>(i * length) / samples;
            const auto rounded = static_cast<std::int64_t>(std::nearbyint(place));
            counts.push_back((rounded - 1) % length + 1);
        }
    }
    return counts;
}

EvaluationItem monteCarloItem(const std::vector<std::int64_t> &tokens, std::int64_t count,
                              int samples, std::int64_t maskToken, std::int64_t unit,
                              Random &random)
{
    const auto length = static_cast<std::int64_t>(tokens.size());
    std::vector<std::int64_t> order(tokens.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    for (std::int64_t i = 0; i < count; ++i) { // the beginning of a Fisher-Yates shuffle
        const auto other
            = i + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(length - i)));
        std::swap(order[static_cast<std::size_t>(i)], order[static_cast<std::size_t>(other)]);
    }
    order.resize(static_cast<std::size_t>(count));
    std::sort(order.begin(), order.end());
    EvaluationItem item;
    item.tokens = tokens;
    item.unit = unit;
    item.targetKind = TargetKind::SameToken;
    item.positions = order;
    for (const std::int64_t position : order) {
        item.targets.push_back(tokens[static_cast<std::size_t>(position)]);
        item.tokens[static_cast<std::size_t>(position)] = maskToken;
    }
    const double weight = static_cast<double>(length) / static_cast<double>(count) / samples;
    item.weights.assign(item.targets.size(), weight);
    return item;
}

ItemSet monteCarloItems(const TaskInput &input, const MonteCarloOptions &options)
{
    const std::int64_t mask = maskTokenOf(input.model.info(), input.tokenizer);
    TaskOptions cut = input.options;
    cut.length = cut.length == 0
            && (input.model.info().contextLength > longestMonteCarlo
                || input.model.info().contextLength <= 0)
        ? longestMonteCarlo
        : cut.length;
    const ItemSet windows
        = nextTokenItems(input.data, input.requireTokenizer(), input.model.info(), cut);
    ItemSet set;
    set.units = windows.units;
    set.length = windows.length;
    set.stride = windows.stride;
    set.notes = windows.notes;
    for (const EvaluationItem &window : windows.items) {
        Random random(options.seed, "masks of window " + std::to_string(window.unit));
        const auto length = static_cast<std::int64_t>(window.tokens.size());
        for (const std::int64_t count :
             maskCounts(length, options.samples, options.counts, random)) {
            set.items.push_back(
                monteCarloItem(window.tokens, count, options.samples, mask, window.unit, random));
        }
    }
    return set;
}

ItemSet lossItems(const TaskInput &input)
{
    const std::string &objective = input.model.info().objective;
    if (objective == objectives::maskedToken) {
        return maskedLineItems(input);
    }
    if (objective == objectives::maskedDiffusion) {
        return monteCarloItems(input, {.samples = 1});
    }
    if (objective == objectives::nextToken) {
        return nextTokenItems(input.data, input.requireTokenizer(), input.model.info(),
                              input.options);
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1 predicts no tokens (its output is of the kind \"%2\"); choose a "
                            "task that fits it."),
                input.model.info().path, objective);
}

} // namespace bitprism
