// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/tokenize/json_node.h"

#include "core/base/utf8.h"

#include <nlohmann/json.hpp>

namespace bitprism::tokenize {

JsonNode::JsonNode(const nlohmann::json &value, std::string source, std::string path)
    : m_value(&value)
    , m_source(std::move(source))
    , m_path(std::move(path))
{
}

bool JsonNode::isNull() const { return m_value->is_null(); }

std::string JsonNode::where() const
{
    return m_path.empty() ? m_source : m_source + ": key \"" + m_path + "\"";
}

std::optional<JsonNode> JsonNode::find(std::string_view key) const
{
    if (!m_value->is_object()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be an object."), where());
    }
    const auto found = m_value->find(std::string(key));
    if (found == m_value->end() || found->is_null()) {
        return std::nullopt;
    }
    return JsonNode(*found, m_source,
                    m_path.empty() ? std::string(key) : m_path + "." + std::string(key));
}

JsonNode JsonNode::at(std::string_view key) const
{
    std::optional<JsonNode> found = find(key);
    if (!found) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 lacks \"%2\"."), where(), key);
    }
    return *std::move(found);
}

std::vector<JsonNode> JsonNode::elements(std::string_view key) const { return at(key).elements(); }

std::vector<JsonNode> JsonNode::elements() const
{
    if (!m_value->is_array()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be an array."), where());
    }
    std::vector<JsonNode> nodes;
    for (std::size_t i = 0; i < m_value->size(); ++i) {
        nodes.push_back(element(i));
    }
    return nodes;
}

JsonNode JsonNode::element(std::size_t index) const
{
    return JsonNode((*m_value)[index], m_source, m_path + "[" + std::to_string(index) + "]");
}

std::string JsonNode::text() const
{
    if (!m_value->is_string()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be a string."), where());
    }
    return m_value->get<std::string>();
}

std::string JsonNode::text(std::string_view key, std::string_view fallback) const
{
    const std::optional<JsonNode> found = find(key);
    return found ? found->text() : std::string(fallback);
}

bool JsonNode::flag(std::string_view key, bool fallback) const
{
    const std::optional<JsonNode> found = find(key);
    if (found && !found->value().is_boolean()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be true or false."),
                    found->where());
    }
    return found ? found->value().get<bool>() : fallback;
}

std::int64_t JsonNode::integer(std::int64_t min, std::int64_t max) const
{
    const bool fits = m_value->is_number_unsigned()
        ? m_value->get<std::uint64_t>() <= static_cast<std::uint64_t>(max)
        : m_value->is_number_integer() && m_value->get<std::int64_t>() <= max;
    if (!fits || m_value->get<std::int64_t>() < min) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 must be an integer between %2 and %3."), where(), min,
                    max);
    }
    return m_value->get<std::int64_t>();
}

std::string JsonNode::character(std::string_view key) const
{
    const JsonNode node = at(key);
    std::string text = node.text();
    std::size_t position = 0;
    if (!text.empty()) {
        nextCodePoint(text, position);
    }
    if (text.empty() || position != text.size()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1 must be one character."),
                    node.where());
    }
    return text;
}

void JsonNode::failNotSupported(std::string_view what) const
{
    throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: type \"%2\" is not supported yet."),
                where(), what);
}

} // namespace bitprism::tokenize
