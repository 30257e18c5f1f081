// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/overview/model_parts.h"

#include <QCoreApplication>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <string_view>
#include <utility>

namespace bitprism {

namespace {

constexpr std::size_t partTotal = static_cast<std::size_t>(Part::Rest) + 1;

Part partOf(std::string_view kind)
{
    if (kind == "embedding") {
        return Part::Embedding;
    }
    if (kind == "head") {
        return Part::Head;
    }
    if (kind.starts_with("attention_") || kind.starts_with("cross_attention_")) {
        return Part::Attention;
    }
    return kind.starts_with("mlp_") ? Part::FeedForward : Part::OtherLayers;
}

} // namespace

std::vector<ModelPart> modelParts(const ModelInfo &info)
{
    std::array<ModelPart, partTotal> parts;
    std::int64_t restBytes = info.bytes;
    std::int64_t restWeights = info.parameters;
    std::set<std::pair<std::string_view, double>> counted; // a layer quantized alone has other bits
    for (const LayerInfo &layer : info.layers) {
        ModelPart &part = parts[static_cast<std::size_t>(partOf(layer.kind))];
        part.layers += 1;
        if (!counted.emplace(layer.stored(), layer.bits).second) {
            continue;
        }
        const std::int64_t weights = layer.rows * layer.cols;
        const auto bytes
            = static_cast<std::int64_t>(std::ceil(static_cast<double>(weights) * layer.bits / 8));
        part.weights += weights;
        part.bytes += bytes;
        restWeights -= weights;
        restBytes -= bytes;
    }
    ModelPart &rest = parts[static_cast<std::size_t>(Part::Rest)];
    rest.weights = std::max<std::int64_t>(restWeights, 0);
    rest.bytes = std::max<std::int64_t>(restBytes, 0);

    std::vector<ModelPart> present;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (parts[i].bytes > 0) {
            parts[i].part = static_cast<Part>(i);
            parts[i].share = static_cast<double>(parts[i].bytes)
                / static_cast<double>(std::max<std::int64_t>(info.bytes, 1));
            present.push_back(parts[i]);
        }
    }
    return present;
}

QString partText(Part part)
{
    static const std::array<const char *, partTotal> texts{
        QT_TRANSLATE_NOOP("ModelPart", "Embedding"),
        QT_TRANSLATE_NOOP("ModelPart", "Attention"),
        QT_TRANSLATE_NOOP("ModelPart", "Feed-forward"),
        QT_TRANSLATE_NOOP("ModelPart", "Head"),
        QT_TRANSLATE_NOOP("ModelPart", "Other layers"),
        QT_TRANSLATE_NOOP("ModelPart", "Norms, biases and the rest"),
    };
    return QCoreApplication::translate("ModelPart", texts[static_cast<std::size_t>(part)]);
}

} // namespace bitprism
