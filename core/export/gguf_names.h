// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bitprism {

/// How GGUF names the tensors of a checkpoint (export-formats.md 4.2).

/// "blk.3.attn_q.weight" for "model.layers.3.self_attn.q_proj.weight", "blk.0.ffn_up.weight" for
/// GPT-2's "transformer.h.0.mlp.c_fc.weight"; nothing for a name that has no counterpart.
std::optional<std::string> ggufTensorName(std::string_view checkpointName);
/// The way back, for a file of this general.architecture.
std::optional<std::string> checkpointTensorName(std::string_view architecture,
                                                std::string_view ggufName);
/// Tensors that old checkpoints carry and no program reads: rotary_emb.inv_freq, GPT-2's masks.
bool isDerivedTensor(std::string_view checkpointName);
/// Whether GGUF holds the matrix `ggufName` [outputs, inputs] where the checkpoint has it the other
/// way round (GPT-2's Conv1D).
bool isTransposedTensor(std::string_view architecture, std::string_view ggufName);

} // namespace bitprism
