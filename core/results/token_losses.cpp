// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/token_losses.h"

#include "core/results/json_fields.h"

namespace bitprism {

using json_fields::fromField;
using json_fields::readList;

namespace {

nlohmann::json itemToJson(const ScoredItem &item)
{
    return {{"unit", item.unit},           {"source", item.source},
            {"pieces", item.pieces},       {"losses", item.losses},
            {"reference", item.reference}, {"hypothesis", item.hypothesis},
            {"alignment", item.alignment}};
}

ScoredItem itemFromJson(const nlohmann::json &json)
{
    ScoredItem item;
    fromField(json, "unit", item.unit);
    fromField(json, "source", item.source);
    fromField(json, "pieces", item.pieces);
    fromField(json, "reference", item.reference);
    fromField(json, "hypothesis", item.hypothesis);
    fromField(json, "alignment", item.alignment);
    fromField(json, "losses", item.losses);
    return item;
}

} // namespace

nlohmann::json TokenLosses::toJson() const
{
    nlohmann::json json = {{"task", task},
                           {"model", model},
                           {"data", data},
                           {"key", key},
                           {"scored", scored},
                           {"complete", complete},
                           {"items", nlohmann::json::array()}};
    for (const ScoredItem &item : items) {
        json["items"].push_back(itemToJson(item));
    }
    return json;
}

TokenLosses TokenLosses::fromJson(const nlohmann::json &json)
{
    TokenLosses result;
    fromField(json, "task", result.task);
    fromField(json, "model", result.model);
    fromField(json, "data", result.data);
    fromField(json, "key", result.key);
    fromField(json, "scored", result.scored);
    fromField(json, "complete", result.complete);
    readList(json, "items",
             [&](const nlohmann::json &item) { result.items.push_back(itemFromJson(item)); });
    return result;
}

} // namespace bitprism
