// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/dataset.h"
#include "core/models/model.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace bitprism {

/// How the data of an evaluation are cut (README.md, "Command line").
struct TaskOptions
{
    std::int64_t samples = 0; ///< windows or documents at most; 0: all
    std::int64_t length = 0; ///< window length in tokens; 0: the context, at most 2,048
    std::int64_t stride = 0; ///< 0: the length
    std::string documents = {}; ///< separator; empty: windows over the whole text

    /// Throws BadInput for negative numbers and a length of one token.
    void check() const;
};

/// What a task reads: the data, the model and how to cut.
struct TaskInput
{
    const Dataset &data;
    const Model &model;
    const tokenize::Tokenizer *tokenizer = nullptr; ///< null where the checkpoint has none
    TaskOptions options = {};
    /// Throws where this many bytes are not free; empty: nobody looks.
    std::function<void(std::int64_t)> requireMemory = {};

    /// BadInput where there is none.
    const tokenize::Tokenizer &requireTokenizer() const;
};

/// What a target is.
enum class TargetKind
{
    NextToken, ///< the token behind the position
    SameToken, ///< the token that stood at the position before it was masked
    Label ///< the class of the whole item
};

/// One sequence to run, and the positions whose logits are scored.
struct EvaluationItem
{
    std::vector<std::int64_t> tokens; ///< what enters the model (masked ones already replaced)
    std::vector<std::int64_t> positions; ///< ascending, within tokens: their logits are scored ...
    std::vector<std::int64_t> targets; ///< ... against these tokens
    /// The window or document it belongs to: the unit of standard errors. Several items may share
    /// one (the passes of a masked task).
    std::int64_t unit = 0;
    TargetKind targetKind = TargetKind::NextToken;
    std::vector<double> weights; ///< of each target in its unit's mean; empty: one each
    at::Tensor features; ///< of one sample, without the leading dimension; undefined: none
    std::string source; ///< the file it stems from; empty: a part of the data file
    std::string reference; ///< the transcript that is right, for tasks that compare texts
    double seconds = 0; ///< of a recording
};

struct ItemSet
{
    std::vector<EvaluationItem> items;
    std::int64_t units = 0;
    std::int64_t length = 0; ///< the window length in force
    std::int64_t stride = 0; ///< 0 for documents
    std::vector<std::string> notes;
    std::vector<std::string> classes; ///< that labels count through, where the data name them

    std::int64_t scoredTokens() const;
};

/// Windows over `tokens`: one every `stride`, incomplete ones dropped, the first token never
/// scored, and with a stride below the length every later window scores its last `stride` tokens.
/// Empty where not one window is complete.
ItemSet windowItems(const std::vector<tokenize::TokenId> &tokens, std::int64_t length,
                    std::int64_t stride, std::int64_t maxWindows = 0);

/// The length in force: the model's context, at most 2,048, or what the options say cut to the
/// context, with a note.
std::int64_t lengthInForce(const TaskOptions &options, const ModelInfo &model,
                           std::vector<std::string> &notes);

/// The documents of `data`, cut at the options' separator, else at `usual`; with a note where the
/// options' one does not stand in a plain text, which makes a single document of all of it.
std::vector<std::string_view> documentsOf(const Dataset &data, const TaskOptions &options,
                                          std::string_view usual, std::vector<std::string> &notes);

/// What a causal model scores in `data`, as `options` say. A document ends with what the tokenizer
/// puts behind a text (its end mark), which is scored too unless the document was cut. Throws
/// BadInput where nothing is left to score.
ItemSet nextTokenItems(const Dataset &data, const tokenize::Tokenizer &tokenizer,
                       const ModelInfo &model, const TaskOptions &options);

/// What the model is trained to say about `input`: next tokens of causal models, all masked passes
/// of encoders, one Monte-Carlo sample of masked-diffusion models (core/eval/masked_items.h).
ItemSet lossItems(const TaskInput &input);

/// Items of similar length joined to batches (padded at the end), at most `tokensPerBatch` tokens
/// each where an item allows it.
struct ItemBatch
{
    Batch batch;
    at::Tensor rows; ///< [scored]: position in the flattened [samples x length] hidden states
    at::Tensor targets; ///< [scored], int64
    at::Tensor units; ///< [scored], int64
    at::Tensor weights; ///< [scored], FP64
    at::Tensor items; ///< [scored], int64: place in the list; an item's rows stand together
};
/// Features count as the positions they become in `model`; null: not at all.
std::vector<ItemBatch> batchItems(const std::vector<EvaluationItem> &items,
                                  std::int64_t tokensPerBatch, const ModelInfo *model = nullptr);

/// Positions that running an item takes, tokens and features together; of an image an upper bound
/// for patches of 14 pixels.
std::int64_t positionsOf(const EvaluationItem &item, const ModelInfo &model);

/// Tokens that one batch should hold on this model: enough for efficient GEMMs, few enough for the
/// working memory of a block.
std::int64_t batchTokens(const Model &model);

} // namespace bitprism
