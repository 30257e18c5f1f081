// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/outlier_collector.h"
#include "core/models/stream.h"
#include "core/results/outlier_table.h"
#include "core/tokenize/tokenizer.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace bitprism {

/// Where an outlier pass keeps what the table has no room for.
struct AtlasPlace
{
    std::filesystem::path folder; ///< empty: nowhere
    std::int64_t mapBytes = 0; ///< of all maps of the model together, at most
};

/// The largest map of one input that keeps all inputs of the model within `bytes`.
MapLimits mapLimits(const ModelInfo &model, std::int64_t bytes);

/// Adds the layers of each block to an outlier table as the stream passes them, and writes the
/// block's part of the atlas before it says so.
class OutlierVisitor final : public BlockVisitor
{
public:
    struct Source
    {
        const Model &model;
        const std::vector<Batch> &batches; ///< what the states were begun from
        std::shared_ptr<const tokenize::Tokenizer> tokenizer; ///< may be null
    };
    /// `onBlock` is called after the rows of a block were added to `table` and its files written;
    /// the states are those behind the block.
    OutlierVisitor(Source source, AtlasPlace place, OutlierTable &table,
                   std::function<void(BlockId, const std::vector<StreamState> &)> onBlock);

    /// Beside the block and the states.
    static std::int64_t bytesNeeded(const Model &model, std::int64_t tokens, std::int64_t mapBytes);
    void enter(Block &block, std::vector<StreamState> &states, JobContext &context) override;
    BlockHooks *hooks(const Block &block, std::size_t index) override;
    void leave(Block &block, std::vector<StreamState> &states, JobContext &context) override;

private:
    const AtlasTokens &tokensOf(int stack);
    void addLayers(const Block &block);

    Source m_source;
    AtlasPlace m_place;
    OutlierTable &m_table;
    std::function<void(BlockId, const std::vector<StreamState> &)> m_onBlock;
    const std::vector<StreamState> *m_states = nullptr;
    std::optional<OutlierCollector> m_collector;
    std::map<int, AtlasTokens> m_tokens; ///< by stack; read again where an earlier execution ended
};

} // namespace bitprism
