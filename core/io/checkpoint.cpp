// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/checkpoint.h"

#include "core/base/cancellation.h"
#include "core/base/parallel.h"
#include "core/io/checkpoint_format.h"
#include "core/io/folder.h"
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

/// Of a path that is no folder and that no format opened.
[[noreturn]] void refuseFile(const fs::path &path)
{
    if (isPickle(path)) {
        refusePickle(path);
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: not a checkpoint; give a GGUF file, or the folder that holds "
                            "config.json and model.safetensors."),
                path);
}

[[noreturn]] void failNoWeights(const fs::path &folder)
{
    for (const char *name : {"model.safetensors", "model.safetensors.index.json"}) {
        refuseBrokenLink(folder / name);
    }
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

Checkpoint::Checkpoint(const fs::path &path)
    : m_path(fs::absolute(path).lexically_normal())
{
    if (!m_path.has_filename()) {
        m_path = m_path.parent_path();
    }
    std::error_code ignored;
    if (!fs::exists(m_path, ignored)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: no such folder or file; check the path."), m_path);
    }
    if (!fs::is_directory(m_path, ignored)) {
        openFile();
        return;
    }
    openShards();
    for (std::size_t file = 0; file < m_files.size(); ++file) {
        for (const TensorInfo &tensor : m_files[file].tensors()) {
            if (!m_fileOf.emplace(tensor.name, file).second) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "%1: tensor \"%2\" stands in another shard too; "
                                        "remove stale files from the folder."),
                            m_files[file].path(), tensor.name);
            }
            m_tensors.push_back(tensor);
        }
    }
    indexTensors();
    takeCoded();
}

void Checkpoint::openFile()
{
    if (isPickle(m_path)) {
        refusePickle(m_path);
    }
    for (const std::unique_ptr<CheckpointFormat> &format : checkpointFormats()) {
        if (std::optional<FileCheckpoint> opened = format->openFile(m_path)) {
            m_config = std::move(opened->config);
            addCoded(std::move(opened->coded));
            return;
        }
    }
    refuseFile(m_path);
}

/// Tensors that config.json says are quantized, as what they stand for.
void Checkpoint::takeCoded()
{
    const auto quantization = m_config->find("quantization_config");
    if (quantization == m_config->end() || !quantization->is_object()) {
        return;
    }
    const auto found = quantization->find("quant_method");
    const std::string method = found != quantization->end() && found->is_string()
        ? found->get<std::string>()
        : std::string();
    bool isKnown = false;
    for (const std::unique_ptr<CheckpointFormat> &format : checkpointFormats()) {
        if (!format->quantMethod().empty() && format->quantMethod() == method) {
            addCoded(format->decode(*this));
            isKnown = true;
        }
    }
    if (!isKnown) {
        refuseUnknownCodes(method);
    }
}

/// Methods whose weights stay numbers (8-bit floats with scales) are read whatever they are called;
/// packed codes are not.
void Checkpoint::refuseUnknownCodes(const std::string &method) const
{
    for (const TensorInfo &tensor : m_tensors) {
        if (!isFloating(tensor.dtype) && dtypeBytes(tensor.dtype) <= 4
            && tensor.dtype != Dtype::Bool && tensor.shape.size() >= 2) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: \"quant_method\" is \"%2\", so tensor \"%3\" holds codes "
                                    "that cannot be read; compressed-tensors, gptq and awq can."),
                        configPath(), method, tensor.name);
        }
    }
}

void Checkpoint::addCoded(CodedTensors coded)
{
    std::erase_if(m_tensors, [&](const TensorInfo &tensor) {
        const bool isPart = coded.parts.contains(tensor.name);
        if (isPart) {
            m_parts.emplace(tensor.name, tensor);
        }
        return isPart;
    });
    for (std::unique_ptr<const CodedTensor> &tensor : coded.tensors) {
        const std::string name = tensor->info().name;
        m_tensors.push_back(tensor->info());
        m_coded.emplace(name, std::move(tensor));
    }
    indexTensors();
}

void Checkpoint::indexTensors()
{
    m_index.clear();
    for (std::size_t i = 0; i < m_tensors.size(); ++i) {
        if (!m_index.emplace(m_tensors[i].name, i).second) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" is there both as values and as codes; the "
                                    "checkpoint is damaged."),
                        m_path, m_tensors[i].name);
        }
    }
}

Checkpoint::~Checkpoint() = default;

fs::path Checkpoint::configPath() const
{
    return m_files.empty() ? m_path : m_path / "config.json";
}

void Checkpoint::openShards()
{
    const fs::path configPath = m_path / "config.json";
    std::error_code ignored;
    const bool isSingle = fs::exists(m_path / singleName, ignored);
    const bool isSharded = !isSingle && fs::exists(m_path / indexName, ignored);
    if (!isSingle && !isSharded) {
        failNoWeights(m_path);
    }
    m_config = std::make_shared<const Json>(readJsonFile(configPath, {.maxBytes = maxConfigBytes}));
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
    return m_files[m_fileOf.at(tensor.name)];
}

const fs::path &Checkpoint::fileOf(const TensorInfo &tensor) const
{
    const CodedTensor *codes = coded(tensor.name);
    return codes != nullptr ? codes->file() : file(tensor).path();
}

const CodedTensor *Checkpoint::coded(std::string_view name) const
{
    const auto found = m_coded.find(name);
    return found == m_coded.end() ? nullptr : found->second.get();
}

StoredType Checkpoint::storedType(const TensorInfo &tensor) const
{
    if (const CodedTensor *codes = coded(tensor.name)) {
        return {codes->storedType(), codes->bitsPerWeight()};
    }
    return {std::string(dtypeName(tensor.dtype)),
            static_cast<double>(dtypeBytes(tensor.dtype) * 8)};
}

const TensorInfo *Checkpoint::findPart(std::string_view name) const
{
    const auto found = m_parts.find(name);
    return found != m_parts.end() ? &found->second : find(name);
}

std::vector<std::byte> Checkpoint::readPart(std::string_view name) const
{
    const TensorInfo *tensor = findPart(name);
    BITPRISM_ASSERT(tensor != nullptr, "a format reads the parts it found");
    std::vector<std::byte> bytes(tensor->bytes);
    file(*tensor).read(*tensor, bytes);
    return bytes;
}

std::vector<std::byte> Checkpoint::readRaw(std::string_view name) const
{
    const TensorInfo &tensor = require(name);
    if (coded(name) != nullptr) {
        const std::vector<float> values = readFloat(name);
        std::vector<std::byte> bytes(values.size() * dtypeBytes(tensor.dtype));
        narrow(tensor.dtype, values, bytes);
        return bytes;
    }
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
    if (const CodedTensor *codes = coded(name)) {
        codes->read(0, values);
        return;
    }
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
    if (isEightBitFloat(tensor.dtype)) {
        applyScales(tensor, values);
    }
}

void Checkpoint::readRowsInto(std::string_view name, std::int64_t firstRow,
                              std::span<float> values) const
{
    const TensorInfo &tensor = require(name);
    const std::size_t first = static_cast<std::size_t>(firstRow * tensor.shape.at(1));
    BITPRISM_ASSERT(!isEightBitFloat(tensor.dtype), "rows are scaled only as a whole");
    BITPRISM_ASSERT(firstRow >= 0
                        && first + values.size() <= static_cast<std::size_t>(tensor.elements()),
                    "the rows lie inside the tensor");
    if (const CodedTensor *codes = coded(name)) {
        codes->read(firstRow, values);
        return;
    }
    const std::size_t elementBytes = dtypeBytes(tensor.dtype);
    std::vector<std::byte> bytes(values.size() * elementBytes);
    file(tensor).read(tensor, bytes, first * elementBytes);
    widen(tensor.dtype, bytes, values);
}

void Checkpoint::announce(std::string_view name) const
{
    if (const CodedTensor *codes = coded(name)) {
        codes->announce();
    } else if (const TensorInfo *tensor = find(name)) {
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
