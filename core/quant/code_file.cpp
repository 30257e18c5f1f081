// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/quant/code_file.h"

#include "core/io/json_reader.h"
#include "core/io/safetensors.h"

#include <nlohmann/json.hpp>

#include <map>

namespace bitprism {

namespace {

constexpr const char *layersKey = "bitprism_layers";

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

} // namespace

void writeCodeFile(const std::filesystem::path &file, const std::vector<NamedWeight> &layers)
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
    io::SafetensorsWriter writer(file, std::move(declarations), {{layersKey, order.dump()}});
    for (const std::vector<std::byte> &bytes : data) {
        writer.write(bytes);
    }
    writer.commit();
}

std::vector<NamedWeight> readCodeFile(const std::filesystem::path &file)
{
    const io::SafetensorsFile stored(file);
    const auto found = stored.metadata().find(layersKey);
    if (found == stored.metadata().end()) {
        throwDamaged(file, "the list of layers is missing");
    }
    const Json order = io::parseJson(found->second, file.string());
    std::vector<NamedWeight> result;
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
        result.emplace_back(layer, encoding->read(arrays, where));
    }
    return result;
}

} // namespace bitprism
