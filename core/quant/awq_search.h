// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/kernels/uniform_quantizer.h"
#include "core/quant/weight_quantizer.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bitprism {

/// Scales of a block's input channels: each layer's columns are multiplied by those of its input
/// group, and what produces the input is divided, which leaves the block's function as it is.
class AwqScales
{
public:
    /// `columns` [cols] for all layers of `group`, folded into the tensor `producer`.
    void add(const std::string &group, const std::string &producer, at::Tensor columns);

    /// What the columns of a layer are multiplied by, [cols], and its rows divided by, [rows];
    /// undefined where nothing changes.
    at::Tensor columnsOf(const LayerInfo &layer) const;
    at::Tensor rowsOf(const LayerInfo &layer) const;
    /// Gains and biases that take up the scales. The weights of layers are not among them.
    TensorEdits edits(const BlockTask &task) const;

private:
    std::map<std::string, at::Tensor> m_byGroup;
    std::map<std::string, at::Tensor> m_byProducer; ///< tensor name
};

/// AWQ's scale search (arXiv 2306.00978; base-methods.md 4.1): s = a^r, a the mean magnitude of
/// each input channel, r in 0 .. 1 chosen by the output error of the module that the layers belong
/// to: attention for query, key and value, the block's output for gate and up, the layer itself
/// elsewhere. r = 0 is no scaling, so that the chosen error is never above rounding's. A group is
/// left alone where something outside the task shares its input, or its producer cannot take up a
/// scale (grouped-query attention).
class AwqSearch
{
public:
    using GridOf = std::function<GridOptions(int bits)>;

    /// `collected` holds channels and Hessians of the task's layers on the full-precision inputs.
    AwqSearch(const BlockTask &task, StatisticsCollector &collected, GridOf gridOf);

    AwqScales run(int ratios, JobContext &context);

    /// The errors of the last search of each group, by input group: one per ratio, 0 first.
    const std::map<std::string, std::vector<double>> &errors() const { return m_errors; }

private:
    using Group = std::vector<const LayerTask *>;

    std::vector<Group> scalableGroups() const;
    bool canFold(const Group &group) const;
    /// A post-norm block's norm is read by a shortcut too, which no weight can correct.
    bool feedsLayersOnly(const std::string &gain) const;
    /// s for one ratio, from the channels' mean magnitudes.
    static at::Tensor scalesOf(const at::Tensor &magnitudes, double ratio);
    /// The same as the producer can take it up exactly: what its stored type holds, it holds.
    at::Tensor foldable(const Group &group, const at::Tensor &scales) const;
    double errorOf(const Group &group, const at::Tensor &scales, JobContext &context);
    double layerError(const LayerTask &layer, const at::Tensor &change) const;
    double attentionError(const Block &changed, const LayerInfo &output, JobContext &context);
    double blockError(const Block &changed, JobContext &context) const;
    const LayerInfo *outputProjectionOf(const Group &group) const;

    const BlockTask &m_task;
    StatisticsCollector &m_collected;
    GridOf m_gridOf;
    std::map<std::string, std::vector<at::Tensor>> m_attended; ///< by output projection, per state
    std::map<std::string, std::vector<double>> m_errors;
};

} // namespace bitprism
