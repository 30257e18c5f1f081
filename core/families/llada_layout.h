// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/config_reader.h"
#include "core/families/tensor_rules.h"

#include <string>
#include <vector>

namespace bitprism {

/// Sizes of LLaDA's config.json (dllmquant.md 3), shared by the description and the forward pass.
struct LladaLayout
{
    std::int64_t hiddenSize = 0;
    std::int64_t intermediateSize = 0;
    int blocks = 0;
    std::int64_t heads = 0;
    std::int64_t keyValueHeads = 0;
    std::int64_t headSize = 0;
    std::int64_t vocabularySize = 0; ///< rows of the embedding
    std::int64_t contextLength = 0;
    double normEpsilon = 1e-5;
    double ropeTheta = 500'000;
    bool hasTiedHead = false;
    std::int64_t maskToken = -1;
    std::vector<std::int64_t> eosTokens;

    static constexpr const char *prefix = "model.transformer.";
    static std::string block(int index)
    {
        return prefix + std::string("blocks.") + std::to_string(index) + ".";
    }

    /// BadInput that names the key for variants that run differently.
    static LladaLayout read(const Json &config, const std::string &where);
    std::vector<TensorRule> tensors() const;
};

} // namespace bitprism
