// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/eval/transcribe.h"
#include "core/tokenize/tokenizer.h"

#include <vector>

namespace bitprism {

/// Output of a stack for samples of features [samples, ...], as StackInfo::pooled says: [samples,
/// width] for a tower that ends in one position, else [samples, length, width].
at::Tensor featureOutput(const StackRunner &runner, int stack, const at::Tensor &features,
                         JobContext &context);

/// The same for one text. A text tower's output is read at its end mark: the first of that id, or
/// at the largest id where config.json names the id 2 (d4c-clip.md 2.4).
at::Tensor textOutput(const StackRunner &runner, int stack, const std::vector<std::int64_t> &tokens,
                      JobContext &context);

/// Where a text tower is read in `tokens`: at the first end mark, or at the largest id where
/// config.json names the id 2 (d4c-clip.md 2.4) or the text has no end mark.
std::int64_t endMarkOf(const std::vector<std::int64_t> &tokens, const ModelInfo &model);

/// `text` as the text stack reads it, specials included, cut to the context with its last token
/// kept.
std::vector<std::int64_t> textTokens(const Model &model, const tokenize::Tokenizer &tokenizer,
                                     std::string_view text);

} // namespace bitprism
