// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/outlier_plus_search.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bitprism {

namespace {

struct OutlierSuppressionPlusParams
{
    int weightBits = 8;
    std::string weightGrids = "row";
    bool weightSymmetric = true;
    int activationBits = 8;
    std::string activationGrids = "tensor";
    bool activationSymmetric = false;
    bool shift = true;
    std::string source = "quantized";
    int samples = 32;
    double lowest = 0;

    void visit(ParamVisitor &v)
    {
        v.integer("weight_bits", weightBits, {2, 8},
                  {BITPRISM_TR("Component", "Weight bits of the search"),
                   BITPRISM_TR("Component", "Width that weights are rounded to while it searches."),
                   "bits"});
        v.choice("weight_grids", weightGrids,
                 {{"row", BITPRISM_TR("Component", "Per output channel")},
                  {"tensor", BITPRISM_TR("Component", "Per tensor")}},
                 {BITPRISM_TR("Component", "Weight grids of the search"),
                  BITPRISM_TR("Component", "What of a weight shares a grid while it searches.")});
        v.flag("weight_symmetric", weightSymmetric,
               {BITPRISM_TR("Component", "Symmetric weight grids"),
                BITPRISM_TR("Component", "Of the search.")});
        v.integer(
            "activation_bits", activationBits, {2, 8},
            {BITPRISM_TR("Component", "Activation bits of the search"),
             BITPRISM_TR("Component", "Width that activations are rounded to while it searches."),
             "bits"});
        v.choice("activation_grids", activationGrids,
                 {{"tensor", BITPRISM_TR("Component", "Per tensor, static")},
                  {"token", BITPRISM_TR("Component", "Per token, dynamic")}},
                 {BITPRISM_TR("Component", "Activation grids of the search"),
                  BITPRISM_TR("Component", "What of an input shares a grid while it searches.")});
        v.flag("activation_symmetric", activationSymmetric,
               {BITPRISM_TR("Component", "Symmetric activation grids"),
                BITPRISM_TR("Component", "Of the search.")});
        v.flag("shift", shift,
               {BITPRISM_TR("Component", "Shift"),
                BITPRISM_TR("Component",
                            "Centres each channel, where the norm and all its readers have a "
                            "bias to take the shift up.")});
        v.choice("x_source", source,
                 {{"quantized", BITPRISM_TR("Component", "Quantized, as published")},
                  {"fp", BITPRISM_TR("Component", "In full precision")}},
                 {BITPRISM_TR("Component", "Layers before"),
                  BITPRISM_TR("Component",
                              "What a norm's inputs come from while its threshold is searched.")});
        v.integer("samples", samples, {1, 65536},
                  {BITPRISM_TR("Component", "Samples"),
                   BITPRISM_TR("Component", "Calibration samples, the first ones, to search on."),
                   "samples"});
        v.real("lowest", lowest, {0, 1000},
               {BITPRISM_TR("Component", "Lowest threshold"),
                BITPRISM_TR("Component",
                            "The last threshold that is tried; 0: 1, and 0.1 of RMS norms.")});
    }
};

/// Behind a gain's name: what its norm's output is shifted by.
constexpr const char *shiftSuffix = "@shift";

/// Norms that some block's layers alone read.
std::vector<const NormInfo *> norms(const ModelGraph &graph)
{
    std::vector<const NormInfo *> all;
    for (int stack = 0; stack < static_cast<int>(graph.info().stacks.size()); ++stack) {
        for (int block = 0; block < graph.stack(stack).blocks; ++block) {
            const std::vector<const NormInfo *> here = graph.normsReadBy({stack, block});
            all.insert(all.end(), here.begin(), here.end());
        }
    }
    return all;
}

/// Centres the channels behind a norm and divides those that reach beyond a threshold, which is
/// searched for by what rounding does to the output of the layers that read the norm.
class OutlierSuppressionPlus final : public Transform
{
public:
    using Params = OutlierSuppressionPlusParams;
    static ComponentInfo info()
    {
        return {Kind::transform,
                "outlier-suppression-plus",
                BITPRISM_TR("Component", "Outlier Suppression+"),
                "Wei et al., Outlier Suppression+, arXiv 2304.09145, section 3",
                {}};
    }
    explicit OutlierSuppressionPlus(const Params &params)
        : m_params(params)
    {
    }

    TransformPlan plan(const ModelGraph &graph) const override
    {
        TransformPlan plan
            = planMigration(graph, norms(graph), "outlier-suppression-plus",
                            "multiplies and shifts what shortcuts take from the norms");
        plan.searchSamples = m_params.samples;
        return plan;
    }

    double searchRuns(const ModelGraph &graph, const Model &model) const override
    {
        double runs = 0;
        for (const BlockId id : model.allBlocks()) {
            runs += OutlierPlusSearch::blockRuns(graph, model, id);
        }
        return runs;
    }

    LearnedTensors search(const ModelGraph &graph, const Model &model, const Block &block,
                          std::vector<StreamState> &states, JobContext &context) const override
    {
        LearnedTensors learned;
        const std::vector<StreamState> entering = states;
        OutlierPlusSearch search(graph, model, block, entering, options());
        for (const FoundChange &found : search.run(context)) {
            learned[found.norm->gain] = found.change.scale.to(at::kCPU);
            if (found.change.shift.defined()) {
                learned[found.norm->gain + shiftSuffix] = found.change.shift.to(at::kCPU);
            }
        }
        search.advance(states, context);
        return learned;
    }

    std::vector<std::string> findings(const LearnedTensors &learned) const override
    {
        std::int64_t scaled = 0;
        std::int64_t channels = 0;
        std::int64_t count = 0;
        std::int64_t shifted = 0;
        double most = 1;
        for (const auto &[name, values] : learned) {
            if (name.ends_with(shiftSuffix)) {
                ++shifted;
                continue;
            }
            ++count;
            channels += values.numel();
            scaled += values.gt(1).sum().item<std::int64_t>();
            most = std::max(most, values.max().item<double>());
        }
        if (count == 0) {
            return {}; // nothing was searched yet
        }
        char largest[32];
        std::snprintf(largest, sizeof largest, "%.3g", most);
        return {std::to_string(count) + (count == 1 ? " norm, " : " norms, ")
                + std::to_string(shifted) + " of them shifted; " + std::to_string(scaled) + " of "
                + std::to_string(channels) + " channels divided, by " + largest + " at most"};
    }

    std::shared_ptr<const ModelTransform> bind(const ModelGraph &graph, std::uint64_t,
                                               LearnedTensors learned) const override
    {
        std::map<std::string, NormChange> changes;
        for (const auto &[name, values] : learned) {
            if (!name.ends_with(shiftSuffix)) {
                const auto shift = learned.find(name + shiftSuffix);
                changes[name] = {values, shift == learned.end() ? at::Tensor() : shift->second};
            }
        }
        return std::make_shared<MigratedNorms>(graph, std::move(changes));
    }

private:
    OutlierPlusOptions options() const
    {
        OutlierPlusOptions options;
        options.weightBits = m_params.weightBits;
        options.weightsPerChannel = m_params.weightGrids == "row";
        options.weightsSymmetric = m_params.weightSymmetric;
        options.activationBits = m_params.activationBits;
        options.activationsPerToken = m_params.activationGrids == "token";
        options.activationsSymmetric = m_params.activationSymmetric;
        options.shifts = m_params.shift;
        options.hasRoundedPrefix = m_params.source == "quantized";
        options.lowest = m_params.lowest;
        return options;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(transform, outlier_suppression_plus, OutlierSuppressionPlus);

} // namespace bitprism
