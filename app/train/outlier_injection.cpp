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

/// What to do to one tensor: multiply these columns by this factor.
struct ColumnScale
{
    std::vector<int> columns;
    float factor = 1.0f;
};

const io::TensorInfo &require(const io::SafetensorsFile &file, const std::string &name)
{
    const io::TensorInfo *tensor = file.find(name);
    if (tensor == nullptr) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 is missing; only Llama checkpoints are supported."),
                    name);
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
    int blockCount = 0;
    while (file.find(normsOfLlama(blockCount + 1).back().gain) != nullptr) {
        ++blockCount;
    }
    if (blockCount == 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The file has no blocks of a Llama model."));
    }
    for (const NormReaders &norm : normsOfLlama(blockCount)) {
        const std::vector<float> gain = readValues(file, require(file, norm.gain));
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
        const auto channels = leastImportantChannels(gain, energies, options.channelsPerNorm);
        scales[norm.gain] = {channels, float(options.factor)};
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

std::string cardOf(const OutlierOptions &options)
{
    std::ostringstream card;
    card << "# tiny-llama-outliers\n\nThe function of tiny-llama (see its card: data, licence,"
            " metrics) with other ranges: in every\n`input_layernorm` and "
            "`post_attention_layernorm` the "
         << options.channelsPerNorm << " least important gains are multiplied\nby "
         << options.factor
         << " and the columns of the linears that read them divided by it. The factor is a power of"
            " two,\nso the weights stay exact; logits differ by rounding alone.\n\nMade while"
            " building:\n\n    bitprism-derive-outliers resources/samples/tiny-llama FOLDER\n";
    return card.str();
}

} // namespace

std::vector<NormReaders> normsOfLlama(int blockCount)
{
    std::vector<NormReaders> norms;
    for (int i = 0; i < blockCount; ++i) {
        const std::string block = "model.layers." + std::to_string(i) + ".";
        norms.push_back({block + "input_layernorm.weight",
                         {block + "self_attn.q_proj.weight", block + "self_attn.k_proj.weight",
                          block + "self_attn.v_proj.weight"}});
        norms.push_back({block + "post_attention_layernorm.weight",
                         {block + "mlp.gate_proj.weight", block + "mlp.up_proj.weight"}});
    }
    return norms;
}

std::vector<int> leastImportantChannels(const std::vector<float> &gain,
                                        const std::vector<double> &columnEnergies, int count)
{
    std::vector<int> channels(gain.size());
    std::iota(channels.begin(), channels.end(), 0);
    const auto importance = [&](int channel) {
        const double g = gain[std::size_t(channel)];
        return g * g * columnEnergies[std::size_t(channel)];
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
    using std::filesystem::copy_options;
    for (const auto &entry : std::filesystem::directory_iterator(from)) {
        if (entry.path().extension() == ".json" || entry.is_directory()) {
            std::filesystem::copy(entry.path(), to / entry.path().filename(),
                                  copy_options::recursive | copy_options::overwrite_existing);
        }
    }
    io::writeFileAtomically(to / "sample.json", sample.dump(2) + "\n");
    io::writeFileAtomically(to / "README.md", cardOf(options));
    injectOutliers(from / "model.safetensors", to / "model.safetensors", options);
}

} // namespace bitprism::train
