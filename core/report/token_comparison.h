// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/store/experiment_store.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// How the items of a task are shown.
enum class ItemForm
{
    Text, ///< pieces with a loss each
    LabelledText, ///< a text with one loss, that of its class
    Transcript, ///< a reference and what each model heard
    Image, ///< a picture with a class
    Output ///< anything whose output error is known
};

/// A window, document, recording, image or text in two models.
struct ComparedItem
{
    std::int64_t unit = 0;
    std::string source; ///< absolute path of its file; empty: a part of the data
    std::vector<std::string> pieces; ///< of the text, in order; empty for transcripts
    std::vector<float> before; ///< nats by piece, NaN where nothing is scored; as `pieces`
    std::vector<float> after;
    std::string reference; ///< the class, or the transcript; empty: the text itself
    std::string hypothesisBefore; ///< class or words that the first model gave
    std::string hypothesisAfter;
    std::string alignmentBefore; ///< of transcripts, as ScoredItem::alignment
    std::string alignmentAfter;
    double valueBefore = 0; ///< in TokenComparison::unit; NaN: nothing is scored
    double valueAfter = 0;

    double change() const { return valueAfter - valueBefore; }
};

/// A piece among all items.
struct PlacedPiece
{
    std::size_t item = 0;
    std::size_t piece = 0;
};

/// An evaluation whose losses a run keeps.
struct KeptEvaluation
{
    std::string key; ///< TokenLosses::key
    std::string task;
    std::string data; ///< absolute path
};

/// Token by token: what a run changed against the unquantized model, or against another run.
struct TokenComparison
{
    std::vector<KeptEvaluation> evaluations; ///< of the run; empty: it keeps no losses
    std::size_t shown = 0; ///< of these; the rest is about it
    ItemForm form = ItemForm::Text;
    std::string unit; ///< of the items' values: "nats per token"
    std::string model; ///< absolute path
    /// What is compared with keeps no losses of this evaluation: all `before` are NaN then.
    bool hasReference = false;
    bool isComplete = true; ///< false: only the first items were kept
    std::vector<ComparedItem> items; ///< as they stand in the data
    /// Pieces scored by both, the largest increase first, at most 200.
    std::vector<PlacedPiece> worst;
    std::int64_t scored = 0; ///< pieces that both scored
    /// 98 of 100 pieces change by less, up or down; never zero.
    double usualChange = 1;
};

/// The losses that the run `id` keeps of the evaluation `key` (empty: its first) beside those of
/// the run `reference` (empty: of the unquantized model, which any run of the same model may keep).
/// Throws BadInput for an unknown run.
TokenComparison compareTokens(const store::ExperimentStore &store, std::string_view id,
                              std::string_view reference = {}, std::string_view key = {});

} // namespace bitprism
