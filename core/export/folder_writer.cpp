// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/folder_writer.h"

#include "core/base/error.h"
#include "core/export/exporter.h"
#include "core/export/kept_tensors.h"
#include "core/families/config_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

/// What stands before the place where two names begin to agree for good, cut at a dot:
/// "a.0.query", "a.3.query" give "a.0" and "a.3".
std::pair<std::string, std::string> differingPrefixes(const std::string &a, const std::string &b)
{
    std::size_t common = 0;
    while (common < std::min(a.size(), b.size())
           && a[a.size() - 1 - common] == b[b.size() - 1 - common]) {
        ++common;
    }
    const std::size_t dot = a.find('.', a.size() - common);
    const std::size_t suffix = dot == std::string::npos ? 0 : a.size() - dot;
    return {a.substr(0, a.size() - suffix), b.substr(0, b.size() - suffix)};
}

/// Names beside its own that a tensor of the source is written under, by the prefix of its name.
std::map<std::string, std::set<std::string>> sharedPrefixes(const ModelInfo &model)
{
    std::map<std::string, std::set<std::string>> prefixes;
    for (const LayerInfo &layer : model.layers) {
        if (!layer.source.empty()) {
            const auto [stored, own] = differingPrefixes(layer.source, layer.tensor);
            prefixes[stored + "."].insert(own + ".");
        }
    }
    return prefixes;
}

void checkRange(std::span<const float> values, io::Dtype dtype, const std::string &name)
{
    constexpr float largestHalf = 65504;
    if (dtype != io::Dtype::F16) {
        return;
    }
    for (const float value : values) {
        if (!(std::fabs(value) <= largestHalf)) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "Tensor %1 holds %2, which F16 cannot; export as bf16 or "
                                    "f32."),
                        name, static_cast<double>(value));
        }
    }
}

std::vector<std::byte> encoded(std::span<const float> values, io::Dtype dtype,
                               const std::string &name)
{
    checkRange(values, dtype, name);
    std::vector<std::byte> bytes(values.size() * io::dtypeBytes(dtype));
    io::narrow(dtype, values, bytes);
    return bytes;
}

const LayerInfo *layerOfTensor(const ModelInfo &info, const std::string &tensor)
{
    const auto found = std::find_if(info.layers.begin(), info.layers.end(),
                                    [&](const LayerInfo &layer) { return layer.tensor == tensor; });
    return found == info.layers.end() ? nullptr : &*found;
}

std::vector<float> transposed(const std::vector<float> &values, const LayerInfo &layer)
{
    std::vector<float> result(values.size());
    for (std::int64_t i = 0; i < layer.rows; ++i) {
        for (std::int64_t j = 0; j < layer.cols; ++j) {
            result[static_cast<std::size_t>(j * layer.rows + i)]
                = values[static_cast<std::size_t>(i * layer.cols + j)];
        }
    }
    return result;
}

/// The values of `name`, which is read from the source's `stored`.
std::vector<std::byte> plainBytes(const ExportSubject &subject, const io::TensorInfo &stored,
                                  const std::string &name, io::Dtype dtype)
{
    const io::Checkpoint &checkpoint = subject.checkpoint();
    if (const std::optional<std::vector<float>> values = subject.values(name)) {
        const LayerInfo *layer = layerOfTensor(subject.info(), name);
        const bool isTransposed = layer != nullptr && layer->isTransposed;
        return encoded(isTransposed ? transposed(*values, *layer) : *values, dtype, name);
    }
    if (dtype == stored.dtype) {
        return checkpoint.readRaw(stored.name);
    }
    return encoded(checkpoint.readFloat(stored.name), dtype, name);
}

/// The type that a tensor counts as: codes decode to FP32, but stand for weights of the model's own
/// type where config.json names one.
io::Dtype modelDtype(const io::Checkpoint &checkpoint, const io::TensorInfo &stored)
{
    static const std::map<std::string, io::Dtype> known{{"float16", io::Dtype::F16},
                                                        {"bfloat16", io::Dtype::BF16}};
    if (stored.dtype != io::Dtype::F32 || checkpoint.coded(stored.name) == nullptr) {
        return stored.dtype;
    }
    const ConfigReader config(checkpoint.config(), checkpoint.path().string());
    const char *key = config.has("torch_dtype") ? "torch_dtype" : "dtype";
    const auto found = known.find(config.text(key, ""));
    return found == known.end() ? stored.dtype : found->second;
}

using Shards = std::map<std::string, std::vector<const OutputTensor *>>;

/// The tensors by the file that holds them.
Shards shardsOf(const ExportFolder &folder)
{
    Shards shards;
    for (const OutputTensor &tensor : folder.tensors) {
        shards[tensor.file].push_back(&tensor);
    }
    if (shards.size() == 1) {
        auto only = shards.extract(shards.begin());
        only.key() = "model.safetensors";
        shards.insert(std::move(only));
    }
    return shards;
}

std::vector<io::TensorDeclaration> declarationsOf(const std::vector<const OutputTensor *> &tensors)
{
    std::vector<io::TensorDeclaration> declarations;
    for (const OutputTensor *tensor : tensors) {
        declarations.push_back(tensor->declaration);
    }
    return declarations;
}

std::uint64_t dataBytes(const std::vector<const OutputTensor *> &tensors)
{
    std::uint64_t bytes = 0;
    for (const OutputTensor *tensor : tensors) {
        std::uint64_t size = io::dtypeBytes(tensor->declaration.dtype);
        for (const std::int64_t length : tensor->declaration.shape) {
            size *= static_cast<std::uint64_t>(length);
        }
        bytes += size;
    }
    return bytes;
}

/// config.json, the index of several shards, and what the format adds: name, text.
std::map<std::string, std::string> smallFiles(const ExportFolder &folder)
{
    std::map<std::string, std::string> files = folder.files;
    files["config.json"] = folder.config;
    const Shards shards = shardsOf(folder);
    if (shards.size() > 1) {
        Json index = {{"metadata", Json::object()}, {"weight_map", Json::object()}};
        std::uint64_t bytes = 0;
        for (const auto &[name, held] : shards) {
            for (const OutputTensor *tensor : held) {
                index["weight_map"][tensor->declaration.name] = name;
            }
            bytes += dataBytes(held);
        }
        index["metadata"]["total_size"] = bytes;
        files["model.safetensors.index.json"] = index.dump(2) + "\n";
    }
    return files;
}

std::string shardName(const fs::path &source)
{
    fs::path name = source.filename();
    return name.replace_extension(".safetensors").string();
}

} // namespace

io::Dtype sourceDtype(io::Dtype source)
{
    return isEightBitFloat(source) ? io::Dtype::BF16 : source;
}

std::string shardOf(const ExportSubject &subject, const std::string &tensor)
{
    const io::Checkpoint &checkpoint = subject.checkpoint();
    return shardName(checkpoint.fileOf(checkpoint.require(tensor)));
}

std::vector<OutputTensor> plainTensors(const ExportSubject &subject, const DtypeRule &dtype,
                                       const std::function<bool(const std::string &)> &replaced)
{
    const io::Checkpoint &checkpoint = subject.checkpoint();
    const auto shared = sharedPrefixes(subject.info());
    std::vector<OutputTensor> tensors;
    const auto add = [&](const std::string &name, const io::TensorInfo &stored) {
        if (!replaced(name)) {
            const io::Dtype target = dtype(modelDtype(checkpoint, stored));
            tensors.push_back({{name, target, stored.shape},
                               shardName(checkpoint.fileOf(stored)),
                               [&subject, &stored, name, target] {
                                   return plainBytes(subject, stored, name, target);
                               }});
        }
    };
    for (const io::TensorInfo *tensor : keptTensors(checkpoint)) {
        add(tensor->name, *tensor);
        for (const auto &[prefix, names] : shared) {
            for (const std::string &name : names) {
                if (tensor->name.starts_with(prefix)) {
                    add(name + tensor->name.substr(prefix.size()), *tensor);
                }
            }
        }
    }
    if (std::optional<UntiedHead> head = subject.untiedHead()) {
        const io::Dtype target = dtype(modelDtype(checkpoint, *keptTensors(checkpoint).front()));
        const std::string name = head->tensor;
        const auto held = std::make_shared<UntiedHead>(std::move(*head));
        tensors.push_back({{name, target, {held->rows, held->cols}},
                           shardName(checkpoint.fileOf(checkpoint.tensors().front())),
                           [held, target] { return encoded(held->values, target, held->tensor); }});
    }
    return tensors;
}

Json exportedConfig(const ExportSubject &subject)
{
    Json config = subject.checkpoint().config();
    if (subject.untiedHead()) {
        config[config.contains("weight_tying") ? "weight_tying" : "tie_word_embeddings"] = false;
    }
    if (!sharedPrefixes(subject.info()).empty()) { // every block has tensors of its own now
        config["num_hidden_groups"] = subject.info().blocks;
    }
    config.erase("quantization_config"); // of the source
    return config;
}

void FolderFormat::write(const ExportSubject &subject, const fs::path &output,
                         JobContext &context) const
{
    const ExportFolder folder = contents(subject);
    double done = 0;
    for (const auto &[name, held] : shardsOf(folder)) {
        io::SafetensorsWriter writer(output / name, declarationsOf(held));
        for (const OutputTensor *tensor : held) {
            context.throwIfCancelled();
            context.stage("writing " + tensor->declaration.name);
            writer.write(tensor->bytes());
            context.progress(++done, static_cast<double>(folder.tensors.size()));
        }
        writer.commit();
    }
    for (const auto &[name, text] : smallFiles(folder)) {
        io::writeFileAtomically(output / name, text);
    }
    copyCompanions(subject.checkpoint().path(), output);
}

std::int64_t FolderFormat::predictedBytes(const ExportSubject &subject) const
{
    const ExportFolder folder = contents(subject);
    std::uint64_t bytes = 0;
    for (const auto &[name, held] : shardsOf(folder)) {
        bytes += io::safetensorsHeader(declarationsOf(held), {}).size() + dataBytes(held);
    }
    for (const auto &[name, text] : smallFiles(folder)) {
        bytes += text.size();
    }
    return static_cast<std::int64_t>(bytes) + companionBytes(subject.checkpoint().path());
}

} // namespace bitprism
