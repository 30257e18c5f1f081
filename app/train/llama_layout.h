// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <vector>

namespace bitprism::train {

/// Dimensions of a Llama model; the defaults are those of the sample `tiny-llama`.
struct LlamaConfig
{
    int hiddenSize = 256;
    int blockCount = 6;
    int headCount = 8;
    int keyValueHeadCount = 4;
    int feedForwardSize = 768;
    int vocabularySize = 2048;
    int maxPositions = 512;
    float normEpsilon = 1e-5f;
    float ropeTheta = 10000.0f;

    int headSize() const { return hiddenSize / headCount; }
    int keyValueSize() const { return keyValueHeadCount * headSize(); }
    int qkvSize() const { return hiddenSize + 2 * keyValueSize(); }
    bool operator==(const LlamaConfig &) const = default;
};

/// Where one parameter lies in the flat parameter array; a gain has `rows` 1.
struct ParameterSlot
{
    std::size_t offset = 0;
    int rows = 0;
    int cols = 0;

    std::size_t count() const { return std::size_t(rows) * std::size_t(cols); }
};

/// Slots of one block. Query, key and value share one matrix (rows in that order), so do gate and
/// up.
struct BlockSlots
{
    ParameterSlot inputGain; // [hidden]
    ParameterSlot qkv; // [hidden + 2 keyValue, hidden]
    ParameterSlot attentionOutput; // [hidden, hidden]
    ParameterSlot postGain; // [hidden]
    ParameterSlot gateUp; // [2 feedForward, hidden]
    ParameterSlot down; // [hidden, feedForward]
};

/// Order of all parameters of a model in one flat array.
struct ParameterLayout
{
    ParameterSlot embedding; // [vocabulary, hidden]; also the output head
    std::vector<BlockSlots> blocks;
    ParameterSlot finalGain; // [hidden]
    std::size_t count = 0;
    std::vector<bool> decays; // per slot in order, whether weight decay applies
    std::vector<ParameterSlot> slots; // all slots in order
};

/// The layout of `config`; every slot starts where the one before ends.
ParameterLayout layoutOf(const LlamaConfig &config);

/// Initial parameters: normal with deviation 0.02, the two matrices that write into the residual
/// stream smaller by sqrt(2 blocks) (Radford et al. 2019, 2.3); gains are one.
std::vector<float> initialParameters(const LlamaConfig &config, unsigned long long seed);

} // namespace bitprism::train
