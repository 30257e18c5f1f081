// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/model_info.h"

#include "core/results/json_fields.h"

#include <algorithm>

namespace bitprism {

using json_fields::fromField;
using json_fields::readList;
using json_fields::toField;

namespace {

nlohmann::json layerToJson(const LayerInfo &layer)
{
    return {{"name", layer.name},
            {"tensor", layer.tensor},
            {"source", layer.source},
            {"kind", layer.kind},
            {"stack", layer.stack},
            {"block", layer.block},
            {"rows", layer.rows},
            {"cols", layer.cols},
            {"dtype", layer.dtype},
            {"bits", toField(layer.bits)},
            {"quantizable", layer.quantizable},
            {"transposed", layer.isTransposed},
            {"input_group", layer.inputGroup},
            {"producer", layer.producer}};
}

LayerInfo layerFromJson(const nlohmann::json &json)
{
    LayerInfo layer;
    fromField(json, "name", layer.name);
    fromField(json, "tensor", layer.tensor);
    fromField(json, "source", layer.source);
    fromField(json, "kind", layer.kind);
    fromField(json, "stack", layer.stack);
    fromField(json, "block", layer.block);
    fromField(json, "rows", layer.rows);
    fromField(json, "cols", layer.cols);
    fromField(json, "dtype", layer.dtype);
    fromField(json, "bits", layer.bits);
    fromField(json, "quantizable", layer.quantizable);
    fromField(json, "transposed", layer.isTransposed);
    fromField(json, "input_group", layer.inputGroup);
    fromField(json, "producer", layer.producer);
    return layer;
}

} // namespace

nlohmann::json ModelInfo::toJson() const
{
    nlohmann::json json = {{"family", family},
                           {"model_type", modelType},
                           {"name", name},
                           {"path", path},
                           {"parameters", parameters},
                           {"blocks", blocks},
                           {"dtype", dtype},
                           {"bytes", bytes},
                           {"context_length", contextLength},
                           {"vocabulary_size", vocabularySize},
                           {"hidden_size", hiddenSize},
                           {"tied_head", hasTiedHead},
                           {"post_norm", hasPostNorm},
                           {"objective", objective},
                           {"feature_kind", featureKind},
                           {"feature_size", featureSize},
                           {"labels", labels},
                           {"mask_token", maskToken},
                           {"bos_token", bosToken},
                           {"eos_tokens", eosTokens},
                           {"tokenizer", tokenizer},
                           {"runnable", runnable},
                           {"problem", problem},
                           {"stacks", nlohmann::json::array()},
                           {"layers", nlohmann::json::array()}};
    for (const StackInfo &stack : stacks) {
        json["stacks"].push_back({{"name", stack.name},
                                  {"blocks", stack.blocks},
                                  {"reads_features", stack.readsFeatures},
                                  {"memory_stack", stack.memoryStack},
                                  {"pooled", stack.pooled}});
    }
    for (const LayerInfo &layer : layers) {
        json["layers"].push_back(layerToJson(layer));
    }
    return json;
}

ModelInfo ModelInfo::fromJson(const nlohmann::json &json)
{
    ModelInfo result;
    fromField(json, "family", result.family);
    fromField(json, "model_type", result.modelType);
    fromField(json, "name", result.name);
    fromField(json, "path", result.path);
    fromField(json, "parameters", result.parameters);
    fromField(json, "blocks", result.blocks);
    fromField(json, "dtype", result.dtype);
    fromField(json, "bytes", result.bytes);
    fromField(json, "context_length", result.contextLength);
    fromField(json, "vocabulary_size", result.vocabularySize);
    fromField(json, "hidden_size", result.hiddenSize);
    fromField(json, "tied_head", result.hasTiedHead);
    fromField(json, "post_norm", result.hasPostNorm);
    fromField(json, "objective", result.objective);
    fromField(json, "feature_kind", result.featureKind);
    fromField(json, "feature_size", result.featureSize);
    fromField(json, "labels", result.labels);
    fromField(json, "mask_token", result.maskToken);
    fromField(json, "bos_token", result.bosToken);
    fromField(json, "eos_tokens", result.eosTokens);
    fromField(json, "tokenizer", result.tokenizer);
    fromField(json, "runnable", result.runnable);
    fromField(json, "problem", result.problem);
    readList(json, "stacks", [&](const nlohmann::json &item) {
        StackInfo &stack = result.stacks.emplace_back();
        fromField(item, "name", stack.name);
        fromField(item, "blocks", stack.blocks);
        fromField(item, "reads_features", stack.readsFeatures);
        fromField(item, "memory_stack", stack.memoryStack);
        fromField(item, "pooled", stack.pooled);
    });
    readList(json, "layers",
             [&](const nlohmann::json &item) { result.layers.push_back(layerFromJson(item)); });
    return result;
}

const LayerInfo *ModelInfo::findLayer(std::string_view layerName) const
{
    const auto found = std::find_if(layers.begin(), layers.end(), [&](const LayerInfo &layer) {
        return layer.name == layerName;
    });
    return found == layers.end() ? nullptr : &*found;
}

} // namespace bitprism
