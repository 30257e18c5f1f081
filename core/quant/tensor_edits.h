// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/sha256.h"
#include "core/models/model.h"

#include <ATen/ATen.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// Tensors of a model that changed beside the codes of its layers: a norm's gain that took up a
/// scale, a bias, a transformed weight that is not quantized. By tensor name, FP32, on the CPU;
/// layers' weights [rows, cols].
///
/// How an edit gets here and where it goes:
/// - Inside a block, call Block::setTensor(). BlockQuantizer takes every tensor replaced since the
///   block was loaded, leaves out those that became codes, and hands the rest on as the block's
///   edits. A transform edits the block in BlockQuantizer::enter(), before anything is collected
///   on it; a quantizer returns its edits in QuantizedBlock::edits, and may edit weights of layers
///   that are quantized too, because these come back as codes.
/// - Outside the blocks (embedding, head, last norm) put it into RunExecution::m_outerEdits before
///   the stream begins; it is kept with the first unit.
/// - RunExecution writes edits beside the codes of their unit (code_file.h), in the unit's commit,
///   adds them to `codes_sha256`, and puts them into the QuantizedOverlay, from where resumed runs,
///   evaluations and exporters take them. Nobody else needs to know of them.
using TensorEdits = std::map<std::string, at::Tensor>;

/// The edited tensors of a block: what was replaced and is not in `coded`.
TensorEdits editsOf(const Block &block, const std::set<std::string> &coded);

/// Adds names, shapes and values to a run's hash, in order of name; nothing for no edits.
void hashEdits(Sha256 &hash, const TensorEdits &edits);

/// Bytes the edits take beyond those of the tensors they replace: an edit is stored in the
/// tensor's own type where that holds every value exactly, and in F32 otherwise. So an editor that
/// rounds to the stored type (roundToStored()) costs nothing.
std::int64_t extraBytes(const Model &model, const TensorEdits &edits);

/// `values` as the checkpoint's type of the tensor `name` holds them; as they are for other types
/// than F16 and BF16, and where F16 would overflow.
at::Tensor roundToStored(const Model &model, const std::string &name, const at::Tensor &values);

/// Throws BadInput unless `model` has the tensor in this shape (layers' weights [rows, cols]).
void requireEditable(const Model &model, const std::string &name,
                     const std::vector<std::int64_t> &shape, std::string_view where);

} // namespace bitprism
