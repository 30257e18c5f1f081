// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/quant/transform.h"

#include <ATen/ATen.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace bitprism {

/// What a norm gives from now on: (x - shift) / scale, channel by channel.
struct NormChange
{
    at::Tensor scale; ///< [size]
    at::Tensor shift; ///< [size]; undefined: none
};

/// The model whose norms give something else, and whose layers take that back, exactly: the
/// columns of what reads a norm are multiplied by its scale, the bias gains W shift, and what a
/// shortcut takes is multiplied and shifted while the model runs (Wei et al., arXiv 2209.13325,
/// equations 1 and 2, and arXiv 2304.09145, equation 3). Products are made in FP64.
class MigratedNorms final : public ModelTransform, private BlockHooks
{
public:
    /// `changes` by the norm's gain. A norm with a shift needs a bias, and so does every layer that
    /// reads it.
    MigratedNorms(const ModelGraph &graph, std::map<std::string, NormChange> changes);

    void edit(Block &block) const override;
    /// The tensors of norms before the first block, and of layers outside the blocks.
    at::Tensor editRows(const std::string &tensor, const at::Tensor &rows) const override;
    BlockHooks *hooks() const override;

private:
    const NormChange *changeOf(const std::string &gain) const;
    at::Tensor shortcut(BlockId block, ShortcutPart part, const at::Tensor &tensor) override;

    ModelGraph m_graph;
    std::map<std::string, NormChange> m_changes;
    std::map<std::pair<BlockId, ShortcutPart>, const NormChange *> m_shortcuts;
};

/// What every transform of norms plans: that it folds, which shortcuts it acts on while the model
/// runs, and which stacks offer nothing to `id`. Throws BadInput where `norms` is empty.
TransformPlan planMigration(const ModelGraph &graph, const std::vector<const NormInfo *> &norms,
                            const std::string &id, const std::string &online);

} // namespace bitprism
