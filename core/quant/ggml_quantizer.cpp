// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/ggml_quantizer.h"

#include "core/export/gguf_names.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/ggml_codec.h"
#include "core/quant/tensor_view.h"

#include <chrono>

namespace bitprism {

namespace {

/// Mean square of each input column; empty without statistics.
std::vector<float> meanSquares(const LayerStatistics *statistics)
{
    std::vector<float> result;
    if (statistics != nullptr && statistics->tokens > 0) {
        const double tokens = static_cast<double>(statistics->tokens);
        for (const double sum : statistics->channelSquareSum) {
            result.push_back(static_cast<float>(sum / tokens));
        }
    }
    return result;
}

} // namespace

void GgmlParams::visit(ParamVisitor &v)
{
    v.choice("importance", importance,
             {{"none", BITPRISM_TR("Component", "All columns alike")},
              {"mean-square", BITPRISM_TR("Component", "Mean square of the inputs")},
              {"file", BITPRISM_TR("Component", "As an importance matrix says")}},
             {BITPRISM_TR("Component", "Importance"),
              BITPRISM_TR("Component", "What weighs the error of each input column.")});
    v.path("imatrix", imatrix,
           {BITPRISM_TR("Component", "Importance matrix"),
            BITPRISM_TR("Component",
                        "A llama.cpp imatrix file that weighs the errors of input columns.")});
    v.enabledIf("importance", "file");
    v.choice("indivisible", indivisible,
             {{"fallback", BITPRISM_TR("Component", "Smaller blocks, as llama.cpp takes")},
              {"error", BITPRISM_TR("Component", "Refuse the layer")}},
             {BITPRISM_TR("Component", "Indivisible rows"),
              BITPRISM_TR("Component",
                          "What happens to a layer whose columns the block does not divide.")});
}

std::optional<ParamProblem> GgmlParams::check() const
{
    if (importance == "file" && imatrix.empty()) {
        return ParamProblem{
            "imatrix", BITPRISM_TR("Component", "must name a file, as importance is \"file\""), {}};
    }
    return std::nullopt;
}

QuantizerNeeds GgmlQuantizer::needs() const
{
    QuantizerNeeds needs;
    needs.statistics.channels = m_params.importance == "mean-square";
    return needs;
}

GgmlType GgmlQuantizer::typeFor(const LayerInfo &layer, int bits) const
{
    const GgmlTypeInfo &wanted = ggmlTypeInfo(m_type);
    if (bits != wanted.bits) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Layer %1: %2 has %3 bits, not %4; mix widths by overrides that "
                                "name other quantizers."),
                    layer.name, m_id, wanted.bits, bits);
    }
    const GgmlType type = ggmlTypeThatFits(m_type, layer.cols);
    if (type != m_type && m_params.indivisible == "error") {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Layer %1: its %2 columns are no multiple of the %3 that a block "
                                "of %4 holds; skip it, or set indivisible to fallback."),
                    layer.name, layer.cols, wanted.blockWeights, m_id);
    }
    return type;
}

std::string GgmlQuantizer::fallback(const LayerInfo &layer) const
{
    const GgmlType type = ggmlTypeThatFits(m_type, layer.cols);
    if (type == m_type) {
        return {};
    }
    const GgmlTypeInfo &wanted = ggmlTypeInfo(m_type);
    return "stored as " + std::string(ggmlTypeInfo(type).name) + ": blocks of "
        + std::to_string(wanted.blockWeights) + " weights (" + std::string(wanted.name)
        + ") do not divide " + std::to_string(layer.cols) + " columns";
}

double GgmlQuantizer::meanBits(const LayerInfo &layer, int bits, std::optional<double>) const
{
    return ggmlTypeInfo(typeFor(layer, bits)).bits;
}

const ImportanceMatrix &GgmlQuantizer::importanceFile() const
{
    std::call_once(m_importanceRead, [this] { m_importance = readImportance(m_params.imatrix); });
    return m_importance;
}

std::vector<float> GgmlQuantizer::importanceOf(const LayerTask &task) const
{
    if (m_params.importance == "mean-square") {
        return meanSquares(task.statistics);
    }
    if (m_params.importance != "file") {
        return {};
    }
    const std::optional<std::string> name = ggufTensorName(task.layer->tensor);
    return name ? importanceFile().of(*name, task.layer->cols)
                : std::vector<float>();
}

QuantizedLayer GgmlQuantizer::quantize(const LayerTask &task, JobContext &context) const
{
    refuseRatio(task, m_id);
    const GgmlType type = typeFor(*task.layer, task.bits);
    if (type != m_type) {
        context.log(task.layer->name + ": " + std::to_string(task.layer->cols)
                    + " columns take blocks of " + std::string(ggmlTypeInfo(type).name));
    }
    const auto start = std::chrono::steady_clock::now();
    const at::Tensor W = cpuFloat(task.weight); // [rows, cols]
    const std::vector<float> importance = importanceOf(task);
    QuantizedLayer result;
    result.layer = task.layer;
    result.weight = std::make_shared<GgmlWeight>(
        type, W.size(0), W.size(1),
        encodeGgml(type, matrixView(W), importance, context.stopToken()));
    result.seconds
        = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return result;
}

std::int64_t GgmlQuantizer::storageBits(const LayerInfo &layer, int bits,
                                        std::optional<double> ratio) const
{
    LayerTask task;
    task.layer = &layer;
    task.ratio = ratio;
    refuseRatio(task, m_id);
    if (m_params.importance == "file") { // before hours of work, and by a dry run too
        static_cast<void>(importanceFile());
    }
    return ggmlStorage(typeFor(layer, bits), layer.rows, layer.cols).total();
}

QuantizedWeightPtr GgmlQuantizer::outline(const LayerInfo &layer, int bits) const
{
    return GgmlWeight::outline(typeFor(layer, bits), layer.rows, layer.cols);
}

} // namespace bitprism
