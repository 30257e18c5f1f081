// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/token_comparison.h"

#include "core/results/token_losses.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>

namespace bitprism {

namespace {

constexpr std::size_t mostWorst = 200;
constexpr double usualShare = 0.98;
constexpr double leastChange = 1e-6;
constexpr int mostRuns = 1000; // that may keep the unquantized model's losses
constexpr float notScored = std::numeric_limits<float>::quiet_NaN();
constexpr double percent = 100;

using LossesPtr = std::shared_ptr<const TokenLosses>;

ItemForm formOf(const std::string &task)
{
    static const std::map<std::string, ItemForm> forms{{"accuracy", ItemForm::LabelledText},
                                                       {"wer", ItemForm::Transcript},
                                                       {"zero-shot-images", ItemForm::Image},
                                                       {"output-error", ItemForm::Output}};
    const auto found = forms.find(task);
    return found == forms.end() ? ItemForm::Text : found->second;
}

std::string unitOf(ItemForm form)
{
    switch (form) {
    case ItemForm::Transcript:
        return "% of words";
    case ItemForm::Image:
    case ItemForm::LabelledText:
        return "nats";
    case ItemForm::Output:
        return "of the output's norm";
    case ItemForm::Text:
        break;
    }
    return "nats per token";
}

/// Mean of what is scored; NaN where nothing is.
double meanOf(const std::vector<float> &losses)
{
    double sum = 0;
    std::int64_t count = 0;
    for (const float loss : losses) {
        if (std::isfinite(loss)) {
            sum += loss;
            ++count;
        }
    }
    return count == 0 ? std::numeric_limits<double>::quiet_NaN() : sum / static_cast<double>(count);
}

/// Wrong words per hundred of the reference's.
double wordErrors(const std::string &alignment)
{
    const auto count = [&](const char *steps) {
        return std::count_if(alignment.begin(), alignment.end(), [steps](char step) {
            return std::string_view(steps).find(step) != std::string_view::npos;
        });
    };
    const auto words = static_cast<double>(count("CSD"));
    return percent * static_cast<double>(count("SID")) / std::max(1.0, words);
}

double valueOf(const ScoredItem &item, ItemForm form)
{
    return form == ItemForm::Transcript ? wordErrors(item.alignment) : meanOf(item.losses);
}

LossesPtr unquantizedLosses(const store::ExperimentStore &store, const store::RunRecord &run,
                            const std::string &name)
{
    if (LossesPtr own = store.resultOf<TokenLosses>(run.id, name)) {
        return own;
    }
    store::RunQuery query;
    query.limit = mostRuns;
    for (const store::RunRecord &other : store.listRuns(query)) {
        if (other.modelHash == run.modelHash) {
            if (LossesPtr found = store.resultOf<TokenLosses>(other.id, name)) {
                return found;
            }
        }
    }
    return nullptr;
}

/// Those of `wanted` that the run itself, and not the unquantized model in it, was measured by.
std::vector<LossesPtr> ownLosses(const store::ExperimentStore &store, const std::string &id)
{
    std::map<std::string, LossesPtr> byKey;
    for (const store::StoredResult &result : store.results(id)) {
        if (const auto losses = resultAs<TokenLosses>(result.value)) {
            byKey.emplace(losses->key, nullptr);
        }
    }
    std::vector<LossesPtr> list;
    for (const RunMetric &metric : store.metrics(id)) { // in the order they were measured
        for (auto &[key, losses] : byKey) {
            if (losses == nullptr) {
                losses = store.resultOf<TokenLosses>(id, "losses:" + key);
            }
            const bool isThis = losses != nullptr && losses->task == metric.measured.task
                && losses->data == metric.measured.data;
            if (isThis && std::find(list.begin(), list.end(), losses) == list.end()) {
                list.push_back(losses);
            }
        }
    }
    return list;
}

ComparedItem joinedWords(const ScoredItem *before, const ScoredItem &after, ItemForm form)
{
    ComparedItem item;
    item.unit = after.unit;
    item.source = after.source;
    item.reference = after.reference;
    item.hypothesisAfter = after.hypothesis;
    item.alignmentAfter = after.alignment;
    item.valueAfter = valueOf(after, form);
    item.valueBefore
        = before != nullptr ? valueOf(*before, form) : std::numeric_limits<double>::quiet_NaN();
    if (before != nullptr) {
        item.hypothesisBefore = before->hypothesis;
        item.alignmentBefore = before->alignment;
    }
    if (form != ItemForm::Transcript) { // two transcripts have no pieces in common
        item.pieces = after.pieces;
        item.after = after.losses;
        item.after.resize(item.pieces.size(), notScored);
        item.before = before != nullptr ? before->losses : std::vector<float>();
        item.before.resize(item.pieces.size(), notScored);
    }
    return item;
}

void rankPieces(TokenComparison &comparison)
{
    std::vector<std::pair<float, PlacedPiece>> changes;
    for (std::size_t i = 0; i < comparison.items.size(); ++i) {
        const ComparedItem &item = comparison.items[i];
        for (std::size_t piece = 0; piece < item.pieces.size(); ++piece) {
            const float change = item.after[piece] - item.before[piece];
            if (std::isfinite(change)) {
                changes.push_back({change, {i, piece}});
            }
        }
    }
    comparison.scored = static_cast<std::int64_t>(changes.size());
    if (changes.empty()) {
        return;
    }
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto &a, const auto &b) { return a.first > b.first; });
    for (std::size_t i = 0; i < std::min(mostWorst, changes.size()); ++i) {
        comparison.worst.push_back(changes[i].second);
    }
    std::vector<float> sizes;
    for (const auto &[change, place] : changes) {
        sizes.push_back(std::abs(change));
    }
    const auto place
        = static_cast<std::ptrdiff_t>(usualShare * static_cast<double>(sizes.size() - 1));
    std::nth_element(sizes.begin(), sizes.begin() + place, sizes.end());
    comparison.usualChange
        = std::max(leastChange, static_cast<double>(sizes[static_cast<std::size_t>(place)]));
}

} // namespace

TokenComparison compareTokens(const store::ExperimentStore &store, std::string_view id,
                              std::string_view reference, std::string_view key)
{
    const store::RunRecord run = store.run(id);
    TokenComparison comparison;
    const std::vector<LossesPtr> kept = ownLosses(store, run.id);
    for (const LossesPtr &losses : kept) {
        if (losses->key == key) {
            comparison.shown = comparison.evaluations.size();
        }
        comparison.evaluations.push_back({losses->key, losses->task, losses->data});
    }
    if (kept.empty()) {
        return comparison;
    }
    const TokenLosses &after = *kept[comparison.shown];
    const LossesPtr before = reference.empty()
        ? unquantizedLosses(store, run, "baseline-losses:" + after.key)
        : store.resultOf<TokenLosses>(reference, "losses:" + after.key);
    comparison.form = formOf(after.task);
    comparison.unit = unitOf(comparison.form);
    comparison.model = after.model;
    comparison.hasReference = before != nullptr;
    comparison.isComplete = after.complete && (before == nullptr || before->complete);
    std::map<std::int64_t, const ScoredItem *> byUnit;
    if (before != nullptr) {
        for (const ScoredItem &item : before->items) {
            byUnit.emplace(item.unit, &item);
        }
    }
    for (const ScoredItem &item : after.items) {
        const auto found = byUnit.find(item.unit);
        comparison.items.push_back(
            joinedWords(found == byUnit.end() ? nullptr : found->second, item, comparison.form));
    }
    rankPieces(comparison);
    return comparison;
}

} // namespace bitprism
