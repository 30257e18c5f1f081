// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/atomic_file.h"
#include "core/io/dtype.h"
#include "core/io/file.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace bitprism::io {

/// One tensor of a safetensors file.
struct TensorInfo
{
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<std::int64_t> shape; ///< row-major; empty: a scalar
    std::uint64_t begin = 0; ///< first byte, from the start of the data
    std::uint64_t bytes = 0; ///< as stored; of a coded tensor, of its codes and scales

    std::int64_t elements() const; ///< of its shape
};

/// "[4096, 11008]", for messages.
std::string shapeText(const std::vector<std::int64_t> &shape);

/// A safetensors file whose header was checked in full before any data is read: header length
/// against the file and 100 MB, JSON nesting, duplicate keys, dtypes, shape products, byte ranges
/// against shapes, ranges disjoint, without holes, and inside the file. Any breach is BadInput that
/// names file and tensor. Reads are safe from several threads.
class SafetensorsFile
{
public:
    explicit SafetensorsFile(const std::filesystem::path &path);

    const std::filesystem::path &path() const { return m_file.path(); }
    std::uint64_t fileBytes() const { return m_file.size(); }
    /// In the order of their data.
    const std::vector<TensorInfo> &tensors() const { return m_tensors; }
    /// Null for an unknown name.
    const TensorInfo *find(std::string_view name) const;
    const std::map<std::string, std::string> &metadata() const { return m_metadata; }
    /// The header's JSON text as stored.
    const std::string &header() const { return m_header; }

    /// `bytes` spans `count` bytes from `offset` inside the tensor's data.
    void read(const TensorInfo &tensor, std::span<std::byte> bytes, std::uint64_t offset = 0) const;
    /// Tells the system that the tensor will be read soon; returns at once.
    void announce(const TensorInfo &tensor) const;

private:
    void parseHeader();

    File m_file;
    std::string m_header;
    std::uint64_t m_dataStart = 0;
    std::vector<TensorInfo> m_tensors;
    std::map<std::string, std::string> m_metadata;
};

/// A tensor a SafetensorsWriter will be given.
struct TensorDeclaration
{
    std::string name;
    Dtype dtype = Dtype::F32;
    std::vector<std::int64_t> shape;
};

/// Length and JSON header of a file with these tensors in this order, padded so that the data are
/// aligned to 8 bytes: all of the file but the data.
std::string safetensorsHeader(const std::vector<TensorDeclaration> &tensors,
                              std::map<std::string, std::string> metadata);

/// Writes a safetensors file as a stream: all tensors are declared first, their bytes follow in the
/// declared order, in pieces of any size; nothing is held in memory. The file appears on commit().
/// `__metadata__` holds {"format": "pt"}, without which some loaders refuse a file.
class SafetensorsWriter
{
public:
    SafetensorsWriter(std::filesystem::path path, std::vector<TensorDeclaration> tensors,
                      std::map<std::string, std::string> metadata = {});

    /// The next bytes of the data.
    void write(std::span<const std::byte> bytes);
    /// The next values, encoded as the current tensor's dtype (F32, F16, BF16); must not cross the
    /// end of a tensor.
    void writeFloats(std::span<const float> values);
    /// Asserts that every declared byte was written.
    void commit();

    /// Bytes of the whole file.
    std::uint64_t fileBytes() const { return m_headerBytes + m_dataBytes; }

private:
    AtomicFile m_file;
    std::vector<TensorDeclaration> m_tensors;
    std::vector<std::uint64_t> m_ends; ///< data offset behind each tensor
    std::uint64_t m_headerBytes = 0;
    std::uint64_t m_dataBytes = 0;
    std::uint64_t m_written = 0;
    std::size_t m_current = 0;
};

} // namespace bitprism::io
