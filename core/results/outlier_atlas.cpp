// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/outlier_atlas.h"

#include <bit>

namespace bitprism {

float MagnitudeScale::magnitude(std::uint8_t code) const
{
    const int bin = topBin - 255 + code;
    if (code == 0 || bin < 0) {
        return 0;
    }
    constexpr int mantissaBits = 19; // of a float's 23 that a bin leaves out
    const auto low = static_cast<std::uint32_t>(bin) << mantissaBits;
    return std::bit_cast<float>(low + (1U << (mantissaBits - 1)));
}

std::string AtlasTokens::text(std::int64_t token) const
{
    if (ids.empty() || token < 0 || token >= count()) {
        return {};
    }
    const std::int64_t id = ids[static_cast<std::size_t>(token)];
    const auto found = std::lower_bound(vocabulary.begin(), vocabulary.end(), id);
    return found != vocabulary.end() && *found == id
        ? pieces[static_cast<std::size_t>(found - vocabulary.begin())]
        : std::string();
}

std::string AtlasTokens::textAround(std::int64_t token, std::int64_t first, std::int64_t last) const
{
    std::string joined;
    if (token < 0 || token >= count()) {
        return joined;
    }
    const std::int64_t sample = samples[static_cast<std::size_t>(token)];
    for (std::int64_t i = std::max<std::int64_t>(0, first); i < std::min(last, count()); ++i) {
        if (samples[static_cast<std::size_t>(i)] == sample) {
            joined += text(i);
        }
    }
    return joined;
}

} // namespace bitprism
