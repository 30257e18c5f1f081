// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/layout.h"

#include "core/base/error.h"
#include "core/io/dtype.h"

#include <algorithm>

namespace bitprism {

namespace {

/// Compares a layout with a checkpoint, part by part.
class LayoutReader
{
public:
    LayoutReader(const io::Checkpoint &checkpoint, ModelInfo &info)
        : m_checkpoint(checkpoint)
        , m_info(info)
    {
    }

    void read(const PartLayout &part, int block)
    {
        for (const LayerLayout &layer : part.layers) {
            addLayer(layer, block);
        }
        for (const TensorLayout &tensor : part.tensors()) {
            if (!isLayer(part, tensor.name)) {
                require(tensor.source.empty() ? tensor.name : tensor.source, tensor.shape);
            }
        }
    }

    int missingCount() const { return m_missingCount; }
    const std::string &firstMissing() const { return m_firstMissing; }

private:
    static bool isLayer(const PartLayout &part, const std::string &tensor)
    {
        return std::any_of(part.layers.begin(), part.layers.end(), [&](const LayerLayout &layer) {
            return layer.name + ".weight" == tensor;
        });
    }

    /// Null, and counted, where the tensor is missing.
    const io::TensorInfo *require(const std::string &name, const std::vector<std::int64_t> &shape)
    {
        const io::TensorInfo *tensor = m_checkpoint.find(name);
        if (tensor == nullptr) {
            m_firstMissing = m_missingCount++ == 0 ? name : m_firstMissing;
            return nullptr;
        }
        if (tensor->shape != shape) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" has the shape %3, but config.json "
                                    "says %4; the two do not belong together."),
                        m_checkpoint.fileOf(*tensor), name, io::shapeText(tensor->shape),
                        io::shapeText(shape));
        }
        if (!io::isFloating(tensor->dtype)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" holds %3, but weights must be "
                                    "floating-point; quantized checkpoints cannot be "
                                    "opened again."),
                        m_checkpoint.fileOf(*tensor), name, io::dtypeName(tensor->dtype));
        }
        return tensor;
    }

    void addLayer(const LayerLayout &layout, int block)
    {
        const std::string source
            = layout.source.empty() ? std::string() : layout.source + ".weight";
        std::vector<std::int64_t> shape{layout.rows, layout.cols};
        if (layout.isTransposed) {
            std::reverse(shape.begin(), shape.end());
        }
        const io::TensorInfo *tensor
            = require(source.empty() ? layout.name + ".weight" : source, shape);
        if (tensor == nullptr) {
            return;
        }
        LayerInfo layer;
        layer.name = layout.name;
        layer.tensor = layout.name + ".weight";
        layer.source = source == layer.tensor ? std::string() : source;
        layer.kind = layout.kind;
        layer.block = block;
        layer.rows = layout.rows;
        layer.cols = layout.cols;
        layer.dtype = io::dtypeName(tensor->dtype);
        layer.bits = static_cast<double>(io::dtypeBytes(tensor->dtype) * 8);
        layer.isTransposed = layout.isTransposed;
        layer.inputGroup = layout.inputGroup;
        layer.producer = layout.producer;
        m_info.layers.push_back(std::move(layer));
    }

    const io::Checkpoint &m_checkpoint;
    ModelInfo &m_info;
    int m_missingCount = 0;
    std::string m_firstMissing;
};

} // namespace

void PartLayout::addNorm(const std::string &name, std::int64_t size, const std::string &scale,
                         const std::string &shift, const std::string &source)
{
    others.push_back({name + scale, {size}, source.empty() ? source : source + scale});
    others.push_back({name + shift, {size}, source.empty() ? source : source + shift});
}

std::vector<TensorLayout> PartLayout::tensors() const
{
    std::vector<TensorLayout> list;
    for (const LayerLayout &layer : layers) {
        const std::string &source = layer.source;
        list.push_back({layer.name + ".weight",
                        {layer.rows, layer.cols},
                        source.empty() ? source : source + ".weight"});
        if (layer.hasBias) {
            list.push_back(
                {layer.name + ".bias", {layer.rows}, source.empty() ? source : source + ".bias"});
        }
    }
    list.insert(list.end(), others.begin(), others.end());
    return list;
}

void describeLayout(const io::Checkpoint &checkpoint, const ModelLayout &layout, ModelInfo &info)
{
    LayoutReader reader(checkpoint, info);
    reader.read(layout.embeddings, -1);
    for (std::size_t block = 0; block < layout.blocks.size(); ++block) {
        reader.read(layout.blocks[block], static_cast<int>(block));
    }
    reader.read(layout.head, -1);
    info.runnable = reader.missingCount() == 0;
    if (!info.runnable) {
        info.problem = std::to_string(reader.missingCount()) + " tensors are missing, the first is "
            + reader.firstMissing();
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
