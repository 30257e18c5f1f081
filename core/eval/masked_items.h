// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/random.h"
#include "core/eval/items.h"

#include <cstdint>
#include <optional>
#include <vector>

namespace bitprism {

/// Passes after which an encoder has scored every token of a text once.
inline constexpr int maskedPasses = 7;

/// The id that stands for a masked token: config.json's, else the tokenizer's "[MASK]", "<mask>" or
/// "<|mdm_mask|>". Throws BadInput where there is none.
std::int64_t maskTokenOf(const ModelInfo &model, const tokenize::Tokenizer *tokenizer);

/// True where a token of `tokens` may be masked: it is no special.
std::vector<bool> maskableTokens(const std::vector<std::int64_t> &tokens,
                                 const tokenize::Tokenizer *tokenizer);

/// Pass `pass` over one text: every maskable token whose position is `pass` modulo 7 is masked and
/// scored (README.md, "Command line"). Nothing where there is none.
std::optional<EvaluationItem> maskedPassItem(const std::vector<std::int64_t> &tokens,
                                             const std::vector<bool> &maskable, int pass,
                                             std::int64_t maskToken, std::int64_t unit);

/// Pseudo-log-likelihood of an encoder: each line (document, record) is a unit, tokenized with its
/// specials and cut at the length; `pass` -1: all of them.
ItemSet maskedLineItems(const TaskInput &input, int pass = -1);

/// How many tokens each Monte-Carlo sample masks.
enum class MaskCounts
{
    Uniform, ///< uniform over 1 .. L for every sample (dllmquant.md 6, "our design")
    Released ///< as LLaDA's released evaluation rounds, half to even
};
/// l_i of `samples` samples over `length` tokens, stratified from one draw.
std::vector<std::int64_t> maskCounts(std::int64_t length, int samples, MaskCounts rule,
                                     Random &random);

struct MonteCarloOptions
{
    int samples = 16; ///< per window
    std::uint64_t seed = 0;
    MaskCounts counts = MaskCounts::Uniform;
};
/// The bound of LLaDA's likelihood (arXiv 2502.09992; dllmquant.md 6, equation 1) over windows of
/// the text: sample i of a window of L tokens masks l_i of them at random and weighs each loss by
/// L / l_i / samples, so that a unit's weights add up to its tokens. Masks depend on seed, window
/// and sample only: two models score the same.
ItemSet monteCarloItems(const TaskInput &input, const MonteCarloOptions &options = {});

/// One Monte-Carlo sample of `tokens` with `count` masked.
EvaluationItem monteCarloItem(const std::vector<std::int64_t> &tokens, std::int64_t count,
                              int samples, std::int64_t maskToken, std::int64_t unit,
                              Random &random);

} // namespace bitprism
