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
    std::map<std::string, std::int64_t> counts;
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        counts[checkpoint.storedType(tensor).name] += tensor.elements();
    }
    const auto most
        = std::max_element(counts.begin(), counts.end(),
                           [](const auto &a, const auto &b) { return a.second < b.second; });
    return most == counts.end() ? std::string() : most->first;
}

std::string withoutSuffix(const std::string &name, std::string_view suffix)
{
    return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

/// The first part of a tensor's name that is a number; -1: none.
int blockNumber(const std::string &name)
{
    constexpr std::size_t mostDigits = 4;
    for (std::size_t first = 0; first < name.size();) {
        const std::size_t end = std::min(name.find('.', first), name.size());
        const std::string_view part = std::string_view(name).substr(first, end - first);
        const bool isNumber = !part.empty() && part.size() <= mostDigits
            && part.find_first_not_of("0123456789") == std::string_view::npos;
        if (isNumber) {
            return std::stoi(std::string(part));
        }
        first = end + 1;
    }
    return -1;
}

bool endsWithAny(const std::string &name, std::initializer_list<std::string_view> endings)
{
    return std::any_of(endings.begin(), endings.end(),
                       [&](std::string_view ending) { return name.ends_with(ending); });
}

/// By the names that checkpoints commonly give.
std::string kindByName(const std::string &name)
{
    if (name.find("embed") != std::string::npos || endsWithAny(name, {"wte", "wpe"})) {
        return "embedding";
    }
    return endsWithAny(name, {"lm_head", "embed_out", "classifier", "score"}) ? "head"
                                                                              : "projection";
}

/// The blocks are those that are there, in order: 0, 1, 2 whatever the names count. Layers of no
/// block, but tables and heads, make one more at the end.
int numberBlocks(std::vector<LayerInfo> &layers)
{
    std::map<int, int> places;
    for (const LayerInfo &layer : layers) {
        if (layer.block >= 0) {
            places.emplace(layer.block, 0);
        }
    }
    int count = 0;
    for (auto &[number, place] : places) {
        place = count++;
    }
    bool hasRest = false;
    for (LayerInfo &layer : layers) {
        const bool isRest = layer.block < 0 && layer.kind == "projection";
        hasRest = hasRest || isRest;
        layer.block = layer.block >= 0 ? places.at(layer.block) : isRest ? count : -1;
    }
    return count + (hasRest ? 1 : 0);
}

/// Every two-dimensional floating-point weight, for analysis without a forward pass.
void describeUnknown(const io::Checkpoint &checkpoint, ModelInfo &info)
{
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        const bool isMatrix
            = tensor.shape.size() == 2 && tensor.shape[0] > 1 && tensor.shape[1] > 1;
        if (!isMatrix || !io::isFloating(tensor.dtype)) {
            continue;
        }
        LayerInfo layer;
        layer.name = withoutSuffix(tensor.name, ".weight");
        layer.tensor = tensor.name;
        layer.kind = kindByName(layer.name);
        layer.block = layer.kind == "projection" ? blockNumber(layer.name) : -1;
        layer.rows = tensor.shape[0];
        layer.cols = tensor.shape[1];
        layer.dtype = io::dtypeName(tensor.dtype);
        layer.bits = static_cast<double>(io::dtypeBytes(tensor.dtype) * 8);
        info.layers.push_back(std::move(layer));
    }
    const int blocks = numberBlocks(info.layers);
    std::stable_sort(info.layers.begin(), info.layers.end(),
                     [](const LayerInfo &a, const LayerInfo &b) { return a.block < b.block; });
    info.family = info.modelType;
    info.blocks = blocks;
    info.stacks = {{"blocks", blocks}};
    info.objective = objectives::none;
    info.problem = info.modelType.empty() ? "no model type is named (model_type of config.json, "
                                            "general.architecture of GGUF), so the "
                                            "model opens for weight analysis only"
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

/// Families read names and shapes; how the bits lie is the file's to say.
void describeStorage(const io::Checkpoint &checkpoint, ModelInfo &info)
{
    for (LayerInfo &layer : info.layers) {
        if (const io::TensorInfo *tensor = checkpoint.find(layer.stored())) {
            const io::StoredType stored = checkpoint.storedType(*tensor);
            layer.dtype = stored.name;
            layer.bits = stored.bitsPerWeight;
        }
    }
}

} // namespace

ModelInfo describeModel(const io::Checkpoint &checkpoint)
{
    ModelInfo info;
    const ConfigReader config(checkpoint.config(), checkpoint.configPath().string());
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
    describeStorage(checkpoint, info);
    return info;
}

ModelInfo describeModel(const std::filesystem::path &folder)
{
    return describeModel(io::Checkpoint(folder));
}

} // namespace bitprism
