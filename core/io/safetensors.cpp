// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"

#include "core/io/json_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>
#include <limits>

namespace bitprism::io {

static_assert(std::endian::native == std::endian::little,
              "the format and our reads are little-endian");

namespace {

constexpr std::uint64_t maxHeaderBytes = 100'000'000;
constexpr std::uint64_t lengthBytes = 8;
constexpr std::size_t maxTensorRank = 16;

/// Product of `shape` and `elementBytes`; nothing on overflow or a negative dimension.
std::optional<std::uint64_t> checkedBytes(const std::vector<std::int64_t> &shape,
                                          std::uint64_t elementBytes)
{
    std::uint64_t bytes = elementBytes;
    for (const std::int64_t dimension : shape) {
        if (dimension < 0
            || __builtin_mul_overflow(bytes, static_cast<std::uint64_t>(dimension), &bytes)
            || bytes > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            return std::nullopt;
        }
    }
    return bytes;
}

/// Reads header entries of one file; every complaint names file and tensor.
class HeaderReader
{
public:
    explicit HeaderReader(const std::filesystem::path &path)
        : m_path(path)
    {
    }

    TensorInfo tensor(const std::string &name, const Json &entry) const
    {
        if (!entry.is_object() || entry.size() != 3 || !entry.contains("dtype")
            || !entry.contains("shape") || !entry.contains("data_offsets")) {
            fail(name,
                 BITPRISM_TR("Error",
                             "%1: tensor \"%2\" needs exactly dtype, shape and "
                             "data_offsets; the file is damaged."));
        }
        TensorInfo info;
        info.name = name;
        info.dtype = dtype(name, entry["dtype"]);
        info.shape = shape(name, entry["shape"]);
        const std::vector<std::uint64_t> range = offsets(name, entry["data_offsets"]);
        const std::optional<std::uint64_t> bytes = checkedBytes(info.shape, dtypeBytes(info.dtype));
        if (!bytes) {
            fail(name,
                 BITPRISM_TR("Error",
                             "%1: the shape of tensor \"%2\" overflows; the file is "
                             "damaged."));
        }
        if (range[1] < range[0] || range[1] - range[0] != *bytes) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" spans bytes %3 to %4, but its shape "
                                    "%5 of %6 takes %7; the file is damaged."),
                        m_path, name, range[0], range[1], shapeText(info.shape),
                        dtypeName(info.dtype), *bytes);
        }
        info.begin = range[0];
        info.bytes = *bytes;
        return info;
    }

private:
    Dtype dtype(const std::string &name, const Json &value) const
    {
        const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
        const std::optional<Dtype> found = dtypeFromName(text);
        if (!found || !value.is_string()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" has the unknown dtype %3; it needs "
                                    "a newer version or is damaged."),
                        m_path, name, text);
        }
        return *found;
    }

    std::vector<std::int64_t> shape(const std::string &name, const Json &value) const
    {
        const bool isList = value.is_array() && value.size() <= maxTensorRank;
        if (!isList || !std::all_of(value.begin(), value.end(), [](const Json &dimension) {
                return dimension.is_number_unsigned()
                    && dimension.get<std::uint64_t>() <= static_cast<std::uint64_t>(INT64_MAX);
            })) {
            fail(name,
                 BITPRISM_TR("Error",
                             "%1: the shape of tensor \"%2\" is not a list of "
                             "dimensions; the file is damaged."));
        }
        return value.get<std::vector<std::int64_t>>();
    }

    std::vector<std::uint64_t> offsets(const std::string &name, const Json &value) const
    {
        if (!value.is_array() || value.size() != 2 || !value[0].is_number_unsigned()
            || !value[1].is_number_unsigned()) {
            fail(name,
                 BITPRISM_TR("Error",
                             "%1: data_offsets of tensor \"%2\" are not two "
                             "positions; the file is damaged."));
        }
        return value.get<std::vector<std::uint64_t>>();
    }

    [[noreturn]] void fail(const std::string &name, TranslatableText text) const
    {
        throw Error(ErrorCode::BadInput, text, m_path, name);
    }

    const std::filesystem::path &m_path;
};

std::map<std::string, std::string> readMetadata(const Json &value,
                                                const std::filesystem::path &path)
{
    std::map<std::string, std::string> result;
    const bool isMap = value.is_object()
        && std::all_of(value.begin(), value.end(),
                       [](const Json &item) { return item.is_string(); });
    if (!isMap) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: __metadata__ must map texts to texts; the file is "
                                "damaged."),
                    path);
    }
    for (const auto &[key, text] : value.items()) {
        result.emplace(key, text.get<std::string>());
    }
    return result;
}

/// How many ends of `tensor` meet the data's or another tensor's, 0 to 2.
int meetingEnds(const TensorInfo &tensor, const std::vector<TensorInfo> &tensors,
                std::uint64_t dataBytes)
{
    const std::uint64_t end = tensor.begin + tensor.bytes;
    bool meetsBefore = tensor.begin == 0;
    bool meetsBehind = end == dataBytes;
    for (const TensorInfo &other : tensors) {
        meetsBefore = meetsBefore || other.begin + other.bytes == tensor.begin;
        meetsBehind = meetsBehind || other.begin == end;
    }
    return (meetsBefore ? 1 : 0) + (meetsBehind ? 1 : 0);
}

/// Of two tensors that overlap the one at fault is the one that fits in less where it lies.
[[noreturn]] void failOverlap(const TensorInfo &first, const TensorInfo &second,
                              const std::vector<TensorInfo> &tensors, std::uint64_t dataBytes,
                              const std::filesystem::path &path)
{
    const bool isFirst
        = meetingEnds(first, tensors, dataBytes) < meetingEnds(second, tensors, dataBytes);
    const TensorInfo &atFault = isFirst ? first : second;
    const TensorInfo &other = isFirst ? second : first;
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: tensor \"%2\" at bytes %3 to %4 overlaps tensor \"%5\" at %6 to "
                            "%7; the file is damaged."),
                path, atFault.name, atFault.begin, atFault.begin + atFault.bytes, other.name,
                other.begin, other.begin + other.bytes);
}

void checkEnds(const std::vector<TensorInfo> &tensors, std::uint64_t dataBytes,
               const std::filesystem::path &path)
{
    for (const TensorInfo &tensor : tensors) {
        const std::uint64_t end = tensor.begin + tensor.bytes; // checked by HeaderReader
        if (end > dataBytes) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" ends %3 bytes behind the end of the "
                                    "file; it is truncated, copy it again."),
                        path, tensor.name, end - dataBytes);
        }
    }
}

/// Sorts by position and checks that the tensors tile the data: no overlap, no hole, no rest. What
/// lies outside comes first, as it leaves a hole where it should be, then overlaps for that reason.
void checkTiling(std::vector<TensorInfo> &tensors, std::uint64_t dataBytes,
                 const std::filesystem::path &path)
{
    std::sort(tensors.begin(), tensors.end(), [](const TensorInfo &a, const TensorInfo &b) {
        return std::tie(a.begin, a.bytes, a.name) < std::tie(b.begin, b.bytes, b.name);
    });
    checkEnds(tensors, dataBytes, path);
    for (std::size_t i = 1; i < tensors.size(); ++i) {
        const TensorInfo &before = tensors[i - 1];
        if (tensors[i].begin < before.begin + before.bytes) {
            failOverlap(before, tensors[i], tensors, dataBytes, path);
        }
    }
    std::uint64_t end = 0;
    for (const TensorInfo &tensor : tensors) {
        if (tensor.begin > end) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: %3 unused bytes before tensor \"%2\"; the file "
                                    "is damaged."),
                        path, tensor.name, tensor.begin - end);
        }
        end = tensor.begin + tensor.bytes;
    }
    if (end != dataBytes) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: %2 bytes behind the last tensor belong to none; the "
                                "file is damaged."),
                    path, dataBytes - end);
    }
}

} // namespace

std::int64_t TensorInfo::elements() const
{
    std::int64_t elements = 1;
    for (const std::int64_t size : shape) {
        elements *= size;
    }
    return elements;
}

std::string shapeText(const std::vector<std::int64_t> &shape)
{
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        text += (i == 0 ? "" : ", ") + std::to_string(shape[i]);
    }
    return text + "]";
}

SafetensorsFile::SafetensorsFile(const std::filesystem::path &path)
    : m_file(path)
{
    std::uint64_t headerBytes = 0;
    if (m_file.size() >= lengthBytes) {
        m_file.readAt(0, std::as_writable_bytes(std::span(&headerBytes, 1)));
    }
    if (m_file.size() < lengthBytes || headerBytes < 2 || headerBytes > maxHeaderBytes
        || headerBytes > m_file.size() - lengthBytes) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the header of %2 bytes does not fit the file of %3; "
                                "it is truncated or not safetensors."),
                    path, headerBytes, m_file.size());
    }
    m_header.resize(headerBytes);
    m_file.readAt(lengthBytes, std::as_writable_bytes(std::span(m_header)));
    m_dataStart = lengthBytes + headerBytes;
    parseHeader();
}

void SafetensorsFile::parseHeader()
{
    const Json header = parseJson(m_header, path().string() + ": header");
    if (!header.is_object() || m_header.front() != '{') {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: the header is not a JSON object; the file is damaged "
                                "or not safetensors."),
                    path());
    }
    const HeaderReader reader(path());
    m_tensors.reserve(header.size());
    for (const auto &[name, entry] : header.items()) {
        if (name == "__metadata__") {
            m_metadata = readMetadata(entry, path());
        } else {
            m_tensors.push_back(reader.tensor(name, entry));
        }
    }
    checkTiling(m_tensors, m_file.size() - m_dataStart, path());
}

const TensorInfo *SafetensorsFile::find(std::string_view name) const
{
    const auto found = std::find_if(m_tensors.begin(), m_tensors.end(),
                                    [&](const TensorInfo &tensor) { return tensor.name == name; });
    return found == m_tensors.end() ? nullptr : &*found;
}

void SafetensorsFile::read(const TensorInfo &tensor, std::span<std::byte> bytes,
                           std::uint64_t offset) const
{
    BITPRISM_ASSERT(offset <= tensor.bytes && bytes.size() <= tensor.bytes - offset,
                    "reads stay inside the tensor");
    m_file.readAt(m_dataStart + tensor.begin + offset, bytes);
}

void SafetensorsFile::announce(const TensorInfo &tensor) const
{
    m_file.announce(m_dataStart + tensor.begin, tensor.bytes);
}

} // namespace bitprism::io
