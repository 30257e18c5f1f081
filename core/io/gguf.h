// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/atomic_file.h"
#include "core/io/file.h"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace bitprism::io {

/// A ggml_type as its id in a GGUF file says.
struct GgufBlockType
{
    std::uint32_t id = 0;
    std::string_view name; ///< "Q4_K"
    std::uint32_t blockWeights = 1;
    std::uint32_t blockBytes = 0;

    double bitsPerWeight() const { return 8.0 * blockBytes / blockWeights; }
};

/// Null for an unknown or retired id.
const GgufBlockType *ggufBlockType(std::uint32_t id);

/// An array of metadata. Only one of the vectors is used, as the element type says; nested arrays
/// are not read.
struct GgufArray
{
    std::uint32_t elementType = 8; ///< the id of a metadata value type
    std::vector<std::string> texts;
    std::vector<std::int64_t> integers; ///< booleans too
    std::vector<double> reals;

    static GgufArray ofTexts(std::vector<std::string> values);
    static GgufArray ofInt32(std::vector<std::int64_t> values);
    static GgufArray ofFloat32(std::vector<double> values);

    std::size_t size() const { return texts.size() + integers.size() + reals.size(); }
    friend bool operator==(const GgufArray &, const GgufArray &) = default;
};

/// One value of metadata; the alternative's index is the format's id of its type.
using GgufValue = std::variant<std::uint8_t, std::int8_t, std::uint16_t, std::int16_t,
                               std::uint32_t, std::int32_t, float, bool, std::string, GgufArray,
                               std::uint64_t, std::int64_t, double>;
/// In the order of the file.
using GgufMetadata = std::vector<std::pair<std::string, GgufValue>>;

/// A tensor of a GGUF file.
struct GgufTensor
{
    std::string name;
    const GgufBlockType *type = nullptr;
    std::vector<std::int64_t> shape; ///< row-major: the file's dimensions in reverse
    std::uint64_t begin = 0; ///< first byte, from the start of the file
    std::uint64_t bytes = 0;

    std::int64_t elements() const;
};

/// A GGUF file (version 2 or 3, little-endian) whose header was checked in full before any data is
/// read: counts and lengths against the file, keys and names unique, types known, dimensions
/// against the block and each other, offsets without gaps as ggml's own reader demands them. Any
/// breach is BadInput that names file and key or tensor. Reads are safe from several threads.
class GgufFile
{
public:
    explicit GgufFile(const std::filesystem::path &path);

    const std::filesystem::path &path() const { return m_file.path(); }
    std::uint64_t fileBytes() const { return m_file.size(); }
    const GgufMetadata &metadata() const { return m_metadata; }
    const std::vector<GgufTensor> &tensors() const { return m_tensors; }
    /// Null for an unknown name.
    const GgufTensor *find(std::string_view name) const;

    /// Null for an unknown key.
    const GgufValue *value(std::string_view key) const;
    /// The value under `key`; nothing where it is absent; BadInput where it is of another type.
    std::optional<std::string> text(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<double> real(std::string_view key) const; ///< integers too
    std::optional<bool> flag(std::string_view key) const;
    const GgufArray *array(std::string_view key) const;

    /// `bytes` spans what lies from `offset` on inside the tensor's data.
    void read(const GgufTensor &tensor, std::span<std::byte> bytes, std::uint64_t offset = 0) const;
    /// Tells the system that the tensor will be read soon; returns at once.
    void announce(const GgufTensor &tensor) const;

    /// Whether a file begins as a GGUF does.
    static bool isGguf(const std::filesystem::path &path);

private:
    void parse();
    [[noreturn]] void wrongType(std::string_view key) const;

    File m_file;
    GgufMetadata m_metadata;
    std::map<std::string, std::size_t, std::less<>> m_keys;
    std::vector<GgufTensor> m_tensors;
    std::map<std::string, std::size_t, std::less<>> m_names;
};

/// The files of a checkpoint in order: `path` alone, or, for NAME-00001-of-00003.gguf, all of its
/// parts. BadInput that names a part which is not there, and for a part other than the first.
std::vector<std::filesystem::path> ggufParts(const std::filesystem::path &path);

/// A tensor a GgufWriter will be given.
struct GgufDeclaration
{
    std::string name; ///< at most 63 bytes
    std::uint32_t type = 0;
    std::vector<std::int64_t> shape; ///< row-major
};

/// Bytes of a tensor's blocks. BITPRISM_ASSERT: the block divides the last dimension.
std::uint64_t ggufDataBytes(const GgufDeclaration &tensor);
/// All of the file before the data, padding included.
std::string ggufHeader(const GgufMetadata &metadata, const std::vector<GgufDeclaration> &tensors);
/// Of the whole file, padding included: what a writer of these will have on disk.
std::uint64_t ggufFileBytes(const GgufMetadata &metadata,
                            const std::vector<GgufDeclaration> &tensors);

/// Writes a GGUF file (version 3) as a stream: metadata and tensors are declared first, their bytes
/// follow in the declared order, in pieces of any size; nothing is held in memory. The file appears
/// on commit(). Throws BadInput for a name that ggml's reader would refuse.
class GgufWriter
{
public:
    GgufWriter(std::filesystem::path path, const GgufMetadata &metadata,
               const std::vector<GgufDeclaration> &tensors);

    /// The next bytes of the current tensor; must not cross its end.
    void write(std::span<const std::byte> bytes);
    /// Asserts that every declared byte was written.
    void commit();
    std::uint64_t fileBytes() const { return m_fileBytes; }

private:
    void padCurrent();

    AtomicFile m_file;
    std::vector<std::uint64_t> m_bytes; ///< of each tensor
    std::size_t m_current = 0;
    std::uint64_t m_written = 0; ///< of the current tensor
    std::uint64_t m_fileBytes = 0;
};

} // namespace bitprism::io
