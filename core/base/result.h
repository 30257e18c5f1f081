// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <memory>
#include <string_view>

namespace bitprism {

/// What a job publishes: immutable once shared, plain data, never tensors. Each type stands in a
/// header of core/results with `static constexpr std::string_view kind` (its key in the store), and
/// has `static T fromJson(const Json &)` beside toJson(). A partial result carries the complete
/// state so far, so that a late or dropped one does no harm.
struct Result
{
    virtual ~Result() = default;
    virtual std::string_view resultKind() const = 0;
    virtual nlohmann::json toJson() const = 0;
};

using ResultPtr = std::shared_ptr<const Result>;

template <typename T> std::shared_ptr<const T> resultAs(const ResultPtr &result)
{
    return std::dynamic_pointer_cast<const T>(result);
}

} // namespace bitprism
