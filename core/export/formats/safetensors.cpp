// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"

#include "core/export/exporter.h"
#include "core/io/checkpoint.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <span>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

struct SafetensorsExportParams
{
    std::string dtype = "source";

    void visit(ParamVisitor &v)
    {
        v.choice("dtype", dtype,
                 {{"source", BITPRISM_TR("Component", "As in the source")},
                  {"f32", BITPRISM_TR("Component", "F32")},
                  {"f16", BITPRISM_TR("Component", "F16")},
                  {"bf16", BITPRISM_TR("Component", "BF16")}},
                 {BITPRISM_TR("Component", "Type"),
                  BITPRISM_TR("Component", "Element type of the weights that are written.")});
    }
};

using NamedTensor = std::pair<std::string, at::Tensor>;

bool isEightBitFloat(io::Dtype dtype)
{
    return dtype == io::Dtype::F8E4M3 || dtype == io::Dtype::F8E5M2;
}

bool isWritableFloat(io::Dtype dtype)
{
    return dtype == io::Dtype::F32 || dtype == io::Dtype::F16 || dtype == io::Dtype::BF16;
}

/// A tensor to write. Layers that share one in the source (ALBERT's blocks) get one each, since
/// they were quantized apart.
struct Written
{
    std::string name;
    const io::TensorInfo *source = nullptr;
};

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

/// The plain checkpoint with the dequantized weights in place: runs everywhere, saves nothing.
class SafetensorsExporter final : public Exporter
{
public:
    using Params = SafetensorsExportParams;
    static ComponentInfo info()
    {
        return {Kind::exporter,
                "safetensors",
                BITPRISM_TR("Component", "Safetensors, dequantized"),
                "Hugging Face checkpoint layout",
                {}};
    }
    explicit SafetensorsExporter(const Params &params)
        : m_params(params)
    {
    }

    void write(const QuantizedModel &quantized, io::AtomicFolder &folder,
               JobContext &context) const override
    {
        const io::Checkpoint &checkpoint = quantized.model->checkpoint();
        const std::vector<Written> kept = writtenTensors(*quantized.model);
        std::map<fs::path, std::vector<Written>> files;
        for (const Written &tensor : kept) {
            files[checkpoint.fileOf(*tensor.source).filename()].push_back(tensor);
        }
        Json index = {{"metadata", Json::object()}, {"weight_map", Json::object()}};
        std::optional<NamedTensor> head = quantized.untiedHead(); // goes into the first file
        const bool untiesHead = head.has_value();
        double done = 0;
        for (const auto &[source, tensors] : files) {
            const fs::path name = files.size() == 1 ? fs::path("model.safetensors") : source;
            writeFile(quantized, tensors, head, folder.workPath() / name, context, done,
                      static_cast<double>(kept.size()));
            if (head) {
                index["weight_map"][head->first] = name.string();
                head.reset();
            }
            for (const Written &tensor : tensors) {
                index["weight_map"][tensor.name] = name.string();
            }
        }
        if (files.size() > 1) {
            io::writeFileAtomically(folder.workPath() / "model.safetensors.index.json",
                                    index.dump(2) + "\n");
        }
        io::writeFileAtomically(folder.workPath() / "config.json",
                                config(checkpoint.config(), *quantized.model, untiesHead).dump(2)
                                    + "\n");
        copyCompanions(checkpoint.path(), folder.workPath());
    }

private:
    /// All but the scales of 8-bit floats, which are multiplied into what is written.
    static std::vector<const io::TensorInfo *> keptTensors(const io::Checkpoint &checkpoint)
    {
        std::set<std::string> scales;
        for (const io::TensorInfo &tensor : checkpoint.tensors()) {
            if (isEightBitFloat(tensor.dtype)) {
                scales.insert(tensor.name + "_scale");
                scales.insert(tensor.name + "_scale_inv");
            }
        }
        std::vector<const io::TensorInfo *> kept;
        for (const io::TensorInfo &tensor : checkpoint.tensors()) {
            if (!scales.contains(tensor.name)) {
                kept.push_back(&tensor);
            }
        }
        return kept;
    }

    static std::vector<Written> writtenTensors(const Model &model)
    {
        const auto shared = sharedPrefixes(model.info());
        std::vector<Written> written;
        for (const io::TensorInfo *tensor : keptTensors(model.checkpoint())) {
            written.push_back({tensor->name, tensor});
            for (const auto &[stored, names] : shared) {
                for (const std::string &name : names) {
                    if (tensor->name.starts_with(stored)) {
                        written.push_back({name + tensor->name.substr(stored.size()), tensor});
                    }
                }
            }
        }
        return written;
    }

    io::Dtype dtypeFor(io::Dtype source) const
    {
        if (!io::isFloating(source) || source == io::Dtype::F64) {
            return source;
        }
        if (m_params.dtype == "f32") {
            return io::Dtype::F32;
        }
        if (m_params.dtype == "f16") {
            return io::Dtype::F16;
        }
        return m_params.dtype == "bf16" || !isWritableFloat(source) ? io::Dtype::BF16 : source;
    }

    Json config(Json config, const Model &model, bool untiesHead) const
    {
        if (untiesHead) {
            config[config.contains("weight_tying") ? "weight_tying" : "tie_word_embeddings"]
                = false;
        }
        if (!sharedPrefixes(model.info()).empty()) { // every block has tensors of its own now
            config["num_hidden_groups"] = model.info().blocks;
        }
        config.erase("quantization_config"); // of a source in 8-bit floats
        const std::map<std::string, std::string> names{
            {"f32", "float32"}, {"f16", "float16"}, {"bf16", "bfloat16"}};
        if (const auto name = names.find(m_params.dtype); name != names.end()) {
            config["torch_dtype"] = name->second;
        }
        return config;
    }

    void writeFile(const QuantizedModel &quantized, const std::vector<Written> &tensors,
                   const std::optional<NamedTensor> &head, const fs::path &path,
                   JobContext &context, double &done, double total) const
    {
        std::vector<io::TensorDeclaration> declarations;
        for (const Written &tensor : tensors) {
            declarations.push_back(
                {tensor.name, dtypeFor(tensor.source->dtype), tensor.source->shape});
        }
        const io::Dtype headDtype = dtypeFor(tensors.front().source->dtype);
        if (head) {
            declarations.push_back({head->first, headDtype, head->second.sizes().vec()});
        }
        io::SafetensorsWriter writer(path, std::move(declarations));
        for (const Written &tensor : tensors) {
            context.throwIfCancelled();
            context.stage("writing " + tensor.name);
            writeTensor(quantized, tensor, writer);
            context.progress(++done, total);
        }
        if (head) {
            writeValues(head->second, headDtype, head->first, writer);
        }
        writer.commit();
    }

    static void writeValues(const at::Tensor &tensor, io::Dtype dtype, const std::string &name,
                            io::SafetensorsWriter &writer)
    {
        const at::Tensor stored = tensor.to(at::kCPU).contiguous();
        const std::span<const float> values(stored.data_ptr<float>(),
                                            static_cast<std::size_t>(stored.numel()));
        checkRange(values, dtype, name);
        writer.writeFloats(values);
    }

    void writeTensor(const QuantizedModel &quantized, const Written &written,
                     io::SafetensorsWriter &writer) const
    {
        const io::Checkpoint &checkpoint = quantized.model->checkpoint();
        const io::TensorInfo &tensor = *written.source;
        const std::optional<at::Tensor> replaced = quantized.tensor(written.name);
        const io::Dtype dtype = dtypeFor(tensor.dtype);
        if (!replaced && dtype == tensor.dtype) {
            writer.write(checkpoint.readRaw(tensor.name));
            return;
        }
        if (replaced) {
            const bool isTransposed = isTransposedLayer(quantized, written.name);
            writeValues(isTransposed ? replaced->t() : *replaced, dtype, written.name, writer);
            return;
        }
        const std::vector<float> values = checkpoint.readFloat(tensor.name);
        checkRange(values, dtype, written.name);
        writer.writeFloats(values);
    }

    static bool isTransposedLayer(const QuantizedModel &quantized, const std::string &tensor)
    {
        for (const LayerInfo &layer : quantized.model->info().layers) {
            if (layer.tensor == tensor) {
                return layer.isTransposed;
            }
        }
        return false;
    }

    static void checkRange(std::span<const float> values, io::Dtype dtype, const std::string &name)
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

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(exporter, safetensors, SafetensorsExporter);

} // namespace bitprism
