// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// What a run measures where its recipe names nothing, and how the text is cut for it: as the
/// newest run of the model did, since only equal measurements can be compared.
struct UsualEvaluation
{
    std::vector<std::string> tasks; ///< JSON texts, as in a request; empty: the model's usual task
    std::int64_t samples = 0; ///< windows (documents) to score; 0: all
    std::int64_t length = 0; ///< tokens of a window; 0: the model's context
    std::int64_t stride = 0; ///< tokens from window to window; 0: the length
    std::string documents; ///< text between documents; empty: none

    /// Of the stored request of a run; what is malformed counts as absent.
    static UsualEvaluation ofRequest(std::string_view request);

    bool operator==(const UsualEvaluation &) const = default;
};

} // namespace bitprism
