// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/kernels/channel_migration.h"
#include "core/quant/migrated_norms.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace bitprism {

namespace {

struct GammaMigrationParams
{
    double guard = 0.05;

    void visit(ParamVisitor &v)
    {
        v.real("guard", guard, {0, 1},
               {BITPRISM_TR("Component", "Small-gain guard"),
                BITPRISM_TR("Component",
                            "Gains below this share of the norm's median magnitude stay in the "
                            "norm: divided by them, the bias would be an outlier itself. 0: as "
                            "published, where only gains of zero stay.")});
    }
};

/// Behind the gain's name, what was learned of it: how many channels the guard held back.
constexpr const char *heldSuffix = "@held";

/// Reads gains, each block once: its norms follow each other.
class GainReader
{
public:
    explicit GainReader(const Model &model)
        : m_model(model)
    {
    }

    at::Tensor gainOf(const NormInfo &norm)
    {
        if (norm.block == NormInfo::embedding) {
            return m_model.loadTensor(norm.gain);
        }
        const BlockId id{norm.stack, norm.block};
        if (m_block.tensors().empty() || m_block.id() != id) {
            m_block = id.isHead() ? m_model.loadHead(norm.stack) : m_model.loadBlock(id);
        }
        return m_block.tensor(norm.gain);
    }

private:
    const Model &m_model;
    Block m_block;
};

/// Norms that only layers and shortcuts read. Not the norm of a task's head, nor one whose reader
/// is an embedding too: scaled, it would change what enters the model.
std::vector<const NormInfo *> migratedNorms(const ModelGraph &graph)
{
    std::vector<const NormInfo *> norms;
    for (const NormInfo &norm : graph.info().norms) {
        const std::vector<const LayerInfo *> readers = graph.readersOf(norm);
        const bool isOfTask = norm.block == headOf(norm.stack).index && graph.info().hasPostNorm;
        const bool isTied = std::any_of(readers.begin(), readers.end(), [](const LayerInfo *layer) {
            return layer->kind == "embedding";
        });
        if (norm.canMove() && !readers.empty() && !isTied && !isOfTask) {
            norms.push_back(&norm);
        }
    }
    return norms;
}

/// Moves the gain of norms into what reads them, so that it amplifies no channel before the
/// rounding: the norm gives (x - mu) / sigma + beta / gamma.
class GammaMigration final : public Transform
{
public:
    using Params = GammaMigrationParams;
    static ComponentInfo info()
    {
        return {Kind::transform,
                "gamma-migration",
                BITPRISM_TR("Component", "Gamma migration"),
                "Wei et al., Outlier Suppression, arXiv 2209.13325, section 4.1",
                {}};
    }
    explicit GammaMigration(const Params &params)
        : m_params(params)
    {
    }

    TransformPlan plan(const ModelGraph &graph) const override
    {
        TransformPlan plan = planMigration(graph, migratedNorms(graph), "gamma-migration",
                                           "multiplies what shortcuts take from the norms");
        plan.readsWeights = true;
        return plan;
    }

    LearnedTensors read(const ModelGraph &graph, const Model &model) const override
    {
        LearnedTensors learned;
        GainReader reader(model);
        for (const NormInfo *norm : migratedNorms(graph)) {
            const at::Tensor gain = reader.gainOf(*norm).to(at::kCPU, at::kFloat).contiguous();
            const std::span<const float> gains(gain.data_ptr<float>(),
                                               static_cast<std::size_t>(gain.numel()));
            const std::vector<float> moved = migratedGains(gains, m_params.guard);
            learned[norm->gain] = at::tensor(moved, at::kFloat);
            const at::Tensor held = learned[norm->gain].ne(gain);
            learned[norm->gain + heldSuffix] = held.sum().to(at::kFloat).reshape({1});
        }
        return learned;
    }

    std::vector<std::string> findings(const LearnedTensors &learned) const override
    {
        std::int64_t held = 0;
        std::int64_t channels = 0;
        std::int64_t norms = 0;
        for (const auto &[name, values] : learned) {
            if (name.ends_with(heldSuffix)) {
                held += std::llround(values.item<float>());
                ++norms;
            } else {
                channels += values.numel();
            }
        }
        if (norms == 0) {
            return {}; // nothing was read yet
        }
        return {std::to_string(norms) + (norms == 1 ? " norm" : " norms") + "; the guard held back "
                + std::to_string(held) + " of " + std::to_string(channels) + " channels"};
    }

    std::shared_ptr<const ModelTransform> bind(const ModelGraph &graph, std::uint64_t,
                                               LearnedTensors learned) const override
    {
        std::map<std::string, NormChange> changes;
        for (const auto &[name, factor] : learned) {
            if (!name.ends_with(heldSuffix)) {
                changes[name] = {factor, {}};
            }
        }
        return std::make_shared<MigratedNorms>(graph, std::move(changes));
    }

private:
    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(transform, gamma_migration, GammaMigration);

} // namespace bitprism
