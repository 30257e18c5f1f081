// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

namespace bitprism {

/// A greedy continuation.
struct Generation final : Result
{
    static constexpr std::string_view kind = "generation";

    std::vector<std::int64_t> ids; ///< prompt and continuation, BOS included where it was added
    std::string text; ///< all of it decoded
    std::int64_t promptTokens = 0;
    double seconds = 0;

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static Generation fromJson(const nlohmann::json &json);
};

/// What an export wrote.
struct ExportSummary final : Result
{
    static constexpr std::string_view kind = "export";

    std::string format;
    std::string output; ///< absolute path
    std::int64_t bytes = 0; ///< of all files
    std::vector<std::string> notes; ///< what readers of the format will lack, a phrase each

    std::string_view resultKind() const override { return kind; }
    nlohmann::json toJson() const override;
    static ExportSummary fromJson(const nlohmann::json &json);
};

} // namespace bitprism
