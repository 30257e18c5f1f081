// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/code_file.h"

#include "core/base/sha256.h"
#include "core/io/json_reader.h"
#include "core/io/safetensors.h"
#include "core/quant/tensor_view.h"

#include <nlohmann/json.hpp>

#include <map>

namespace bitprism {

namespace {

constexpr const char *layersKey = "bitprism_layers";
constexpr std::string_view editPrefix = "edit:"; // no layer of a checkpoint begins so

[[noreturn]] void throwDamaged(const std::filesystem::path &file, std::string_view what)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "%1: %2; the file of codes is damaged, run again."), file,
                what);
}

io::Dtype dtypeOf(const std::string &name)
{
    const std::optional<io::Dtype> dtype = io::dtypeFromName(name);
    BITPRISM_ASSERT(dtype.has_value(), "encodings use the names of safetensors");
    return *dtype;
}

TensorEdits readEdits(const io::SafetensorsFile &stored, const std::filesystem::path &file)
{
    TensorEdits edits;
    for (const io::TensorInfo &info : stored.tensors()) {
        if (!info.name.starts_with(editPrefix)) {
            continue;
        }
        if (info.dtype != io::Dtype::F32) {
            throwDamaged(file, info.name + " is not of type F32");
        }
        const at::Tensor values = at::empty(info.shape, at::kFloat);
        stored.read(info, {static_cast<std::byte *>(values.data_ptr()), values.nbytes()});
        if (!values.isfinite().all().item<bool>()) {
            throwDamaged(file, info.name + " holds a value that is not finite");
        }
        edits[info.name.substr(editPrefix.size())] = values;
    }
    return edits;
}

} // namespace

void writeCodeFile(const std::filesystem::path &file, const std::vector<NamedWeight> &layers,
                   const TensorEdits &edits)
{
    std::vector<io::TensorDeclaration> declarations;
    std::vector<std::vector<std::byte>> data;
    Json order = Json::array();
    for (const auto &[layer, weight] : layers) {
        order.push_back({{"layer", layer}, {"encoding", weight->encodingId()}});
        for (auto &[name, array] : weight->write()) {
            declarations.push_back({layer + "." + name, dtypeOf(array.dtype), array.shape});
            data.push_back(array.bytes);
        }
    }
    for (const auto &[name, tensor] : edits) {
        declarations.push_back(
            {std::string(editPrefix) + name, io::Dtype::F32, tensor.sizes().vec()});
        const at::Tensor values = cpuFloat(tensor);
        const auto *first = static_cast<const std::byte *>(values.data_ptr());
        data.emplace_back(first, first + values.nbytes());
    }
    io::SafetensorsWriter writer(file, std::move(declarations), {{layersKey, order.dump()}});
    for (const std::vector<std::byte> &bytes : data) {
        writer.write(bytes);
    }
    writer.commit();
}

CodeFile readCodeFile(const std::filesystem::path &file)
{
    const io::SafetensorsFile stored(file);
    const auto found = stored.metadata().find(layersKey);
    if (found == stored.metadata().end()) {
        throwDamaged(file, "the list of layers is missing");
    }
    const Json order = io::parseJson(found->second, file.string());
    CodeFile result;
    result.edits = readEdits(stored, file);
    for (const Json &entry : order) {
        if (!entry.is_object() || !entry.contains("layer") || !entry.contains("encoding")
            || !entry["layer"].is_string() || !entry["encoding"].is_string()) {
            throwDamaged(file, "the list of layers has another form");
        }
        const std::string layer = entry["layer"].get<std::string>();
        const std::string where = file.string() + ": " + layer;
        StoredArrays arrays;
        for (const io::TensorInfo &tensor : stored.tensors()) {
            if (tensor.name.starts_with(layer + ".")
                && tensor.name.find('.', layer.size() + 1) == std::string::npos) {
                StoredArray array;
                array.dtype = io::dtypeName(tensor.dtype);
                array.shape = tensor.shape;
                array.bytes.resize(tensor.bytes);
                stored.read(tensor, array.bytes);
                arrays.emplace(tensor.name.substr(layer.size() + 1), std::move(array));
            }
        }
        const auto encoding
            = create<Encoding>(entry["encoding"].get<std::string>(), Json::object(), where);
        result.layers.emplace_back(layer, encoding->read(arrays, where));
    }
    return result;
}

std::string codesSha256(const ModelInfo &model, const QuantizedOverlay &codes)
{
    Sha256 hash;
    for (const LayerInfo &layer : model.layers) {
        if (const QuantizedWeight *weight = codes.find(layer.tensor)) {
            hashWeight(hash, layer.name, *weight);
        }
    }
    hashEdits(hash, codes.edits());
    return hash.hex();
}

} // namespace bitprism
