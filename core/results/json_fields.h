// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>
#include <string>

/// For the .cpp files of results: fields to JSON and back. Numbers that are not finite, and absent
/// optionals, become null.
namespace bitprism::json_fields {

template <typename T> nlohmann::json toField(const T &value)
{
    if constexpr (std::is_floating_point_v<T>) {
        return std::isfinite(value) ? nlohmann::json(value) : nlohmann::json();
    } else {
        return value;
    }
}

template <typename T> nlohmann::json toField(const std::optional<T> &value)
{
    return value ? toField(*value) : nlohmann::json();
}

template <typename T> void fromField(const nlohmann::json &json, const char *key, T &value)
{
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) {
        return;
    }
    try {
        value = found->template get<T>();
    } catch (const nlohmann::json::exception &) { // named by key, as every damaged input is
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The store holds a damaged result: key \"%1\"."),
                    std::string_view(key));
    }
}

template <typename T>
void fromField(const nlohmann::json &json, const char *key, std::optional<T> &value)
{
    T present{};
    const auto found = json.find(key);
    if (found != json.end() && !found->is_null()) {
        fromField(json, key, present);
        value = present;
    }
}

} // namespace bitprism::json_fields
