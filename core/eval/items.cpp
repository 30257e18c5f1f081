// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/items.h"

#include "core/base/cancellation.h"
#include "core/base/error.h"
#include "core/base/parameters.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

namespace bitprism {

namespace {

constexpr std::int64_t longestDefault = 2048; // the README states it
constexpr std::int64_t mostBatchTokens = 1024; // efficient products, and blocks stay in cache
constexpr std::int64_t workingBytes = std::int64_t{192} << 20;

/// Scores targets [firstTarget, size) of `tokens`.
EvaluationItem nextTokenItem(std::vector<std::int64_t> tokens, std::int64_t firstTarget,
                             std::int64_t unit)
{
    EvaluationItem item;
    item.unit = unit;
    for (std::size_t i = static_cast<std::size_t>(firstTarget); i < tokens.size(); ++i) {
        item.positions.push_back(static_cast<std::int64_t>(i) - 1);
        item.targets.push_back(tokens[i]);
    }
    item.tokens = std::move(tokens);
    return item;
}

ItemSet documentItems(const Dataset &data, const tokenize::Tokenizer &tokenizer,
                      std::int64_t length, const TaskOptions &options,
                      std::vector<std::string> &notes)
{
    ItemSet set;
    for (const std::string_view document : documentsOf(data, options, "\n", notes)) {
        if (options.samples > 0 && set.units == options.samples) {
            break;
        }
        throwIfWorkCancelled();
        std::vector<std::int64_t> tokens;
        const std::vector<tokenize::TokenId> ids = tokenizer.encodeIds(document, true);
        const std::optional<tokenize::TokenId> bos = tokenizer.bosId();
        if (bos && (ids.empty() || ids.front() != *bos)) {
            tokens.push_back(*bos);
        }
        tokens.insert(tokens.end(), ids.begin(), ids.end());
        // The marks behind a text are predicted, but nothing is predicted from them.
        const std::size_t ends = tokenizer.specialsAfter();
        const std::size_t inputs = tokens.size() - std::min(tokens.size(), ends);
        if (inputs > static_cast<std::size_t>(length)) {
            tokens.resize(static_cast<std::size_t>(length));
        }
        if (tokens.size() < 2) { // one token alone has nothing before it to predict it from
            continue;
        }
        EvaluationItem item = nextTokenItem(std::move(tokens), 1, set.units++);
        item.tokens.resize(std::min(item.tokens.size(), std::max<std::size_t>(1, inputs)));
        while (item.positions.back() >= static_cast<std::int64_t>(item.tokens.size())) {
            item.positions.pop_back(); // of several marks only the first has a text before it
            item.targets.pop_back();
        }
        set.items.push_back(std::move(item));
    }
    return set;
}

} // namespace

const tokenize::Tokenizer &TaskInput::requireTokenizer() const
{
    return tokenize::require(tokenizer, model.info());
}

std::int64_t lengthInForce(const TaskOptions &options, const ModelInfo &model,
                           std::vector<std::string> &notes)
{
    const std::int64_t context
        = model.contextLength > 0 ? model.contextLength : std::max(longestDefault, options.length);
    if (options.length == 0) {
        return std::min(context, longestDefault);
    }
    if (options.length > context) {
        notes.push_back("length " + std::to_string(options.length)
                        + " was cut to the model's context, " + std::to_string(context));
    }
    return std::min(options.length, context);
}

std::vector<std::string_view> documentsOf(const Dataset &data, const TaskOptions &options,
                                          std::string_view usual, std::vector<std::string> &notes)
{
    const std::string &separator = options.documents;
    if (!separator.empty() && !data.hasRecords()
        && data.text().find(separator) == std::string::npos) {
        notes.push_back(
            "the separator " + Json(separator).dump(-1, ' ', false, Json::error_handler_t::replace)
            + " does not stand in " + data.path().string() + ": its whole text is one document");
    }
    return data.documents(separator.empty() ? usual : std::string_view(separator));
}

void TaskOptions::check() const
{
    if (samples < 0 || length < 0 || length == 1 || stride < 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "samples %1, length %2, stride %3: a length of two tokens or more "
                                "and a positive stride are needed."),
                    samples, length, stride);
    }
}

std::int64_t ItemSet::scoredTokens() const
{
    std::int64_t sum = 0;
    for (const EvaluationItem &item : items) {
        sum += static_cast<std::int64_t>(item.targets.size());
    }
    return sum;
}

ItemSet windowItems(const std::vector<tokenize::TokenId> &tokens, std::int64_t length,
                    std::int64_t stride, std::int64_t maxWindows)
{
    ItemSet set;
    set.length = length;
    set.stride = stride;
    const std::int64_t count = static_cast<std::int64_t>(tokens.size());
    for (std::int64_t first = 0; first + length <= count; first += stride) {
        if (maxWindows > 0 && set.units == maxWindows) {
            break;
        }
        const std::int64_t firstTarget
            = first == 0 ? 1 : std::max<std::int64_t>(1, length - stride);
        set.items.push_back(nextTokenItem({tokens.begin() + first, tokens.begin() + first + length},
                                          firstTarget, set.units));
        ++set.units;
    }
    return set;
}

ItemSet nextTokenItems(const Dataset &data, const tokenize::Tokenizer &tokenizer,
                       const ModelInfo &model, const TaskOptions &options)
{
    options.check();
    std::vector<std::string> notes;
    const std::int64_t length = lengthInForce(options, model, notes);
    ItemSet set;
    std::size_t tokenCount = 0;
    if (options.documents.empty() && !data.hasRecords()) {
        const std::vector<tokenize::TokenId> tokens = data.tokens(tokenizer);
        tokenCount = tokens.size();
        set = windowItems(tokens, length, options.stride > 0 ? options.stride : length,
                          options.samples);
    } else {
        set = documentItems(data, tokenizer, length, options, notes);
    }
    if (set.items.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: %2 tokens are too few for one window of %3; give more text or "
                                "a smaller length."),
                    data.path(), tokenCount, length);
    }
    set.length = length;
    set.notes = std::move(notes);
    return set;
}

std::int64_t batchTokens(const Model &model)
{
    return std::clamp<std::int64_t>(workingBytes
                                        / std::max<std::int64_t>(1, model.workingBytesPerToken()),
                                    128, mostBatchTokens);
}

std::int64_t positionsOf(const EvaluationItem &item, const ModelInfo &model)
{
    constexpr std::int64_t melFramesPerPosition = 2; // the stem's second convolution has stride 2
    constexpr std::int64_t samplesPerPosition = 384; // strides 64, 3 and 2
    constexpr std::int64_t smallestPatch = 14;
    const auto tokens = static_cast<std::int64_t>(item.tokens.size());
    if (!item.features.defined()) {
        return tokens;
    }
    const std::int64_t last = item.features.size(-1);
    if (model.featureKind == featureKinds::logMel) {
        return tokens + last / melFramesPerPosition;
    }
    if (model.featureKind == featureKinds::waveform) {
        return tokens + last / samplesPerPosition;
    }
    const std::int64_t side = last / smallestPatch + 1;
    return tokens + side * side;
}

namespace {

/// Items `first` .. `first + count` of `order`, padded at the end to the longest.
ItemBatch makeBatch(const std::vector<EvaluationItem> &items, const std::size_t *order,
                    std::size_t count)
{
    std::int64_t longest = 0;
    std::vector<at::Tensor> features;
    for (std::size_t i = 0; i < count; ++i) {
        if (items[order[i]].features.defined()) {
            features.push_back(items[order[i]].features);
        }
        longest = std::max(longest, static_cast<std::int64_t>(items[order[i]].tokens.size()));
    }
    ItemBatch made;
    const std::int64_t samples = static_cast<std::int64_t>(count);
    made.batch.tokens = at::zeros({samples, longest}, at::kLong);
    made.batch.mask = at::zeros({samples, longest}, at::kBool);
    if (!features.empty()) {
        made.batch.features = at::stack(features, 0);
    }
    std::vector<std::int64_t> places;
    std::vector<double> weights;
    std::vector<std::int64_t> rows;
    std::vector<std::int64_t> targets;
    std::vector<std::int64_t> units;
    for (std::int64_t sample = 0; sample < samples; ++sample) {
        const EvaluationItem &item = items[order[sample]];
        std::copy(item.tokens.begin(), item.tokens.end(),
                  made.batch.tokens.data_ptr<std::int64_t>() + sample * longest);
        made.batch.mask[sample]
            .narrow(0, 0, static_cast<std::int64_t>(item.tokens.size()))
            .fill_(true);
        for (const std::int64_t position : item.positions) {
            rows.push_back(sample * longest + position);
        }
        targets.insert(targets.end(), item.targets.begin(), item.targets.end());
        units.insert(units.end(), item.targets.size(), item.unit);
        places.insert(places.end(), item.targets.size(), static_cast<std::int64_t>(order[sample]));
        weights.insert(weights.end(), item.weights.begin(), item.weights.end());
        weights.resize(targets.size(), 1.0);
    }
    made.rows = at::tensor(rows, at::kLong);
    made.targets = at::tensor(targets, at::kLong);
    made.units = at::tensor(units, at::kLong);
    made.weights = at::tensor(weights, at::kDouble);
    made.items = at::tensor(places, at::kLong);
    return made;
}

} // namespace

std::vector<ItemBatch> batchItems(const std::vector<EvaluationItem> &items,
                                  std::int64_t tokensPerBatch, const ModelInfo *model)
{
    std::vector<std::size_t> order(items.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&items](std::size_t a, std::size_t b) {
        return items[a].tokens.size() > items[b].tokens.size();
    });
    std::vector<ItemBatch> batches;
    for (std::size_t first = 0; first < order.size();) {
        const EvaluationItem &longest = items[order[first]];
        const std::int64_t positions = model != nullptr
            ? positionsOf(longest, *model)
            : static_cast<std::int64_t>(longest.tokens.size());
        const auto fitting
            = static_cast<std::size_t>(tokensPerBatch / std::max<std::int64_t>(1, positions));
        std::size_t count = std::clamp<std::size_t>(fitting, 1, order.size() - first);
        for (std::size_t i = 1; i < count; ++i) { // features are stacked, so they must be of a size
            const at::Tensor &one = items[order[first]].features;
            const at::Tensor &other = items[order[first + i]].features;
            if (one.defined() != other.defined()
                || (one.defined() && one.sizes() != other.sizes())) {
                count = i;
            }
        }
        batches.push_back(makeBatch(items, order.data() + first, count));
        first += count;
    }
    return batches;
}

} // namespace bitprism
