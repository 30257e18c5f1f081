// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/models/block.h"
#include "core/models/stream_state.h"

#include <ATen/ATen.h>

#include <string>

namespace bitprism {

/// A model that computes the same function with other weights: edits what is loaded from the
/// checkpoint, before an overlay replaces anything, and does the rest while the model runs. Called
/// from the compute thread's pool, so everything is const.
class ModelTransform
{
public:
    virtual ~ModelTransform() = default;
    /// A block, or the head, just read. A tied head stands under the embedding's name and is edited
    /// as a head: the embedding itself goes through editRows().
    virtual void edit(Block &) const { }
    /// Rows [n, width] of a table that is looked up before the first block, or another tensor that
    /// is read there, whole.
    virtual at::Tensor editRows(const std::string & /*tensor*/, const at::Tensor &rows) const
    {
        return rows;
    }
    /// What acts inside the forward pass, before all other hooks; null for nothing.
    virtual BlockHooks *hooks() const { return nullptr; }
    /// The state that enters the first block.
    virtual void begun(int /*stack*/, StreamState &) const { }
    /// Hidden states [..., hidden size] behind the last block, on their way into finish().
    virtual at::Tensor finishing(int /*stack*/, const at::Tensor &hidden) const { return hidden; }
};

} // namespace bitprism
