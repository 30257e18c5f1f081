// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/toy_store.h"

#include <cmath>

namespace bitprism::test {

namespace {

LayerInfo toyLayer(const std::string &name, const std::string &kind, int block, bool quantizable)
{
    LayerInfo layer;
    layer.name = name;
    layer.tensor = name + ".weight";
    layer.kind = kind;
    layer.block = block;
    layer.rows = 16;
    layer.cols = 32;
    layer.dtype = "F32";
    layer.bits = 32;
    layer.quantizable = quantizable;
    return layer;
}

std::string layerName(int block, const std::string &part)
{
    return "model.layers." + std::to_string(block) + "." + part;
}

} // namespace

ModelInfo toyModelInfo(const std::string &name)
{
    ModelInfo model;
    model.family = "llama";
    model.name = name;
    model.path = "/models/" + name;
    model.parameters = 4096;
    model.blocks = 2;
    model.dtype = "F32";
    model.bytes = 16384;
    model.contextLength = 64;
    model.vocabularySize = 50;
    model.hiddenSize = 32;
    model.tokenizer = "byte-level BPE, 50 tokens";
    model.runnable = true;
    model.stacks = {{"decoder", 2}};
    model.layers.push_back(toyLayer("model.embed_tokens", "embedding", -1, true));
    for (int block = 0; block < 2; ++block) {
        model.layers.push_back(
            toyLayer(layerName(block, "self_attn.q_proj"), "attention_query", block, true));
        model.layers.push_back(
            toyLayer(layerName(block, "mlp.down_proj"), "mlp_down", block, true));
    }
    model.layers.push_back(toyLayer("lm_head", "head", -1, true));
    return model;
}

std::vector<RunLayer> toyRunLayers(int block, double bits)
{
    std::vector<RunLayer> rows;
    for (const char *part : {"self_attn.q_proj", "mlp.down_proj"}) {
        RunLayer layer;
        layer.name = layerName(block, part);
        layer.block = block;
        layer.bits = bits;
        layer.weightMse = std::exp2(-2 * bits) * (block + 1);
        layer.outputMse = 2 * layer.weightMse;
        layer.seconds = 0.25;
        layer.weights = 512;
        layer.storageBits = static_cast<std::int64_t>((bits + 0.25) * 512);
        rows.push_back(layer);
    }
    return rows;
}

Evaluation toyEvaluation(double nll, int windows)
{
    Evaluation evaluation;
    evaluation.task = "perplexity";
    evaluation.model = "/models/toy";
    evaluation.data = "/data/held-out.txt";
    evaluation.unit = "perplexity";
    evaluation.items = windows;
    evaluation.length = 64;
    evaluation.stride = 64;
    evaluation.tokens = 63 * windows;
    for (int i = 0; i < windows; ++i) {
        evaluation.windowNll.push_back(63 * (nll + 0.1 * ((i * 5) % 7 - 3)));
        evaluation.windowTokens.push_back(63);
    }
    const MeanWithError mean = meanOverWindows(evaluation.windowNll, evaluation.windowTokens);
    evaluation.nll = mean.mean;
    evaluation.nllStandardError = mean.standardError;
    evaluation.value = std::exp(mean.mean);
    evaluation.standardError = evaluation.value * mean.standardError;
    evaluation.seconds = 1.5;
    evaluation.divergence = Divergence{0.02, 0.001, 0.97, {{"50", 0.001}, {"max", 1.5}}};
    return evaluation;
}

RunSummary toyRunSummary(const std::string &run, double bits)
{
    RunSummary summary;
    summary.run = run;
    summary.model = "/models/toy";
    summary.averageBits = bits + 0.25;
    summary.bytes = static_cast<std::int64_t>(12000 + 256 * bits);
    summary.codesSha256 = std::string(64, 'a');
    RunMetric metric;
    metric.measured = toyEvaluation(2 + 0.8 / bits);
    metric.baseline = toyEvaluation(2);
    summary.metrics = {metric};
    for (int block = 0; block < 2; ++block) {
        for (const RunLayer &layer : toyRunLayers(block, bits)) {
            summary.layers.push_back(layer);
        }
    }
    summary.notes = {"length 2048 was cut to the model's context, 64"};
    summary.peakRssBytes = 123456789;
    summary.seconds = 12.5;
    summary.complete = true;
    return summary;
}

SensitivityTable toySensitivity()
{
    SensitivityTable table;
    table.model = "/models/toy";
    table.data = "/data/calibration.txt";
    table.quantizer = "rtn";
    table.quantizerParams = R"({"group_size":128})";
    table.widths = {2, 3, 4, 8};
    for (int block = 0; block < 2; ++block) {
        for (const RunLayer &layer : toyRunLayers(block)) {
            for (const int bits : table.widths) {
                SensitivityCell cell;
                cell.layer = layer.name;
                cell.bits = bits;
                cell.weightMse = std::exp2(-2 * bits) * (block + 1);
                cell.outputMse = 3 * *cell.weightMse;
                cell.klDivergence = 0.5 * std::exp2(-2 * bits) * (block + 1);
                cell.klStandardError = 0.05 * *cell.klDivergence;
                cell.deltaNll = 0.4 * *cell.klDivergence;
                cell.deltaNllStandardError = 0.001;
                cell.predictedDeltaNll = 0.5 * *cell.klDivergence;
                cell.storageBits = bits * 512 + 128;
                table.cells.push_back(cell);
            }
        }
    }
    table.cells.back().klDivergence.reset(); // not measured
    table.tokens = 4096;
    table.seconds = 3.5;
    table.rankCorrelation = 0.93;
    table.complete = true;
    return table;
}

OutlierTable toyOutliers()
{
    OutlierTable table;
    table.model = "/models/toy";
    table.data = "/data/calibration.txt";
    table.tokens = 4096;
    table.seconds = 0.5;
    for (int block = 0; block < 2; ++block) {
        for (const RunLayer &row : toyRunLayers(block)) {
            LayerOutliers layer;
            layer.layer = row.name;
            layer.maxAbs = 10.0 * (block + 1);
            layer.kurtosis = 3.5 + block;
            layer.outlierChannels = {{7, 10.0 * (block + 1)}, {3, 4}};
            layer.tokenMaxMedian = 1;
            layer.tokenMax90 = 2;
            layer.tokenMax99 = 5;
            layer.tokenMaxLargest = layer.maxAbs;
            layer.channelMaxAbs = {1, 2, 4, 10.0 * (block + 1)};
            layer.inputHistogram = {-10, 10, {1, 5, 9, 5, 1}};
            layer.weightHistogram = {-1, 1, {2, 3, 2}};
            const TokenMark mark{8, 0, 8, 5, " <b>|", "one ", "\ntwo", -layer.maxAbs};
            layer.outlierChannels.front().gain = 2.5;
            layer.outlierChannels.front().tokens = {mark};
            layer.channelMaxMedian = 3;
            layer.weightMaxAbs = 1;
            layer.weightKurtosis = 3.25;
            layer.norm = "norm.weight";
            layer.gainCorrelation = 0.75;
            layer.errorShares = {{8, 1, 0.875, 0.25}, {6, 1, 0.5, 0.125}, {4, 1, 0.25, 0}};
            table.layers.push_back(layer);
        }
        BlockOutliers &out = table.blocks.emplace_back();
        out.block = block;
        out.maxAbs = 400;
        out.medianAbs = 0.25;
        out.heads = 4;
        out.massive = {{0, 0, 0, 1, "<s>", "", "one", 400}};
        out.massiveChannels = {3};
        out.sinks = {{{0, 0, 0, 1, "<s>", "", "one", 0.5}, 3}};
    }
    table.complete = true;
    return table;
}

Allocation toyAllocation()
{
    Allocation allocation;
    allocation.allocator = "sensitivity-greedy";
    allocation.averageBits = 3.25;
    allocation.bytes = 12800;
    allocation.predictedDeltaNll = 0.0125;
    allocation.status = "feasible";
    allocation.objective = 0.0125;
    allocation.milliseconds = 0.8;
    int bits = 2;
    for (int block = 0; block < 2; ++block) {
        for (const RunLayer &row : toyRunLayers(block)) {
            allocation.layers.push_back({row.name, bits, std::nullopt});
            ++bits;
        }
    }
    allocation.layers.back().ratio = 0.05;
    allocation.frontier = {{2.25, 11000, 0.5}, {3.25, 12800, 0.0125}, {4.25, 14000, 0.001}};
    return allocation;
}

std::string addToyRun(store::ExperimentStore &store, const std::string &name, double bits,
                      const std::string &recipe, const std::string &modelHash)
{
    store::RunRequest request;
    request.kind = "run";
    request.name = name;
    request.experiment = "toys";
    request.recipe = recipe;
    request.request = R"({"kind":"run"})";
    request.environment = store::environmentJson(2);
    request.blocks = 2;
    const store::NewRun made = store.createRun(request, toyModelInfo(), modelHash);
    store.setStatus(made.id, store::RunStatus::Running);
    for (int block = 0; block < 2; ++block) {
        store.commitBlock(made.id, block, toyRunLayers(block, bits));
    }
    const RunSummary summary = toyRunSummary(made.id, bits);
    for (const RunMetric &metric : summary.metrics) {
        store.putMetric(made.id, metric);
    }
    store.putResult(made.id, summary);
    store.setStatus(made.id, store::RunStatus::Finished);
    return made.id;
}

} // namespace bitprism::test
