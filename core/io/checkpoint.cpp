// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/checkpoint.h"

#include "core/base/cancellation.h"
#include "core/base/parallel.h"
#include "core/io/json_reader.h"
#include "core/io/shard_index.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace bitprism::io {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view singleName = "model.safetensors";
constexpr std::string_view indexName = "model.safetensors.index.json";
constexpr std::uint64_t maxConfigBytes = std::uint64_t{16} << 20;

bool isPickle(const fs::path &path)
{
    static const std::set<std::string> extensions{".bin",  ".pt",  ".pth",
                                                  ".ckpt", ".pkl", ".pickle"};
    return extensions.contains(path.extension().string());
}

[[noreturn]] void refusePickle(const fs::path &path)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: a pickle checkpoint can run code when it is opened, so it "
                            "is refused; convert it to safetensors first."),
                path);
}

/// A checkpoint is a folder; other things are refused with the advice that fits them.
void requireFolder(const fs::path &path)
{
    std::error_code ignored;
    if (fs::is_directory(path, ignored)) {
        return;
    }
    if (!fs::exists(path, ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: no such folder; check the path."), path);
    }
    if (isPickle(path)) {
        refusePickle(path);
    }
    if (path.extension() == ".gguf") {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: GGUF files cannot be opened yet; give the folder of "
                                "the safetensors checkpoint."),
                    path);
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: not a checkpoint; give the folder that holds config.json "
                            "and model.safetensors."),
                path);
}

[[noreturn]] void failNoWeights(const fs::path &folder)
{
    std::error_code ignored;
    for (const fs::directory_entry &entry : fs::directory_iterator(folder, ignored)) {
        if (isPickle(entry.path())) {
            refusePickle(entry.path());
        }
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: neither model.safetensors nor "
                            "model.safetensors.index.json is there; give a complete "
                            "checkpoint folder."),
                folder);
}

} // namespace

Checkpoint::Checkpoint(const fs::path &folder)
    : m_path(fs::absolute(folder).lexically_normal())
{
    if (!m_path.has_filename()) {
        m_path = m_path.parent_path();
    }
    requireFolder(m_path);
    openShards();
    for (std::size_t file = 0; file < m_files.size(); ++file) {
        for (const TensorInfo &tensor : m_files[file].tensors()) {
            if (!m_index.emplace(tensor.name, m_tensors.size()).second) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "%1: tensor \"%2\" stands in another shard too; "
                                        "remove stale files from the folder."),
                            m_files[file].path(), tensor.name);
            }
            m_tensors.push_back(tensor);
            m_fileOf.push_back(file);
        }
    }
}

Checkpoint::~Checkpoint() = default;

void Checkpoint::openShards()
{
    const fs::path configPath = m_path / "config.json";
    std::error_code ignored;
    const bool isSingle = fs::exists(m_path / singleName, ignored);
    const bool isSharded = !isSingle && fs::exists(m_path / indexName, ignored);
    if (!isSingle && !isSharded) {
        failNoWeights(m_path);
    }
    m_config = std::make_unique<Json>(readJsonFile(configPath, {.maxBytes = maxConfigBytes}));
    if (!m_config->is_object()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: not a JSON object; the file is damaged."),
                    configPath);
    }
    if (isSingle) {
        m_files.emplace_back(m_path / singleName);
        return;
    }
    const std::map<std::string, std::string> shardOf = readShardIndex(m_path / indexName);
    std::set<std::string> names;
    for (const auto &[tensor, shard] : shardOf) {
        names.insert(shard);
    }
    requireShards(m_path, names);
    std::map<std::string, std::set<std::string>> held;
    for (const std::string &name : names) {
        for (const TensorInfo &tensor : m_files.emplace_back(m_path / name).tensors()) {
            held[name].insert(tensor.name);
        }
    }
    for (const auto &[tensor, shard] : shardOf) {
        if (!held[shard].contains(tensor)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: the index promises tensor \"%2\", which %3 does "
                                    "not hold; copy the checkpoint again."),
                        m_path / indexName, tensor, shard);
        }
    }
}

std::optional<fs::path> Checkpoint::tokenizerPath() const
{
    const fs::path path = m_path / "tokenizer.json";
    std::error_code ignored;
    return fs::exists(path, ignored) ? std::optional(path) : std::nullopt;
}

const TensorInfo *Checkpoint::find(std::string_view name) const
{
    const auto found = m_index.find(std::string(name));
    return found == m_index.end() ? nullptr : &m_tensors[found->second];
}

const TensorInfo &Checkpoint::require(std::string_view name) const
{
    const TensorInfo *tensor = find(name);
    if (tensor == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: tensor \"%2\" is missing; the checkpoint is not "
                                "complete."),
                    m_path, name);
    }
    return *tensor;
}

std::uint64_t Checkpoint::bytes() const
{
    std::uint64_t sum = 0;
    for (const TensorInfo &tensor : m_tensors) {
        sum += tensor.bytes;
    }
    return sum;
}

const SafetensorsFile &Checkpoint::file(const TensorInfo &tensor) const
{
    return m_files[m_fileOf[m_index.at(tensor.name)]];
}

const fs::path &Checkpoint::fileOf(const TensorInfo &tensor) const { return file(tensor).path(); }

std::vector<std::byte> Checkpoint::readRaw(std::string_view name) const
{
    const TensorInfo &tensor = require(name);
    std::vector<std::byte> bytes(tensor.bytes);
    file(tensor).read(tensor, bytes);
    return bytes;
}

std::vector<float> Checkpoint::readFloat(std::string_view name) const
{
    std::vector<float> values(static_cast<std::size_t>(require(name).elements()));
    readFloatInto(name, values);
    return values;
}

void Checkpoint::readFloatInto(std::string_view name, std::span<float> values) const
{
    const TensorInfo &tensor = require(name);
    BITPRISM_ASSERT(values.size() == static_cast<std::size_t>(tensor.elements()), "sizes agree");
    const SafetensorsFile &source = file(tensor);
    const std::stop_token stop = CancellationScope::current();
    // In pieces, so that a large tensor is not held twice, and cancelling needs not wait for it.
    const std::size_t elementBytes = dtypeBytes(tensor.dtype);
    constexpr std::size_t pieceElements = std::size_t{1} << 20;
    const std::size_t pieces = (values.size() + pieceElements - 1) / pieceElements;
    parallelFor(pieces, 1, [&](std::size_t begin, std::size_t end) {
        std::vector<std::byte> piece(
            tensor.dtype == Dtype::F32 ? 0 : std::min(values.size(), pieceElements) * elementBytes);
        for (std::size_t i = begin; i < end; ++i) {
            throwIfStopped(stop);
            const std::size_t first = i * pieceElements;
            const std::size_t count = std::min(values.size() - first, pieceElements);
            if (tensor.dtype == Dtype::F32) {
                source.read(tensor, std::as_writable_bytes(values.subspan(first, count)),
                            first * elementBytes);
                continue;
            }
            const std::span<std::byte> bytes = std::span(piece).first(count * elementBytes);
            source.read(tensor, bytes, first * elementBytes);
            widen(tensor.dtype, bytes, values.subspan(first, count));
        }
    });
    if (tensor.dtype == Dtype::F8E4M3) {
        applyScales(tensor, values);
    }
}

void Checkpoint::readRowsInto(std::string_view name, std::int64_t firstRow,
                              std::span<float> values) const
{
    const TensorInfo &tensor = require(name);
    const std::size_t first = static_cast<std::size_t>(firstRow * tensor.shape.at(1));
    BITPRISM_ASSERT(tensor.dtype != Dtype::F8E4M3, "rows are scaled only as a whole");
    BITPRISM_ASSERT(firstRow >= 0
                        && first + values.size() <= static_cast<std::size_t>(tensor.elements()),
                    "the rows lie inside the tensor");
    const std::size_t elementBytes = dtypeBytes(tensor.dtype);
    std::vector<std::byte> bytes(values.size() * elementBytes);
    file(tensor).read(tensor, bytes, first * elementBytes);
    widen(tensor.dtype, bytes, values);
}

void Checkpoint::announce(std::string_view name) const
{
    if (const TensorInfo *tensor = find(name)) {
        file(*tensor).announce(*tensor);
    }
}

void Checkpoint::requireFinite(std::string_view name, std::span<const float> values) const
{
    const auto bad = std::find_if(values.begin(), values.end(),
                                  [](float value) { return !std::isfinite(value); });
    if (bad != values.end()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: tensor \"%2\" holds %3 at index %4; such a "
                                "checkpoint cannot be used."),
                    fileOf(require(name)), name,
                    std::string_view(std::isnan(*bad) ? "NaN" : "infinity"), bad - values.begin());
    }
}

} // namespace bitprism::io
