// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/importance.h"

#include "core/base/error.h"
#include "core/io/gguf.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view sumSuffix = ".in_sum2";
constexpr std::string_view countSuffix = ".counts";
constexpr std::int64_t maxColumns = 1 << 24;

[[noreturn]] void damaged(const fs::path &file, std::string_view entry)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: the entry \"%2\" of the importance matrix is damaged; collect it "
                            "again."),
                file, entry);
}

std::vector<float> floatsOf(const io::GgufFile &file, const io::GgufTensor &tensor)
{
    if (tensor.type->id != 0 || tensor.shape.size() > 2) {
        damaged(file.path(), tensor.name);
    }
    std::vector<float> values(tensor.bytes / sizeof(float));
    file.read(tensor, std::as_writable_bytes(std::span(values)));
    return values;
}

/// What a sum over `count` rows says of each column; without rows, all alike.
std::vector<float> means(const std::vector<float> &sums, double count)
{
    std::vector<float> result;
    for (const float sum : sums) {
        result.push_back(count > 0 ? static_cast<float>(static_cast<double>(sum) / count) : 1.0F);
    }
    return result;
}

bool areSquares(const std::vector<float> &values)
{
    return std::all_of(values.begin(), values.end(),
                       [](float value) { return std::isfinite(value) && value >= 0; });
}

ImportanceMatrix readGguf(const fs::path &path)
{
    const io::GgufFile file(path);
    ImportanceMatrix matrix;
    matrix.chunkCount = file.integer("imatrix.chunk_count").value_or(0);
    matrix.chunkSize = file.integer("imatrix.chunk_size").value_or(0);
    if (const io::GgufArray *datasets = file.array("imatrix.datasets")) {
        matrix.datasets = datasets->texts;
    }
    for (const io::GgufTensor &tensor : file.tensors()) {
        if (!tensor.name.ends_with(sumSuffix)) {
            continue;
        }
        const std::string name = tensor.name.substr(0, tensor.name.size() - sumSuffix.size());
        const io::GgufTensor *counts = file.find(name + std::string(countSuffix));
        const std::vector<float> sums = floatsOf(file, tensor);
        // One matrix for each expert; this program's models have one.
        const bool isOne = tensor.shape.size() == 1 || tensor.shape[0] == 1;
        if (counts == nullptr || counts->elements() != 1 || !isOne || !areSquares(sums)) {
            damaged(path, tensor.name);
        }
        const std::vector<float> count = floatsOf(file, *counts);
        if (!areSquares(count)) {
            damaged(path, counts->name);
        }
        const auto rows = static_cast<double>(count.front());
        matrix.entries[name] = {means(sums, rows), rows};
    }
    if (matrix.entries.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: holds no importance matrix; give an imatrix file."),
                    path);
    }
    return matrix;
}

/// The older form: a list of entries without magic, so every length is checked against the file.
class LegacyReader
{
public:
    explicit LegacyReader(const fs::path &path)
        : m_file(path)
    {
    }

    ImportanceMatrix read()
    {
        ImportanceMatrix matrix;
        constexpr std::int32_t most = 1 << 20;
        const std::int32_t count = number("number of entries");
        if (count < 1 || count > most) {
            damaged(m_file.path(), "number of entries");
        }
        for (std::int32_t i = 0; i < count; ++i) {
            const std::string name = text();
            const std::int32_t calls = number(name);
            const std::int32_t values = number(name);
            if (values < 1 || values > maxColumns || calls < 0) {
                damaged(m_file.path(), name);
            }
            std::vector<float> sums(bytesFor(static_cast<std::uint64_t>(values) * 4, name) / 4);
            m_file.readAt(m_position, std::as_writable_bytes(std::span(sums)));
            m_position += sums.size() * sizeof(float);
            if (!areSquares(sums)) {
                damaged(m_file.path(), name);
            }
            matrix.entries[name] = {means(sums, calls), static_cast<double>(calls)};
        }
        if (m_position < m_file.size()) { // the oldest files end here
            matrix.chunkCount = number("number of chunks");
            matrix.datasets.push_back(text());
        }
        return matrix;
    }

private:
    std::uint64_t bytesFor(std::uint64_t bytes, std::string_view what) const
    {
        if (bytes > m_file.size() - m_position) {
            damaged(m_file.path(), what);
        }
        return bytes;
    }

    std::int32_t number(std::string_view what)
    {
        std::int32_t value = 0;
        bytesFor(sizeof value, what);
        m_file.readAt(m_position, std::as_writable_bytes(std::span(&value, 1)));
        m_position += sizeof value;
        return value;
    }

    std::string text()
    {
        constexpr std::int32_t longest = 4096;
        const std::int32_t length = number("name of an entry");
        if (length < 0 || length > longest) {
            damaged(m_file.path(), "name of an entry");
        }
        std::string value(bytesFor(static_cast<std::uint64_t>(length), "name of an entry"), '\0');
        m_file.readAt(m_position, std::as_writable_bytes(std::span(value)));
        m_position += value.size();
        return value;
    }

    io::File m_file;
    std::uint64_t m_position = 0;
};

std::vector<float> sumsOf(const ImportanceMatrix::Entry &entry)
{
    std::vector<float> sums;
    for (const float mean : entry.meanSquares) {
        sums.push_back(static_cast<float>(static_cast<double>(mean) * entry.count));
    }
    return sums;
}

} // namespace

std::vector<float> ImportanceMatrix::of(std::string_view ggufName, std::int64_t cols) const
{
    const auto found = entries.find(ggufName);
    if (found == entries.end()) {
        return {};
    }
    if (std::ssize(found->second.meanSquares) != cols) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The importance matrix has %1 columns for %2, which has %3; it "
                                "belongs to another model."),
                    found->second.meanSquares.size(), ggufName, cols);
    }
    return found->second.meanSquares;
}

ImportanceMatrix readImportance(const fs::path &file)
{
    return io::GgufFile::isGguf(file) ? readGguf(file) : LegacyReader(file).read();
}

void writeImportance(const ImportanceMatrix &matrix, const fs::path &file)
{
    io::GgufMetadata metadata{
        {"general.type", std::string("imatrix")},
        {"imatrix.datasets", io::GgufArray::ofTexts(matrix.datasets)},
        {"imatrix.chunk_count", static_cast<std::uint32_t>(matrix.chunkCount)},
        {"imatrix.chunk_size", static_cast<std::uint32_t>(matrix.chunkSize)}};
    std::vector<io::GgufDeclaration> declarations;
    for (const auto &[name, entry] : matrix.entries) { // sorted, as the reference writes them
        declarations.push_back(
            {name + std::string(sumSuffix), 0, {1, std::ssize(entry.meanSquares)}});
        declarations.push_back({name + std::string(countSuffix), 0, {1, 1}});
    }
    io::GgufWriter writer(file, metadata, declarations);
    for (const auto &[name, entry] : matrix.entries) {
        const std::vector<float> sums = sumsOf(entry);
        writer.write(std::as_bytes(std::span(sums)));
        const auto count = static_cast<float>(entry.count);
        writer.write(std::as_bytes(std::span(&count, 1)));
    }
    writer.commit();
}

void writeLegacyImportance(const ImportanceMatrix &matrix, const fs::path &path)
{
    io::AtomicFile file(path);
    const auto put = [&](std::int64_t value) {
        const auto narrow = static_cast<std::int32_t>(value);
        file.write(std::as_bytes(std::span(&narrow, 1)));
    };
    const auto putText = [&](const std::string &text) {
        put(std::ssize(text));
        file.write(text);
    };
    put(std::ssize(matrix.entries));
    for (const auto &[name, entry] : matrix.entries) {
        putText(name);
        put(std::llround(entry.count));
        put(std::ssize(entry.meanSquares));
        const std::vector<float> sums = sumsOf(entry);
        file.write(std::as_bytes(std::span(sums)));
    }
    put(matrix.chunkCount);
    putText(matrix.datasets.empty() ? std::string() : matrix.datasets.front());
    file.commit();
}

} // namespace bitprism
