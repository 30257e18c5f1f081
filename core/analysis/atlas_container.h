// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"
#include "core/io/safetensors.h"

#include <nlohmann/json_fwd.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace bitprism {

/// A file of the outlier atlas: safetensors with facts in its metadata.

template <typename T> constexpr io::Dtype atlasDtype()
{
    if constexpr (std::is_same_v<T, float>) {
        return io::Dtype::F32;
    } else if constexpr (std::is_same_v<T, double>) {
        return io::Dtype::F64;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        return io::Dtype::I64;
    } else {
        return io::Dtype::U8;
    }
}

/// Arrays and facts of a file before it is written; the arrays outlive it.
class AtlasContents
{
public:
    template <typename T>
    void add(const std::string &name, std::vector<std::int64_t> shape, const std::vector<T> &values)
    {
        m_declarations.push_back({name, atlasDtype<T>(), std::move(shape)});
        m_bytes.push_back(std::as_bytes(std::span<const T>(values)));
    }
    void write(const std::filesystem::path &file, const Json &facts) const;

private:
    std::vector<io::TensorDeclaration> m_declarations;
    std::vector<std::span<const std::byte>> m_bytes;
};

/// A file that was opened, with its facts. All throw BadInput for a damaged file, in one line that
/// says what to do.
class AtlasFile
{
public:
    explicit AtlasFile(const std::filesystem::path &path);

    std::int64_t number(const char *key, std::int64_t least) const;
    bool flag(const char *key) const;
    std::string text(const char *key) const;
    const Json &facts() const { return *m_facts; }
    bool has(const std::string &name) const { return m_file.find(name) != nullptr; }

    /// All of a tensor that must have this shape, or its first `rows` rows.
    template <typename T>
    std::vector<T> read(const std::string &name, const std::vector<std::int64_t> &shape,
                        std::int64_t rows = -1) const
    {
        const io::TensorInfo &info = require(name, atlasDtype<T>(), shape);
        std::uint64_t bytes = info.bytes; // checked against the file's length when it was opened
        if (rows >= 0 && rows < shape.front()) {
            bytes = bytes / static_cast<std::uint64_t>(shape.front())
                * static_cast<std::uint64_t>(rows);
        }
        std::vector<T> values(bytes / sizeof(T));
        m_file.read(info, std::as_writable_bytes(std::span<T>(values)));
        return values;
    }
    /// First dimension of a tensor with `dimensions` of them; fails for another tensor.
    std::int64_t rowsOf(const std::string &name, std::size_t dimensions) const;
    void requireFinite(std::span<const float> values) const;
    void requireFinite(std::span<const double> values) const;
    [[noreturn]] void fail() const;

private:
    const io::TensorInfo &require(const std::string &name, io::Dtype dtype,
                                  const std::vector<std::int64_t> &shape) const;

    io::SafetensorsFile m_file;
    std::shared_ptr<const Json> m_facts; ///< an object
};

} // namespace bitprism
