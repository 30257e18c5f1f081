// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// The most rows of a table (vocabulary, positions) that a config.json may state.
constexpr std::int64_t mostRows = 16'777'216;

/// Typed, range-checked access to a checkpoint's config.json. Errors are BadInput and name file and
/// key. A key that is absent or null takes the fallback.
class ConfigReader
{
public:
    /// `where` names the file; `config` must outlive the reader.
    ConfigReader(const Json &config, std::string where);

    bool has(std::string_view key) const;
    std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max) const;
    std::int64_t integer(std::string_view key, std::int64_t min, std::int64_t max,
                         std::int64_t fallback) const;
    double real(std::string_view key, double min, double max, double fallback) const;
    bool flag(std::string_view key, bool fallback) const;
    std::string text(std::string_view key, std::string_view fallback) const;
    /// A token id, or a list of them; absent: empty. Ids outside the vocabulary are left out:
    /// reduced test models keep those of their original.
    std::vector<std::int64_t> tokens(std::string_view key, std::int64_t vocabularySize) const;
    /// The object under `key`; nothing when absent or null.
    std::optional<ConfigReader> object(std::string_view key) const;
    const Json *find(std::string_view key) const;
    [[noreturn]] void fail(std::string_view key, std::string_view expectation) const;

private:
    const Json *m_config;
    std::string m_where;
};

} // namespace bitprism
