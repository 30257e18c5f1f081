// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/sensitivity_table.h"

#include "core/results/json_fields.h"

namespace bitprism {

using json_fields::fromField;
using json_fields::readList;
using json_fields::toField;

namespace {

nlohmann::json cellToJson(const SensitivityCell &cell)
{
    return {{"name", cell.layer},
            {"bits", cell.bits},
            {"ratio", toField(cell.ratio)},
            {"block", cell.block},
            {"weight_mse", toField(cell.weightMse)},
            {"output_mse", toField(cell.outputMse)},
            {"kl_divergence", toField(cell.klDivergence)},
            {"kl_stderr", toField(cell.klStandardError)},
            {"delta_nll", toField(cell.deltaNll)},
            {"delta_nll_stderr", toField(cell.deltaNllStandardError)},
            {"predicted_delta_nll", toField(cell.predictedDeltaNll)},
            {"model_output_error", toField(cell.modelOutputError)},
            {"model_output_stderr", toField(cell.modelOutputStandardError)},
            {"storage_bits", cell.storageBits},
            {"weights", cell.weights},
            {"bit_operations", toField(cell.bitOperations)},
            {"io_bytes", toField(cell.ioBytes)}};
}

SensitivityCell cellFromJson(const nlohmann::json &json)
{
    SensitivityCell cell;
    fromField(json, "name", cell.layer);
    fromField(json, "bits", cell.bits);
    fromField(json, "ratio", cell.ratio);
    fromField(json, "block", cell.block);
    fromField(json, "weight_mse", cell.weightMse);
    fromField(json, "output_mse", cell.outputMse);
    fromField(json, "kl_divergence", cell.klDivergence);
    fromField(json, "kl_stderr", cell.klStandardError);
    fromField(json, "delta_nll", cell.deltaNll);
    fromField(json, "delta_nll_stderr", cell.deltaNllStandardError);
    fromField(json, "predicted_delta_nll", cell.predictedDeltaNll);
    fromField(json, "model_output_error", cell.modelOutputError);
    fromField(json, "model_output_stderr", cell.modelOutputStandardError);
    fromField(json, "storage_bits", cell.storageBits);
    fromField(json, "weights", cell.weights);
    fromField(json, "bit_operations", cell.bitOperations);
    fromField(json, "io_bytes", cell.ioBytes);
    return cell;
}

} // namespace

int SensitivityTable::groupSize() const
{
    const nlohmann::json params = nlohmann::json::parse(quantizerParams, nullptr, false);
    if (!params.is_object() || !params.contains("group_size")
        || !params["group_size"].is_number_integer()) {
        return 0;
    }
    return params["group_size"].get<int>();
}

nlohmann::json SensitivityTable::toJson() const
{
    nlohmann::json json = {{"model", model},
                           {"data", data},
                           {"quantizer", quantizer},
                           {"quantizer_params", quantizerParams},
                           {"widths", widths},
                           {"ratios", ratios},
                           {"high_bits", highBits},
                           {"fixed_bytes", fixedBytes},
                           {"fixed_bit_operations", toField(fixedBitOperations)},
                           {"fixed_io_bytes", toField(fixedIoBytes)},
                           {"tokens", tokens},
                           {"seconds", toField(seconds)},
                           {"rank_correlation", toField(rankCorrelation)},
                           {"complete", complete},
                           {"layers", nlohmann::json::array()}};
    for (const SensitivityCell &cell : cells) {
        json["layers"].push_back(cellToJson(cell));
    }
    return json;
}

SensitivityTable SensitivityTable::fromJson(const nlohmann::json &json)
{
    SensitivityTable result;
    fromField(json, "model", result.model);
    fromField(json, "data", result.data);
    fromField(json, "quantizer", result.quantizer);
    fromField(json, "quantizer_params", result.quantizerParams);
    fromField(json, "widths", result.widths);
    fromField(json, "ratios", result.ratios);
    fromField(json, "high_bits", result.highBits);
    fromField(json, "fixed_bytes", result.fixedBytes);
    fromField(json, "fixed_bit_operations", result.fixedBitOperations);
    fromField(json, "fixed_io_bytes", result.fixedIoBytes);
    fromField(json, "tokens", result.tokens);
    fromField(json, "seconds", result.seconds);
    fromField(json, "rank_correlation", result.rankCorrelation);
    fromField(json, "complete", result.complete);
    readList(json, "layers",
             [&](const nlohmann::json &item) { result.cells.push_back(cellFromJson(item)); });
    return result;
}

} // namespace bitprism
