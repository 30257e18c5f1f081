// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/generation.h"

#include "core/results/json_fields.h"

namespace bitprism {

using json_fields::fromField;

nlohmann::json Generation::toJson() const
{
    return {{"ids", ids}, {"text", text}, {"prompt_tokens", promptTokens}, {"seconds", seconds}};
}

Generation Generation::fromJson(const nlohmann::json &json)
{
    Generation result;
    fromField(json, "ids", result.ids);
    fromField(json, "text", result.text);
    fromField(json, "prompt_tokens", result.promptTokens);
    fromField(json, "seconds", result.seconds);
    return result;
}

nlohmann::json ExportSummary::toJson() const
{
    return {{"format", format}, {"output", output}, {"bytes", bytes}, {"notes", notes}};
}

ExportSummary ExportSummary::fromJson(const nlohmann::json &json)
{
    ExportSummary result;
    fromField(json, "format", result.format);
    fromField(json, "output", result.output);
    fromField(json, "bytes", result.bytes);
    fromField(json, "notes", result.notes);
    return result;
}

} // namespace bitprism
