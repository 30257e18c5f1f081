// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/widgets/example_model.h"

namespace bitprism::test {

namespace {

LayerInfo layer(const std::string &name, const std::string &kind, int block, int rows, int cols)
{
    LayerInfo info;
    info.name = name;
    info.tensor = name + ".weight";
    info.kind = kind;
    info.block = block;
    info.rows = rows;
    info.cols = cols;
    info.dtype = "BF16";
    info.bits = 16;
    return info;
}

} // namespace

std::shared_ptr<ModelInfo> exampleModel()
{
    auto info = std::make_shared<ModelInfo>();
    info->family = "llama";
    info->name = "example";
    info->path = "/models/example";
    info->blocks = 2;
    info->dtype = "BF16";
    info->stacks = {{"decoder", 2}};
    info->layers = {
        layer("model.embed_tokens", "embedding", -1, 20, 10),
        layer("model.layers.0.self_attn.q_proj", "attention_query", 0, 10, 10),
        layer("model.layers.0.mlp.down_proj", "mlp_down", 0, 10, 30),
        layer("model.layers.1.self_attn.q_proj", "attention_query", 1, 10, 10),
        layer("model.layers.1.mlp.down_proj", "mlp_down", 1, 10, 30),
        layer("lm_head", "head", -1, 20, 10),
    };
    info->parameters = 1240;
    info->bytes = 2480;
    info->runnable = true;
    return info;
}

} // namespace bitprism::test
