// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf.h"

#include "core/base/error.h"
#include "core/base/utf8.h"
#include "core/io/gguf_header_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <type_traits>

namespace bitprism::io {

namespace fs = std::filesystem;

static_assert(std::endian::native == std::endian::little, "GGUF fields are read as they lie");

namespace {

constexpr std::array<char, 4> magic{'G', 'G', 'U', 'F'};
constexpr std::uint64_t maxKeyBytes = 65535;
constexpr std::uint64_t maxNameBytes = 63; // ggml's reader refuses 64
constexpr std::uint32_t maxDimensions = 4;
constexpr std::uint64_t maxTensors = 1 << 20;

[[noreturn]] void failTensor(const File &file, const std::string &name, std::string_view problem)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: tensor \"%2\" %3; the file is damaged."), file.path(),
                name, problem);
}

/// Name, dimensions and type; the offset is left in `begin`.
GgufTensor readTensorInfo(GgufHeaderReader &reader, const File &file)
{
    GgufTensor tensor;
    tensor.name = reader.text("name of a tensor", maxNameBytes);
    if (tensor.name.empty() || invalidUtf8Position(tensor.name)) {
        reader.fail("name of a tensor");
    }
    const auto dimensions = reader.number<std::uint32_t>(tensor.name);
    if (dimensions < 1 || dimensions > maxDimensions) {
        failTensor(file, tensor.name, "does not have 1 to 4 dimensions");
    }
    std::uint64_t elements = 1;
    for (std::uint32_t i = 0; i < dimensions; ++i) {
        const auto size = reader.number<std::uint64_t>(tensor.name);
        // 2^53 values of any type are more than a file holds, and their bytes do not overflow.
        if (size < 1 || size > (std::uint64_t{1} << 53) / elements) {
            failTensor(file, tensor.name, "has a dimension of no possible size");
        }
        elements *= size;
        tensor.shape.insert(tensor.shape.begin(), static_cast<std::int64_t>(size));
    }
    const auto id = reader.number<std::uint32_t>(tensor.name);
    tensor.type = ggufBlockType(id);
    if (tensor.type == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: tensor \"%2\" is of ggml type %3, which is retired or newer "
                                "than this version; requantize the model."),
                    file.path(), tensor.name, id);
    }
    if (tensor.shape.back() % tensor.type->blockWeights != 0) {
        failTensor(file, tensor.name, "has rows that are no whole blocks of its type");
    }
    tensor.bytes = elements / tensor.type->blockWeights * tensor.type->blockBytes;
    tensor.begin = reader.number<std::uint64_t>(tensor.name);
    return tensor;
}

} // namespace

GgufFile::GgufFile(const fs::path &path)
    : m_file(path)
{
    parse();
}

void GgufFile::parse()
{
    GgufHeaderReader reader(m_file);
    if (reader.number<std::array<char, 4>>("magic") != magic) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: not a GGUF file; check the path."), m_file.path());
    }
    const auto version = reader.number<std::uint32_t>("version");
    if (version != 2 && version != 3) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: GGUF version %2 cannot be read (2 and 3 can, little-endian); "
                                "convert the file again."),
                    m_file.path(), version);
    }
    const auto tensorCount = reader.number<std::uint64_t>("number of tensors");
    const auto keyCount = reader.number<std::uint64_t>("number of keys");
    constexpr std::uint64_t leastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;
    constexpr std::uint64_t leastKeyBytes = 8 + 1 + 4 + 1;
    if (tensorCount > std::min(maxTensors, reader.left() / leastTensorBytes)
        || keyCount > reader.left() / leastKeyBytes) {
        reader.fail("number of tensors or keys");
    }
    for (std::uint64_t i = 0; i < keyCount; ++i) {
        std::string key = reader.text("name of a key", maxKeyBytes);
        if (key.empty() || !m_keys.emplace(key, m_metadata.size()).second) {
            reader.fail("an empty or repeated key");
        }
        const auto type = reader.number<std::uint32_t>(key);
        GgufValue parsed = reader.value(type, key);
        m_metadata.emplace_back(std::move(key), std::move(parsed));
    }
    const std::int64_t alignment = integer("general.alignment").value_or(32);
    if (alignment < 1 || alignment > (1 << 30)
        || !std::has_single_bit(static_cast<std::uint64_t>(alignment))) {
        reader.fail("general.alignment");
    }
    for (std::uint64_t i = 0; i < tensorCount; ++i) {
        m_tensors.push_back(readTensorInfo(reader, m_file));
    }
    const auto aligned = [align = static_cast<std::uint64_t>(alignment)](std::uint64_t value) {
        return (value + align - 1) / align * align;
    };
    const std::uint64_t dataBegin = aligned(reader.position());
    std::uint64_t expected = 0;
    for (GgufTensor &tensor : m_tensors) {
        if (tensor.begin != expected) {
            failTensor(m_file, tensor.name,
                       &tensor == &m_tensors.front()
                           ? "does not begin with the data"
                           : "does not begin where \"" + std::prev(&tensor)->name + "\" ends");
        }
        if (dataBegin > m_file.size() || tensor.bytes > m_file.size() - dataBegin
            || expected > m_file.size() - dataBegin - tensor.bytes) {
            failTensor(m_file, tensor.name, "ends behind the end of the file");
        }
        tensor.begin += dataBegin;
        expected += aligned(tensor.bytes);
        const std::size_t index = m_names.size();
        if (!m_names.emplace(tensor.name, index).second) {
            failTensor(m_file, tensor.name, "stands there twice");
        }
    }
    // The last tensor's padding may be missing; nothing else may follow.
    const std::uint64_t end = std::max(dataBegin + expected, reader.position());
    if (m_file.size() > end) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: %2 bytes behind the last tensor belong to none; the file is "
                                "damaged."),
                    m_file.path(), m_file.size() - end);
    }
}

const GgufTensor *GgufFile::find(std::string_view name) const
{
    const auto found = m_names.find(name);
    return found == m_names.end() ? nullptr : &m_tensors[found->second];
}

const GgufValue *GgufFile::value(std::string_view key) const
{
    const auto found = m_keys.find(key);
    return found == m_keys.end() ? nullptr : &m_metadata[found->second].second;
}

void GgufFile::wrongType(std::string_view key) const
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: the value of \"%2\" is of another type than it must be."),
                m_file.path(), key);
}

std::optional<std::string> GgufFile::text(std::string_view key) const
{
    const GgufValue *found = value(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const auto *text = std::get_if<std::string>(found);
    return text != nullptr ? std::optional(*text) : (wrongType(key), std::nullopt);
}

std::optional<std::int64_t> GgufFile::integer(std::string_view key) const
{
    const GgufValue *found = value(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    return std::visit(
        [&](const auto &held) -> std::int64_t {
            using Value = std::decay_t<decltype(held)>;
            if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
                if (!std::in_range<std::int64_t>(held)) {
                    wrongType(key);
                }
                return static_cast<std::int64_t>(held);
            } else {
                wrongType(key);
            }
        },
        *found);
}

std::optional<double> GgufFile::real(std::string_view key) const
{
    const GgufValue *found = value(key);
    if (found != nullptr && std::holds_alternative<float>(*found)) {
        return static_cast<double>(std::get<float>(*found));
    }
    if (found != nullptr && std::holds_alternative<double>(*found)) {
        return std::get<double>(*found);
    }
    const std::optional<std::int64_t> whole = integer(key);
    return whole ? std::optional(static_cast<double>(*whole)) : std::nullopt;
}

std::optional<bool> GgufFile::flag(std::string_view key) const
{
    const GgufValue *found = value(key);
    if (found == nullptr) {
        return std::nullopt;
    }
    const auto *held = std::get_if<bool>(found);
    return held != nullptr ? std::optional(*held) : (wrongType(key), std::nullopt);
}

const GgufArray *GgufFile::array(std::string_view key) const
{
    const GgufValue *found = value(key);
    const GgufArray *held = found == nullptr ? nullptr : std::get_if<GgufArray>(found);
    if (found != nullptr && held == nullptr) {
        wrongType(key);
    }
    return held;
}

void GgufFile::read(const GgufTensor &tensor, std::span<std::byte> bytes,
                    std::uint64_t offset) const
{
    BITPRISM_ASSERT(offset <= tensor.bytes && bytes.size() <= tensor.bytes - offset,
                    "reads stay inside the tensor");
    m_file.readAt(tensor.begin + offset, bytes);
}

void GgufFile::announce(const GgufTensor &tensor) const
{
    m_file.announce(tensor.begin, tensor.bytes);
}

bool GgufFile::isGguf(const fs::path &path)
{
    std::error_code ignored;
    if (!fs::is_regular_file(path, ignored)) {
        return false;
    }
    const File file(path);
    std::array<char, 4> start{};
    if (file.size() < start.size()) {
        return false;
    }
    file.readAt(0, std::as_writable_bytes(std::span(start)));
    return start == magic;
}

} // namespace bitprism::io
