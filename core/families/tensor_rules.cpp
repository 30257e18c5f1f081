// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/tensor_rules.h"

#include "core/base/error.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>

namespace bitprism {

std::vector<std::int64_t> TensorRule::usedShape() const
{
    if (layer.empty() || shape.size() < 2) {
        return shape;
    }
    const std::int64_t rest
        = std::accumulate(shape.begin() + 1, shape.end(), std::int64_t{1}, std::multiplies<>());
    return isTransposed ? std::vector<std::int64_t>{rest, shape[0]}
                        : std::vector<std::int64_t>{shape[0], rest};
}

void TensorRule::transpose()
{
    std::reverse(shape.begin(), shape.end());
    isTransposed = !isTransposed;
}

void RuleList::place(int stack, int block, std::string prefix, std::string sourcePrefix)
{
    m_stack = stack;
    m_block = block;
    m_sourcePrefix = sourcePrefix == prefix ? std::string() : std::move(sourcePrefix);
    m_prefix = std::move(prefix);
}

void RuleList::tensor(const std::string &name, std::vector<std::int64_t> shape)
{
    TensorRule rule;
    rule.name = m_prefix + name;
    rule.source = m_sourcePrefix.empty() ? std::string() : m_sourcePrefix + name;
    rule.shape = std::move(shape);
    rule.stack = m_stack;
    rule.block = m_block;
    m_rules.push_back(std::move(rule));
}

void RuleList::normKind(bool centres, double epsilon)
{
    m_normsCentre = centres;
    m_normEpsilon = epsilon;
}

NormInfo &RuleList::norm(const std::string &name, std::int64_t width, bool hasBias)
{
    return norm(name, width, ".weight", hasBias ? ".bias" : "");
}

NormInfo &RuleList::norm(const std::string &name, std::int64_t width, const std::string &gain,
                         const std::string &bias)
{
    const std::size_t index = m_rules.size();
    tensor(name + gain, {width});
    if (!bias.empty()) {
        tensor(name + bias, {width});
    }
    NormInfo info;
    info.gain = m_rules[index].name;
    info.bias = bias.empty() ? bias : m_prefix + name + bias;
    info.centres = m_normsCentre;
    info.stack = m_stack;
    info.block = m_block;
    info.epsilon = m_normEpsilon;
    return m_rules[index].norm.emplace(std::move(info));
}

TensorRule &RuleList::layer(const std::string &name, const char *kind,
                            std::vector<std::int64_t> shape)
{
    tensor(name + ".weight", std::move(shape));
    m_rules.back().layer = m_prefix + name;
    m_rules.back().kind = kind;
    return m_rules.back();
}

TensorRule &RuleList::linear(const std::string &name, const char *kind, std::int64_t rows,
                             std::int64_t cols, bool hasBias, const std::string &group,
                             const std::string &producer)
{
    if (hasBias) {
        tensor(name + ".bias", {rows});
    }
    TensorRule &rule = layer(name, kind, {rows, cols});
    rule.inputGroup = group;
    rule.producer = producer;
    return rule;
}

namespace {

/// Null where the tensor is missing.
const io::TensorInfo *found(const io::Checkpoint &checkpoint, const TensorRule &rule)
{
    const io::TensorInfo *tensor = checkpoint.find(rule.stored());
    if (tensor == nullptr) {
        return nullptr;
    }
    if (tensor->shape != rule.shape) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: tensor \"%2\" has the shape %3, but the model's "
                                "configuration says %4; the two do not belong together."),
                    checkpoint.fileOf(*tensor), rule.stored(), io::shapeText(tensor->shape),
                    io::shapeText(rule.shape));
    }
    if (!io::isFloating(tensor->dtype)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: tensor \"%2\" holds %3, but weights must be floating-point, or "
                                "packed as a quantization_config in config.json says; add it, or "
                                "open the unquantized checkpoint."),
                    checkpoint.fileOf(*tensor), rule.stored(), io::dtypeName(tensor->dtype));
    }
    return tensor;
}

LayerInfo layerOf(const TensorRule &rule, const io::TensorInfo &tensor)
{
    const std::vector<std::int64_t> shape = rule.usedShape();
    LayerInfo layer;
    layer.name = rule.layer;
    layer.tensor = rule.name;
    layer.source = rule.source;
    layer.kind = rule.kind;
    layer.stack = rule.stack;
    layer.block = std::max(rule.block, -1);
    layer.rows = shape.at(0);
    layer.cols = shape.at(1);
    layer.dtype = io::dtypeName(tensor.dtype);
    layer.bits = static_cast<double>(io::dtypeBytes(tensor.dtype) * 8);
    layer.quantizable = rule.quantizable;
    layer.isTransposed = rule.isTransposed;
    layer.inputGroup = rule.inputGroup;
    layer.producer = rule.producer;
    return layer;
}

/// "model.layers." and 12 of "model.layers.12.mlp.up_proj.weight"; nothing without a number.
std::optional<std::pair<std::string_view, int>> numberedPart(std::string_view name)
{
    constexpr std::size_t mostDigits = 6;
    for (std::size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
        const std::size_t end = std::min(name.find('.', dot + 1), name.size());
        const std::string_view part = name.substr(dot + 1, end - dot - 1);
        if (!part.empty() && part.size() <= mostDigits
            && part.find_first_not_of("0123456789") == part.npos) {
            return std::pair(name.substr(0, dot + 1), std::stoi(std::string(part)));
        }
    }
    return std::nullopt;
}

/// A checkpoint with more blocks than its configuration would be cut off without a word.
void requireNoMoreBlocks(const io::Checkpoint &checkpoint, const std::vector<TensorRule> &rules)
{
    std::map<std::string_view, int> last; // by what stands before the number
    for (const TensorRule &rule : rules) {
        const auto part = numberedPart(rule.stored());
        if (rule.block >= 0 && part) {
            int &number = last.emplace(part->first, part->second).first->second;
            number = std::max(number, part->second);
        }
    }
    for (const io::TensorInfo &tensor : checkpoint.tensors()) {
        const auto part = numberedPart(tensor.name);
        const auto known = part ? last.find(part->first) : last.end();
        if (known != last.end() && part->second > known->second) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" is of a block that the model's "
                                    "configuration does not have; the two do not belong together."),
                        checkpoint.fileOf(tensor), tensor.name);
        }
    }
}

} // namespace

MissingTensors describeStack(const io::Checkpoint &checkpoint, const std::vector<TensorRule> &rules,
                             int stack, ModelInfo &info)
{
    MissingTensors missing;
    for (const TensorRule &rule : rules) {
        if (rule.stack != stack) {
            continue;
        }
        const io::TensorInfo *tensor = found(checkpoint, rule);
        if (tensor == nullptr) {
            missing.first = missing.count++ == 0 ? rule.stored() : missing.first;
        } else if (!rule.layer.empty()) {
            info.layers.push_back(layerOf(rule, *tensor));
        } else if (rule.norm) {
            info.norms.push_back(*rule.norm);
        }
    }
    return missing;
}

void describeByRules(const io::Checkpoint &checkpoint, const std::vector<TensorRule> &rules,
                     ModelInfo &info)
{
    requireNoMoreBlocks(checkpoint, rules);
    MissingTensors all;
    for (int stack = 0; stack < static_cast<int>(info.stacks.size()); ++stack) {
        const MissingTensors missing = describeStack(checkpoint, rules, stack, info);
        all.first = all.count == 0 ? missing.first : all.first;
        all.count += missing.count;
    }
    info.runnable = all.count == 0;
    if (!info.runnable) {
        info.problem = all.count == 1
            ? "the tensor " + all.first + " is missing"
            : std::to_string(all.count) + " tensors are missing, the first is " + all.first;
    }
}

std::string prefixOf(const ModelInfo &info, std::string_view suffix)
{
    for (const LayerInfo &layer : info.layers) {
        if (layer.name.ends_with(suffix)) {
            return layer.name.substr(0, layer.name.size() - suffix.size());
        }
    }
    return {};
}

std::string prefixIn(const io::Checkpoint &checkpoint, std::vector<std::string> prefixes,
                     const std::string &name)
{
    for (const std::string &prefix : prefixes) {
        if (checkpoint.find(prefix + name) != nullptr) {
            return prefix;
        }
    }
    return prefixes.front();
}

} // namespace bitprism
