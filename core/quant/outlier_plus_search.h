// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/migrated_norms.h"
#include "core/quant/threshold_search.h"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace bitprism {

/// How Outlier Suppression+ rounds while it searches.
struct OutlierPlusOptions
{
    int weightBits = 8;
    bool weightsPerChannel = true; ///< a grid per output channel, else one per weight
    bool weightsSymmetric = true;
    int activationBits = 8;
    bool activationsPerToken = false; ///< dynamic, else one grid
    bool activationsSymmetric = false;
    bool shifts = true;
    bool hasRoundedPrefix = true; ///< what enters a norm comes from rounded layers before it
    double lowest = 0; ///< threshold; 0: 1, of RMS norms 0.1
};

/// What was found for one norm.
struct FoundChange
{
    const NormInfo *norm = nullptr;
    NormChange change;
    std::vector<double> objectives; ///< by threshold, descending
};

/// Searches the norms that feed one block, in the order they act. All works in the coordinates of
/// the block as it is: a rounded, migrated layer is one whose weight is Q(W o s) / s and whose
/// input is Q((x - z) / s) s, with W z in its bias.
class OutlierPlusSearch
{
public:
    /// `states` enter the block; all outlive the object.
    OutlierPlusSearch(const ModelGraph &graph, const Model &model, const Block &block,
                      const std::vector<StreamState> &states, const OutlierPlusOptions &options);
    ~OutlierPlusSearch();
    OutlierPlusSearch(const OutlierPlusSearch &) = delete;
    OutlierPlusSearch &operator=(const OutlierPlusSearch &) = delete;

    /// How much work run() is in a block, in runs of the states through it, for estimates: by the
    /// gains of its norms, before anything is known of what passes them.
    static double blockRuns(const ModelGraph &graph, const Model &model, BlockId id);

    std::vector<FoundChange> run(JobContext &context);
    /// Runs the block, rounded if the prefix is, on `states`, which become its outputs. After
    /// run().
    void advance(std::vector<StreamState> &states, JobContext &context);

private:
    class Rounding;
    struct Site;

    static std::vector<Site> sitesOf(const ModelGraph &graph, BlockId id);
    std::size_t candidatesAtOnce() const;
    void readInputs(Site &site) const;
    FoundChange searchSite(Site &site, JobContext &context);
    /// What the layers that read the norm make of it, [tokens, ...] without padding: what enters
    /// the layer that the site is judged at, or, from the norm's output alone, the product of a
    /// gated MLP's halves or their own outputs side by side. `change` null: at full width.
    std::vector<at::Tensor> outputs(const Site &site, const NormChange *change,
                                    double threshold) const;
    /// Of readers that are not judged behind attention, for the norm's output `input` [tokens,
    /// channels].
    static at::Tensor readersOutput(const Site &site, const Block &block, Rounding &rounding,
                                    const at::Tensor &input);
    double objective(const Site &site, const std::vector<at::Tensor> &targets,
                     const NormChange &change, double threshold) const;
    /// Rounds the site's readers in `block`, and their inputs in `rounding`.
    void migrate(Block &block, Rounding &rounding, const Site &site, const NormChange &change,
                 double threshold) const;
    std::function<at::Tensor(const at::Tensor &)>
    inputRounding(const Site &site, const NormChange &change, double threshold) const;
    at::Tensor roundedWeight(const at::Tensor &weight) const;
    at::Tensor roundedInput(const at::Tensor &input, const at::Tensor &low,
                            const at::Tensor &high) const;
    at::Tensor maskedRows(const at::Tensor &values, std::size_t state) const;
    void roundOthers(const std::vector<Site> &sites);

    const ModelGraph &m_graph;
    const Model &m_model;
    const std::vector<StreamState> &m_states;
    OutlierPlusOptions m_options;
    Block m_current; ///< what lies before the site rounded, where the prefix is
    std::unique_ptr<Rounding> m_rounding; ///< of the inputs of its layers
};

} // namespace bitprism
