// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/rank_statistics.h"
#include "core/report/numbers.h"
#include "core/report/report_text.h"
#include "core/report/tables.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitprism::report {

using namespace numbers;

namespace {

const WhatIfOutcome *outcomeOf(const LayerWhatIf &layer, std::string_view id)
{
    const auto found
        = std::find_if(layer.outcomes.begin(), layer.outcomes.end(),
                       [id](const WhatIfOutcome &outcome) { return outcome.id == id; });
    return found != layer.outcomes.end() && found->applies ? &*found : nullptr;
}

} // namespace

Table whatIfSummary(const KeptWhatIf &kept)
{
    Table table;
    table.title = say(BITPRISM_TR("Report",
                                  "What each transform would change: medians over the layers that "
                                  "it applies to, before and after"));
    table.columns = {{say(BITPRISM_TR("Report", "Transform")), false},
                     {say(BITPRISM_TR("Report", "Layers")), true},
                     {say(BITPRISM_TR("Report", "Kurtosis before")), true},
                     {say(BITPRISM_TR("Report", "After")), true},
                     {say(BITPRISM_TR("Report", "Range before")), true},
                     {say(BITPRISM_TR("Report", "After")), true},
                     {say(BITPRISM_TR("Report", "Error before")), true},
                     {say(BITPRISM_TR("Report", "After")), true}};
    for (const std::string_view id : whatIfIds) {
        std::array<std::vector<double>, 6> values;
        for (const LayerWhatIf &layer : kept.layers) {
            const WhatIfOutcome *before = outcomeOf(layer, whatIfIds[0]);
            const WhatIfOutcome *after = outcomeOf(layer, id);
            if (before == nullptr || after == nullptr || id == whatIfIds[0]) {
                continue;
            }
            const std::array<double, 6> figures{
                before->kurtosis,         after->kurtosis,     before->high - before->low,
                after->high - after->low, before->outputError, after->outputError};
            if (!std::all_of(figures.begin(), figures.end(),
                             [](double x) { return std::isfinite(x); })) {
                continue; // or before and after would be of different layers
            }
            for (std::size_t i = 0; i < figures.size(); ++i) {
                values[i].push_back(figures[i]);
            }
        }
        if (values[0].empty()) {
            continue;
        }
        std::vector<std::string> &row = table.rows.emplace_back();
        row = {std::string(id), std::to_string(values[0].size())};
        for (const std::vector<double> &column : values) {
            row.push_back(plain(quantiles(column, std::array{0.5})[0]));
        }
    }
    return table;
}

Table whatIfTable(const KeptWhatIf &kept)
{
    Table table;
    table.title = say(
        kept.question.perToken ? BITPRISM_TR("Report",
                                             "Predicted output error of each layer, relative, at "
                                             "%1-bit weights and %2-bit inputs per token")
                               : BITPRISM_TR("Report",
                                             "Predicted output error of each layer, relative, at "
                                             "%1-bit weights and %2-bit inputs per tensor"),
        {std::to_string(kept.question.weightBits), std::to_string(kept.question.activationBits)});
    table.columns = {{say(BITPRISM_TR("Report", "Layer")), false}};
    for (const std::string_view id : whatIfIds) {
        table.columns.push_back({std::string(id), true});
    }
    for (const LayerWhatIf &layer : kept.layers) {
        std::vector<std::string> &row = table.rows.emplace_back();
        row.push_back(layer.layer);
        for (const std::string_view id : whatIfIds) {
            const WhatIfOutcome *outcome = outcomeOf(layer, id);
            row.push_back(outcome == nullptr ? notMeasured : plain(outcome->outputError));
        }
    }
    return table;
}

} // namespace bitprism::report
