// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/json_reader.h"
#include "core/results/allocation.h"
#include "core/results/evaluation.h"
#include "core/results/generation.h"
#include "core/results/model_info.h"
#include "core/results/outlier_table.h"
#include "core/results/run_summary.h"
#include "core/results/sensitivity_table.h"
#include "tests/fuzz/support.h"

#include <nlohmann/json.hpp>

#include <array>

using namespace bitprism;

namespace {

template <typename T> void readAndWrite(const Json &json)
{
    T::fromJson(T::fromJson(json).toJson()).toJson();
}

constexpr std::array readers{
    readAndWrite<Allocation>,    readAndWrite<Evaluation>, readAndWrite<Generation>,
    readAndWrite<ExportSummary>, readAndWrite<ModelInfo>,  readAndWrite<OutlierTable>,
    readAndWrite<RunSummary>,    readAndWrite<Estimate>,   readAndWrite<SensitivityTable>};

} // namespace

/// Stored results: every kind reads whatever JSON it is given.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    for (const auto reader : readers) {
        fuzz::expectErrorOrSuccess(
            [&] { reader(io::parseJson(fuzz::asText(data, size), "result.json")); });
    }
    return 0;
}
