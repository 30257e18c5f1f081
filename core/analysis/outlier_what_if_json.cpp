// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_what_if.h"
#include "core/results/json_fields.h"

namespace bitprism {

nlohmann::json toJson(const LayerWhatIf &answer)
{
    using json_fields::toField;
    Json outcomes = Json::array();
    for (const WhatIfOutcome &outcome : answer.outcomes) {
        Json json = {{"id", outcome.id}, {"applies", outcome.applies}};
        if (!outcome.applies) {
            json["reason"] = outcome.reason.text;
        } else {
            json["low"] = toField(outcome.low);
            json["high"] = toField(outcome.high);
            json["kurtosis"] = toField(outcome.kurtosis);
            json["activation_error"] = toField(outcome.activationError);
            json["weight_error"] = toField(outcome.weightError);
            json["output_error"] = toField(outcome.outputError);
            json["output_error_stderr"] = toField(outcome.outputErrorStderr);
            if (outcome.note) {
                json["note"] = outcome.note->text;
            }
        }
        outcomes.push_back(std::move(json));
    }
    return {{"name", answer.layer}, {"outcomes", outcomes}};
}

std::string keptText(const KeptWhatIf &kept)
{
    Json layers = Json::array();
    for (const LayerWhatIf &layer : kept.layers) {
        layers.push_back(toJson(layer));
    }
    return Json{{"weight_bits", kept.question.weightBits},
                {"activation_bits", kept.question.activationBits},
                {"per_token", kept.question.perToken},
                {"layers", layers}}
        .dump();
}

KeptWhatIf keptFromText(const std::string &text)
{
    using json_fields::fromField;
    using json_fields::readList;
    const Json json = Json::parse(text, nullptr, false);
    KeptWhatIf kept;
    if (!json.is_object()) {
        return kept;
    }
    fromField(json, "weight_bits", kept.question.weightBits);
    fromField(json, "activation_bits", kept.question.activationBits);
    fromField(json, "per_token", kept.question.perToken);
    readList(json, "layers", [&](const Json &item) {
        LayerWhatIf &layer = kept.layers.emplace_back();
        fromField(item, "name", layer.layer);
        readList(item, "outcomes", [&](const Json &part) {
            WhatIfOutcome &outcome = layer.outcomes.emplace_back();
            fromField(part, "id", outcome.id);
            fromField(part, "applies", outcome.applies);
            fromField(part, "low", outcome.low);
            fromField(part, "high", outcome.high);
            fromField(part, "kurtosis", outcome.kurtosis);
            fromField(part, "activation_error", outcome.activationError);
            fromField(part, "weight_error", outcome.weightError);
            fromField(part, "output_error", outcome.outputError);
            fromField(part, "output_error_stderr", outcome.outputErrorStderr);
        });
    });
    return kept;
}

} // namespace bitprism
