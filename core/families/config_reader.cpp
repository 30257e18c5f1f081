// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/config_reader.h"

#include <nlohmann/json.hpp>

#include <cmath>

namespace bitprism {

ConfigReader::ConfigReader(const Json &config, std::string where)
    : m_config(&config)
    , m_where(std::move(where))
{
}

const Json *ConfigReader::find(std::string_view key) const
{
    const auto found = m_config->find(key);
    return found == m_config->end() || found->is_null() ? nullptr : &*found;
}

bool ConfigReader::has(std::string_view key) const { return find(key) != nullptr; }

void ConfigReader::fail(std::string_view key, std::string_view expectation) const
{
    const Json *value = find(key);
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: \"%2\" is %3, but must be %4; correct the file."),
                m_where, key,
                value == nullptr ? std::string("missing")
                                 : value->dump(-1, ' ', false, Json::error_handler_t::replace),
                expectation);
}

std::int64_t ConfigReader::integer(std::string_view key, std::int64_t min, std::int64_t max) const
{
    const Json *value = find(key);
    const std::string expectation
        = "an integer between " + std::to_string(min) + " and " + std::to_string(max);
    if (value == nullptr || !value->is_number_integer()
        || (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX)) {
        fail(key, expectation);
    }
    const std::int64_t number = value->get<std::int64_t>();
    if (number < min || number > max) {
        fail(key, expectation);
    }
    return number;
}

std::int64_t ConfigReader::integer(std::string_view key, std::int64_t min, std::int64_t max,
                                   std::int64_t fallback) const
{
    return has(key) ? integer(key, min, max) : fallback;
}

double ConfigReader::real(std::string_view key, double min, double max, double fallback) const
{
    const Json *value = find(key);
    if (value == nullptr) {
        return fallback;
    }
    const double number = value->is_number() ? value->get<double>() : std::nan("");
    if (!(number >= min && number <= max)) {
        fail(key, "a number between " + errorArgument(min) + " and " + errorArgument(max));
    }
    return number;
}

bool ConfigReader::flag(std::string_view key, bool fallback) const
{
    const Json *value = find(key);
    if (value != nullptr && !value->is_boolean()) {
        fail(key, "true or false");
    }
    return value == nullptr ? fallback : value->get<bool>();
}

std::string ConfigReader::text(std::string_view key, std::string_view fallback) const
{
    const Json *value = find(key);
    if (value != nullptr && !value->is_string()) {
        fail(key, "a text");
    }
    return value == nullptr ? std::string(fallback) : value->get<std::string>();
}

std::vector<std::int64_t> ConfigReader::tokens(std::string_view key,
                                               std::int64_t vocabularySize) const
{
    const Json *value = find(key);
    if (value == nullptr) {
        return {};
    }
    const Json list = value->is_array() ? *value : Json::array({*value});
    std::vector<std::int64_t> ids;
    for (const Json &id : list) {
        if (!id.is_number_integer()) {
            fail(key, "a token id or a list of them");
        }
        if (id < 0 || id >= vocabularySize) {
            continue;
        }
        ids.push_back(id.get<std::int64_t>());
    }
    return ids;
}

std::optional<ConfigReader> ConfigReader::object(std::string_view key) const
{
    const Json *value = find(key);
    if (value == nullptr) {
        return std::nullopt;
    }
    if (!value->is_object()) {
        fail(key, "an object");
    }
    return ConfigReader(*value, m_where + ": " + std::string(key));
}

} // namespace bitprism
