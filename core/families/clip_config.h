// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/families/tensor_rules.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// config.json of CLIP (d4c-clip.md 2.1): a ViT and a text tower with Hugging
/// Face's names, or the ResNet tower of RN50 beside the text tower with the
/// names of the original release. The latter has no layout of its own at
/// Hugging Face; here its vision_config holds "layers", the bottlenecks of the
/// four stages as a list, and "width", 64 for RN50.
struct ClipConfig
{
    static constexpr int imageStack = 0;
    static constexpr int textStack = 1;

    struct Transformer
    {
        std::int64_t hiddenSize = 0;
        std::int64_t intermediateSize = 0;
        int blocks = 0;
        std::int64_t heads = 0;
        bool isQuickGelu = true; ///< x sigmoid(1.702 x); else the exact one
        double normEpsilon = 1e-5;
    };
    /// Bottlenecks of the ResNet tower; the attention pool is one block more.
    struct Bottleneck
    {
        std::string prefix; ///< "visual.layer2.0."
        std::int64_t inner = 0;
        std::int64_t input = 0;
        int stride = 1;
        bool hasDownsample = false;
    };

    Transformer text;
    Transformer image; ///< of a ViT
    std::int64_t imageSize = 224;
    std::int64_t patchSize = 32;
    std::int64_t contextLength = 77;
    std::int64_t vocabularySize = 49408;
    std::int64_t projectionSize = 512;
    std::int64_t bosToken = 49406;
    std::int64_t eosToken = 49407; ///< 2 in old files: the position of the largest id is meant
    std::vector<std::int64_t> resNetStages; ///< empty: a ViT
    std::int64_t resNetWidth = 64;
    std::int64_t poolHeads = 32;

    bool hasResNet() const { return !resNetStages.empty(); }
    std::vector<Bottleneck> bottlenecks() const;
    std::int64_t resNetFeatures() const { return 32 * resNetWidth; }
    int imageBlocks() const;
    std::int64_t imageHiddenSize() const
    {
        return hasResNet() ? resNetFeatures() : image.hiddenSize;
    }

    /// Reads and checks; absent keys take the defaults of ViT-B/32. BadInput that
    /// names the key.
    static ClipConfig read(const Json &config, std::string_view where);
    std::vector<TensorRule> tensors() const;
};

} // namespace bitprism
