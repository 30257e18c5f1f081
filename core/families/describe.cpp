// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/describe.h"

#include "core/families/config_reader.h"
#include "core/families/family.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>

namespace bitprism {

namespace {

/// The dtype that holds most of the values.
std::string commonDtype(const io::Checkpoint &checkpoint)
{
    std::map<io::Dtype, std::int64_t> counts;
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        counts[tensor.dtype] += tensor.elements();
    }
    const auto most
        = std::max_element(counts.begin(), counts.end(),
                           [](const auto &a, const auto &b) { return a.second < b.second; });
    return most == counts.end() ? std::string() : std::string(io::dtypeName(most->first));
}

std::string withoutSuffix(const std::string &name, std::string_view suffix)
{
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

/// The number that follows "layers", "h", "blocks" or "layer" in a tensor's name; -1: none.
int blockNumber(const std::string &name)
{
    for (const std::string_view word : {"layers.", "layer.", "blocks.", "h."}) {
        const std::size_t found = name.find(word);
        const bool isWhole = found != std::string::npos && (found == 0 || name[found - 1] == '.');
        const std::size_t digits = isWhole ? found + word.size() : name.size();
        int number = 0;
        std::size_t end = digits;
        while (end < name.size() && end < digits + 5 && name[end] >= '0' && name[end] <= '9') {
            number = number * 10 + (name[end++] - '0');
        }
        if (end > digits) {
            return number;
        }
    }
    return -1;
}

/// Every two-dimensional floating-point weight, for analysis without a forward pass.
void describeUnknown(const io::Checkpoint &checkpoint, ModelInfo &info)
{
    int blocks = 0;
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        const bool isMatrix
            = tensor.shape.size() == 2 && tensor.shape[0] > 1 && tensor.shape[1] > 1;
        if (!isMatrix || !io::isFloating(tensor.dtype)) {
            continue;
        }
        LayerInfo layer;
        layer.name = withoutSuffix(tensor.name, ".weight");
        layer.tensor = tensor.name;
        const bool isEmbedding = layer.name.find("embed") != std::string::npos
            || layer.name.ends_with("wte") || layer.name.ends_with("wpe");
        layer.kind = isEmbedding ? "embedding" : "projection";
        layer.block = blockNumber(layer.name);
        layer.rows = tensor.shape[0];
        layer.cols = tensor.shape[1];
        layer.dtype = io::dtypeName(tensor.dtype);
        layer.bits = static_cast<double>(io::dtypeBytes(tensor.dtype) * 8);
        blocks = std::max(blocks, layer.block + 1);
        info.layers.push_back(std::move(layer));
    }
    std::stable_sort(info.layers.begin(), info.layers.end(),
                     [](const LayerInfo &a, const LayerInfo &b) { return a.block < b.block; });
    info.family = info.modelType;
    info.blocks = blocks;
    info.stacks = {{"blocks", blocks}};
    info.problem = info.modelType.empty()
        ? "config.json names no model_type, so the model opens for weight analysis only"
        : "the family \"" + info.modelType
            + "\" cannot be run by this version; it opens for weight analysis only";
}

std::unique_ptr<Family> familyOf(const std::string &modelType)
{
    for (const std::string &id : Registry::instance().ids(Kind::family)) {
        std::unique_ptr<Family> family = create<Family>(id, Json::object(), id);
        const std::vector<std::string_view> types = family->modelTypes();
        if (std::find(types.begin(), types.end(), modelType) != types.end()) {
            return family;
        }
    }
    return nullptr;
}

} // namespace

ModelInfo describeModel(const io::Checkpoint &checkpoint)
{
    ModelInfo info;
    const ConfigReader config(checkpoint.config(), (checkpoint.path() / "config.json").string());
    info.modelType = config.text("model_type", "");
    info.name = checkpoint.path().filename().string();
    info.path = checkpoint.path().string();
    info.dtype = commonDtype(checkpoint);
    info.bytes = static_cast<std::int64_t>(checkpoint.bytes());
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        info.parameters += tensor.elements();
    }
    if (const std::unique_ptr<Family> family = familyOf(info.modelType)) {
        family->describe(checkpoint, info);
    } else {
        describeUnknown(checkpoint, info);
    }
    return info;
}

ModelInfo describeModel(const std::filesystem::path &folder)
{
    return describeModel(io::Checkpoint(folder));
}

} // namespace bitprism
