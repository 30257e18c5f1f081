// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism::tokenize {

/// A value of a tokenizer.json that knows where it stands, so that every complaint names its key:
/// FILE: key "pre_tokenizer.pattern". Points into the document. All readers throw BadInput.
class JsonNode
{
public:
    JsonNode(const nlohmann::json &value, std::string source, std::string path);

    const nlohmann::json &value() const { return *m_value; }
    bool isNull() const;
    /// FILE: key "PATH", to begin a sentence with.
    std::string where() const;

    /// Nothing if the key is absent or null; this node must be an object.
    std::optional<JsonNode> find(std::string_view key) const;
    JsonNode at(std::string_view key) const;
    /// The elements of the array under `key`.
    std::vector<JsonNode> elements(std::string_view key) const;
    std::vector<JsonNode> elements() const;
    /// `index` must be below the array's size.
    JsonNode element(std::size_t index) const;

    std::string text() const;
    std::string text(std::string_view key) const { return at(key).text(); }
    std::string text(std::string_view key, std::string_view fallback) const;
    bool flag(std::string_view key, bool fallback) const;
    std::int64_t integer(std::int64_t min, std::int64_t max) const;
    /// A string of exactly one character.
    std::string character(std::string_view key) const;

    [[noreturn]] void failNotSupported(std::string_view what) const;

private:
    const nlohmann::json *m_value;
    std::string m_source;
    std::string m_path;
};

} // namespace bitprism::tokenize
