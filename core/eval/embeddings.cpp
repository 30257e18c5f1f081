// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/eval/embeddings.h"

#include <c10/core/GradMode.h>

#include <algorithm>

namespace bitprism {

namespace {

constexpr std::int64_t legacyEndToken = 2;

} // namespace

std::int64_t endMarkOf(const std::vector<std::int64_t> &tokens, const ModelInfo &model)
{
    const std::int64_t id = model.eosTokens.empty() ? legacyEndToken : model.eosTokens.front();
    const auto found = std::find(tokens.begin(), tokens.end(), id);
    const auto place = id == legacyEndToken || found == tokens.end()
        ? std::max_element(tokens.begin(), tokens.end())
        : found;
    return place - tokens.begin();
}

at::Tensor featureOutput(const StackRunner &runner, int stack, const at::Tensor &features,
                         JobContext &context)
{
    const c10::NoGradGuard noGradients;
    Batch batch;
    batch.features = features;
    const at::Tensor hidden = runner.run(stack, batch, context).hidden;
    const bool isPooled
        = runner.model().info().stacks.at(static_cast<std::size_t>(stack)).pooled == pooling::first;
    return runner.finish(stack, isPooled ? hidden.select(1, 0) : hidden);
}

at::Tensor textOutput(const StackRunner &runner, int stack, const std::vector<std::int64_t> &tokens,
                      JobContext &context)
{
    const c10::NoGradGuard noGradients;
    Batch batch;
    batch.tokens = at::tensor(tokens, at::kLong).unsqueeze(0);
    const at::Tensor hidden = runner.run(stack, batch, context).hidden;
    const ModelInfo &model = runner.model().info();
    const bool isPooled
        = model.stacks.at(static_cast<std::size_t>(stack)).pooled == pooling::endMark;
    return runner.finish(stack, isPooled ? hidden.select(1, endMarkOf(tokens, model)) : hidden);
}

std::vector<std::int64_t> textTokens(const Model &model, const tokenize::Tokenizer &tokenizer,
                                     std::string_view text)
{
    const std::vector<tokenize::TokenId> ids = tokenizer.encodeIds(text);
    std::vector<std::int64_t> tokens(ids.begin(), ids.end());
    const auto context = static_cast<std::size_t>(model.info().contextLength);
    if (context > 0 && tokens.size() > context) {
        tokens[context - 1] = tokens.back();
        tokens.resize(context);
    }
    return tokens;
}

} // namespace bitprism
