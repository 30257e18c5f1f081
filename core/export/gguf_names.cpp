// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/gguf_names.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace bitprism {

namespace {

using NamePair = std::pair<std::string_view, std::string_view>;

/// Stems without ".weight" and ".bias", a checkpoint's beside the file's.
struct NameTable
{
    std::span<const NamePair> outer;
    std::string_view blockPrefix; ///< a block's number and a dot follow
    std::span<const NamePair> inBlock;
};

constexpr std::string_view ggufBlockPrefix = "blk.";

constexpr std::array<NamePair, 3> llamaOuter{
    {{"model.embed_tokens", "token_embd"}, {"model.norm", "output_norm"}, {"lm_head", "output"}}};
constexpr std::array<NamePair, 11> llamaInBlock{{{"input_layernorm", "attn_norm"},
                                                 {"self_attn.q_proj", "attn_q"},
                                                 {"self_attn.k_proj", "attn_k"},
                                                 {"self_attn.v_proj", "attn_v"},
                                                 {"self_attn.o_proj", "attn_output"},
                                                 {"self_attn.q_norm", "attn_q_norm"},
                                                 {"self_attn.k_norm", "attn_k_norm"},
                                                 {"post_attention_layernorm", "ffn_norm"},
                                                 {"mlp.gate_proj", "ffn_gate"},
                                                 {"mlp.up_proj", "ffn_up"},
                                                 {"mlp.down_proj", "ffn_down"}}};
constexpr std::array<NamePair, 4> gpt2Outer{{{"transformer.wte", "token_embd"},
                                             {"transformer.wpe", "position_embd"},
                                             {"transformer.ln_f", "output_norm"},
                                             {"lm_head", "output"}}};
constexpr std::array<NamePair, 6> gpt2InBlock{{{"ln_1", "attn_norm"},
                                               {"attn.c_attn", "attn_qkv"},
                                               {"attn.c_proj", "attn_output"},
                                               {"ln_2", "ffn_norm"},
                                               {"mlp.c_fc", "ffn_up"},
                                               {"mlp.c_proj", "ffn_down"}}};
constexpr NameTable llamaNames{llamaOuter, "model.layers.", llamaInBlock};
constexpr NameTable gpt2Names{gpt2Outer, "transformer.h.", gpt2InBlock};

std::optional<std::string_view> paired(std::span<const NamePair> pairs, std::string_view name,
                                       bool toGguf)
{
    for (const auto &[checkpoint, gguf] : pairs) {
        if ((toGguf ? checkpoint : gguf) == name) {
            return toGguf ? gguf : checkpoint;
        }
    }
    return std::nullopt;
}

std::optional<std::string> translated(const NameTable &table, std::string_view name, bool toGguf)
{
    const std::size_t dot = name.rfind('.');
    const std::string_view suffix = dot == std::string_view::npos ? "" : name.substr(dot);
    if (suffix != ".weight" && suffix != ".bias") {
        return std::nullopt;
    }
    const std::string_view stem = name.substr(0, dot);
    if (const auto outer = paired(table.outer, stem, toGguf)) {
        return std::string(*outer).append(suffix);
    }
    const std::string_view from = toGguf ? table.blockPrefix : ggufBlockPrefix;
    const std::string_view to = toGguf ? ggufBlockPrefix : table.blockPrefix;
    if (!stem.starts_with(from)) {
        return std::nullopt;
    }
    const std::string_view rest = stem.substr(from.size());
    const std::size_t end = rest.find('.');
    const std::string_view number = rest.substr(0, end);
    const bool isNumber = end != std::string_view::npos && !number.empty() && number.size() <= 6
        && std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
    const auto part = isNumber ? paired(table.inBlock, rest.substr(end + 1), toGguf) : std::nullopt;
    if (!part) {
        return std::nullopt;
    }
    return std::string(to).append(number).append(".").append(*part).append(suffix);
}

} // namespace

std::optional<std::string> ggufTensorName(std::string_view name)
{
    if (std::optional<std::string> found = translated(llamaNames, name, true)) {
        return found;
    }
    // Published GPT-2 checkpoints come with and without the prefix.
    const bool isBare = name.starts_with("h.") || name.starts_with("wte.")
        || name.starts_with("wpe.") || name.starts_with("ln_f.");
    return translated(gpt2Names, isBare ? "transformer." + std::string(name) : std::string(name),
                      true);
}

std::optional<std::string> checkpointTensorName(std::string_view architecture,
                                                std::string_view name)
{
    return translated(architecture == "gpt2" ? gpt2Names : llamaNames, name, false);
}

bool isDerivedTensor(std::string_view name)
{
    return name.ends_with("rotary_emb.inv_freq") || name.ends_with(".attn.bias")
        || name.ends_with(".attn.masked_bias");
}

bool isTransposedTensor(std::string_view architecture, std::string_view name)
{
    const auto ends = [name](std::string_view end) { return name.ends_with(end); };
    return architecture == "gpt2" && name.starts_with(ggufBlockPrefix)
        && (ends(".attn_qkv.weight") || ends(".attn_output.weight") || ends(".ffn_up.weight")
            || ends(".ffn_down.weight"));
}

} // namespace bitprism
