// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

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

[[noreturn]] inline void failField(const char *key)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "The store holds a damaged result: key \"%1\"."),
                std::string_view(key));
}

/// Absent keys keep the default; null is NaN for numbers with a point, else the default.
template <typename T> void fromField(const nlohmann::json &json, const char *key, T &value)
{
    if (!json.is_object()) {
        failField(key);
    }
    const auto found = json.find(key);
    if (found == json.end()) {
        return;
    }
    if (found->is_null()) {
        if constexpr (std::is_floating_point_v<T>) {
            value = std::numeric_limits<T>::quiet_NaN();
        }
        return;
    }
    try {
        value = found->template get<T>();
    } catch (const nlohmann::json::exception &) { // named by key, as every damaged input is
        failField(key);
    }
}

/// Calls `read` with each element of the list under `key`; an absent list is empty.
template <typename Read> void readList(const nlohmann::json &json, const char *key, Read read)
{
    if (!json.is_object()) {
        failField(key);
    }
    const auto found = json.find(key);
    if (found == json.end() || found->is_null()) {
        return;
    }
    if (!found->is_array()) {
        failField(key);
    }
    for (const nlohmann::json &item : *found) {
        read(item);
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

/// Numbers that are not finite stand as null in a list.
template <typename T>
void fromField(const nlohmann::json &json, const char *key,
               std::vector<T> &values) requires std::is_floating_point_v<T>
{
    values.clear();
    readList(json, key, [&](const nlohmann::json &item) {
        if (!item.is_number() && !item.is_null()) {
            failField(key);
        }
        values.push_back(item.is_null() ? std::numeric_limits<T>::quiet_NaN()
                                        : item.template get<T>());
    });
}

} // namespace bitprism::json_fields
