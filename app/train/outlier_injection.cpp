// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/outlier_injection.h"

#include "core/base/error.h"
#include "core/io/json_reader.h"
#include "core/io/safetensors.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <numeric>
#include <sstream>

namespace bitprism::train {

namespace {

/// What to do to one tensor: multiply these columns (of a vector: elements) by this factor.
struct ColumnScale
{
    std::vector<int> columns;
    float factor = 1.0f;
};

/// A norm's name within its block, and the layers there that read it. Of rules with one name the
/// first whose first reader exists holds.
struct NormRule
{
    const char *norm;
    std::vector<const char *> readers;
};
const std::vector<NormRule> normRules{
    {"input_layernorm", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}},
    {"post_attention_layernorm", {"encoder_attn.q_proj"}}, // moonshine's decoder
    {"post_attention_layernorm", {"mlp.gate_proj", "mlp.up_proj"}}, // llama
    {"post_attention_layernorm", {"mlp.fc1"}}, // moonshine's encoder
    {"final_layernorm", {"mlp.fc1"}},
    {"self_attn_layer_norm", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}},
    {"encoder_attn_layer_norm", {"encoder_attn.q_proj"}},
    {"final_layer_norm", {"fc1"}}, // opt, whisper
    {"layer_norm1", {"self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"}}, // clip
    {"layer_norm2", {"mlp.fc1"}},
    {"attn_norm", {"q_proj", "k_proj", "v_proj"}}, // llada
    {"ff_norm", {"ff_proj", "up_proj"}}};

const io::TensorInfo &require(const io::SafetensorsFile &file, const std::string &name)
{
    const io::TensorInfo *tensor = file.find(name);
    if (tensor == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: %2 is missing; the checkpoint is incomplete."),
                    file.path(), name);
    }
    return *tensor;
}

std::vector<std::byte> readBytes(const io::SafetensorsFile &file, const io::TensorInfo &tensor)
{
    std::vector<std::byte> bytes(tensor.bytes);
    file.read(tensor, bytes);
    return bytes;
}

std::vector<float> readValues(const io::SafetensorsFile &file, const io::TensorInfo &tensor)
{
    if (tensor.dtype != io::Dtype::BF16 && tensor.dtype != io::Dtype::F16
        && tensor.dtype != io::Dtype::F32) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: %2 is not of type BF16, F16 or F32."), file.path(),
                    tensor.name);
    }
    std::vector<float> values(std::size_t(tensor.elements()));
    io::widen(tensor.dtype, readBytes(file, tensor), values);
    return values;
}

void addColumnEnergies(const std::vector<float> &values, std::vector<double> &energies)
{
    for (std::size_t i = 0; i < values.size(); ++i) {
        energies[i % energies.size()] += double(values[i]) * double(values[i]);
    }
}

std::map<std::string, ColumnScale> chooseScales(const io::SafetensorsFile &file,
                                                const OutlierOptions &options)
{
    std::map<std::string, ColumnScale> scales;
    const std::vector<NormReaders> norms = normsOf(file);
    if (norms.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: no block with norms that only layers read; choose a pre-norm "
                                "model."),
                    file.path());
    }
    for (const NormReaders &norm : norms) {
        const std::vector<float> gain = readValues(file, require(file, norm.gain));
        std::vector<double> gainEnergies(gain.size());
        addColumnEnergies(gain, gainEnergies);
        if (!norm.bias.empty()) {
            addColumnEnergies(readValues(file, require(file, norm.bias)), gainEnergies);
        }
        std::vector<double> energies(gain.size());
        for (const std::string &reader : norm.readers) {
            const io::TensorInfo &tensor = require(file, reader);
            if (tensor.shape.empty() || tensor.shape.back() != std::int64_t(gain.size())) {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error", "%1: its columns do not match %2."), reader,
                            norm.gain);
            }
            addColumnEnergies(readValues(file, tensor), energies);
        }
        const auto channels
            = leastImportantChannels(gainEnergies, energies, options.channelsPerNorm);
        scales[norm.gain] = {channels, float(options.factor)};
        if (!norm.bias.empty()) {
            scales[norm.bias] = scales[norm.gain];
        }
        for (const std::string &reader : norm.readers) {
            scales[reader] = {channels, 1.0f / float(options.factor)};
        }
    }
    return scales;
}

std::vector<float> scaledValues(const io::SafetensorsFile &file, const io::TensorInfo &tensor,
                                const ColumnScale &scale)
{
    std::vector<float> values = readValues(file, tensor);
    const std::size_t cols = std::size_t(tensor.shape.back());
    for (std::size_t row = 0; row < values.size(); row += cols) {
        for (const int column : scale.columns) {
            values[row + std::size_t(column)] *= scale.factor;
        }
    }
    return values;
}

std::string cardOf(const std::string &sample, const OutlierOptions &options)
{
    std::ostringstream card;
    card << "# " << sample << "-outliers\n\nThe function of " << sample
         << " (see its card: data, licence, metrics) with other ranges: in every norm inside a\n"
            "block the "
         << options.channelsPerNorm << " least important channels are multiplied by "
         << options.factor
         << " and the columns of the linears that read them\ndivided by it. The factor is a power "
            "of two, so the weights stay exact; outputs differ by rounding alone.\n\nMade while "
            "building:\n\n    bitprism-derive-outliers resources/samples/"
         << sample << " FOLDER\n";
    return card.str();
}

} // namespace

std::vector<NormReaders> normsOf(const io::SafetensorsFile &file)
{
    std::vector<NormReaders> norms;
    for (const io::TensorInfo &tensor : file.tensors()) {
        for (const NormRule &rule : normRules) {
            const std::string ending = std::string(rule.norm) + ".weight";
            if (!tensor.name.ends_with("." + ending)) {
                continue;
            }
            const std::string block = tensor.name.substr(0, tensor.name.size() - ending.size());
            const auto weightOf = [&](const char *layer) { return block + layer + ".weight"; };
            if (file.find(weightOf(rule.readers.front())) == nullptr) {
                continue; // another family's norm of this name, or the one behind the last block
            }
            NormReaders norm{tensor.name, block + rule.norm + ".bias", {}};
            if (file.find(norm.bias) == nullptr) {
                norm.bias.clear();
            }
            for (const char *reader : rule.readers) {
                norm.readers.push_back(weightOf(reader));
            }
            norms.push_back(std::move(norm));
            break;
        }
    }
    return norms;
}

std::vector<int> leastImportantChannels(const std::vector<double> &gainEnergies,
                                        const std::vector<double> &columnEnergies, int count)
{
    std::vector<int> channels(gainEnergies.size());
    std::iota(channels.begin(), channels.end(), 0);
    const auto importance = [&](int channel) {
        return gainEnergies[std::size_t(channel)] * columnEnergies[std::size_t(channel)];
    };
    std::stable_sort(channels.begin(), channels.end(),
                     [&](int a, int b) { return importance(a) < importance(b); });
    channels.resize(std::min(channels.size(), std::size_t(count)));
    std::sort(channels.begin(), channels.end());
    return channels;
}

void injectOutliers(const std::filesystem::path &from, const std::filesystem::path &to,
                    const OutlierOptions &options)
{
    const io::SafetensorsFile file(from);
    const std::map<std::string, ColumnScale> scales = chooseScales(file, options);
    std::vector<io::TensorDeclaration> declarations;
    for (const io::TensorInfo &tensor : file.tensors()) {
        declarations.push_back({tensor.name, tensor.dtype, tensor.shape});
    }
    io::SafetensorsWriter writer(to, std::move(declarations), file.metadata());
    for (const io::TensorInfo &tensor : file.tensors()) {
        const auto scale = scales.find(tensor.name);
        if (scale == scales.end()) {
            writer.write(readBytes(file, tensor));
        } else {
            writer.writeFloats(scaledValues(file, tensor, scale->second));
        }
    }
    writer.commit();
}

void deriveOutlierSample(const std::filesystem::path &from, const std::filesystem::path &to,
                         const OutlierOptions &options)
{
    std::filesystem::create_directories(to);
    nlohmann::json sample = io::readJsonFile(from / "sample.json");
    if (!sample.is_object()) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: not a sample's description."),
                    from / "sample.json");
    }
    sample.erase("derived");
    sample["derived_from"] = from.filename().string();
    sample["summary"] = {
        {"en",
         "The function of " + from.filename().string() + ", with outlier channels in its norms."},
        {"zh_CN", "与 " + from.filename().string() + " 函数相同，归一化层带有离群通道。"}};
    using std::filesystem::copy_options;
    for (const auto &entry : std::filesystem::directory_iterator(from)) {
        const std::filesystem::path ending = entry.path().extension();
        if (ending == ".json" || ending == ".txt" || entry.is_directory()) {
            std::filesystem::copy(entry.path(), to / entry.path().filename(),
                                  copy_options::recursive | copy_options::overwrite_existing);
        }
    }
    io::writeFileAtomically(to / "sample.json", sample.dump(2) + "\n");
    io::writeFileAtomically(to / "README.md", cardOf(from.filename().string(), options));
    injectOutliers(from / "model.safetensors", to / "model.safetensors", options);
}

} // namespace bitprism::train
