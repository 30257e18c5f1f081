// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/parameters.h"
#include "core/results/allocation.h"
#include "core/results/generation.h"
#include "core/results/interaction_matrix.h"
#include "core/results/outlier_table.h"
#include "core/results/sensitivity_table.h"
#include "core/results/token_losses.h"
#include "core/store/experiment_store_state.h"

#include <nlohmann/json.hpp>

namespace bitprism::store {

namespace {

template <typename T> ResultPtr decodeAs(const Json &json)
{
    return std::make_shared<const T>(T::fromJson(json));
}

struct Codec
{
    std::string_view kind;
    ResultPtr (*decode)(const Json &);
};

constexpr Codec codecs[] = {
    {Allocation::kind, &decodeAs<Allocation>},
    {Estimate::kind, &decodeAs<Estimate>},
    {Evaluation::kind, &decodeAs<Evaluation>},
    {ExportSummary::kind, &decodeAs<ExportSummary>},
    {Generation::kind, &decodeAs<Generation>},
    {InteractionMatrix::kind, &decodeAs<InteractionMatrix>},
    {ModelInfo::kind, &decodeAs<ModelInfo>},
    {OutlierTable::kind, &decodeAs<OutlierTable>},
    {RunSummary::kind, &decodeAs<RunSummary>},
    {SensitivityTable::kind, &decodeAs<SensitivityTable>},
    {TokenLosses::kind, &decodeAs<TokenLosses>},
};

} // namespace

std::optional<ResultPtr> soundResult(std::string_view kind, std::string_view body)
{
    const Json json = Json::parse(body, nullptr, false);
    if (json.is_discarded() || !json.is_object()) {
        return std::nullopt;
    }
    for (const Codec &codec : codecs) {
        if (codec.kind != kind) {
            continue;
        }
        try {
            return codec.decode(json);
        } catch (const Error &error) { // it knows a key, but neither store nor run
            if (error.code() != ErrorCode::BadInput) {
                throw;
            }
            return std::nullopt;
        }
    }
    return ResultPtr();
}

std::string damagedResultText(std::string_view run, std::string_view kind, std::string_view name)
{
    std::string text = "run " + std::string(run) + ": the result " + std::string(kind);
    if (!name.empty()) {
        text += " (" + std::string(name) + ")";
    }
    return text + " is damaged";
}

ResultPtr decodeResult(const std::filesystem::path &store, std::string_view run,
                       std::string_view kind, std::string_view body)
{
    std::optional<ResultPtr> result = soundResult(kind, body);
    if (!result) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the result %3 of run %2 is damaged; restore a backup, or "
                                "delete the run and run it again."),
                    store, run, kind);
    }
    return *std::move(result);
}

std::string encodeResult(const Result &result)
{
    return result.toJson().dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace bitprism::store
