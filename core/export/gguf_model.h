// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/families/config_reader.h"
#include "core/io/gguf.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace bitprism {

/// How GGUF files describe and order what a checkpoint of the llama group or of GPT-2 holds
/// (export-formats.md 4); names are in gguf_names.h.

/// general.architecture for a config.json; BadInput, naming `where`, for a model that GGUF has no
/// architecture for here.
std::string ggufArchitecture(const Json &config, std::string_view where);

/// Heads whose rows an architecture interleaves: of `name`, a GGUF tensor of queries or keys in
/// `config`'s model; 0 where rows keep their order. BadInput for a number that cannot be.
std::int64_t interleavedHeads(std::string_view architecture, const ConfigReader &config,
                              std::string_view name);
/// The row of a GGUF tensor that holds row `row` of the checkpoint's, with heads of `headSize`
/// rows: row a * D/2 + c of a head lies at 2c + a.
std::int64_t interleavedRow(std::int64_t row, std::int64_t headSize);

/// The keys that describe the model: sizes, heads, rotary positions; and config.json itself under
/// "bitprism.config", which is read back in preference.
io::GgufMetadata ggufModelMetadata(const Json &config, std::string_view name,
                                   std::string_view where);
/// rope_freqs.weight of a scaled model: what each frequency is divided by; empty: none.
std::vector<float> ropeFactors(const Json &config, std::string_view where);

/// config.json for a GGUF file of the llama group or of GPT-2. Other architectures get a
/// configuration without a model_type that runs. Throws BadInput that names a key which is missing
/// or impossible.
Json configOfGguf(const io::GgufFile &file);

} // namespace bitprism
