// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/safetensors.h"

#include "core/export/exporter.h"
#include "core/export/folder_writer.h"

#include <nlohmann/json.hpp>

#include <map>

namespace bitprism {

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

bool isWritableFloat(io::Dtype dtype)
{
    return dtype == io::Dtype::F32 || dtype == io::Dtype::F16 || dtype == io::Dtype::BF16;
}

/// The plain checkpoint with the dequantized weights in place: runs everywhere, saves nothing.
class SafetensorsFormat final : public FolderFormat
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
    explicit SafetensorsFormat(const Params &params)
        : m_params(params)
    {
    }

protected:
    ExportFolder contents(const ExportSubject &subject) const override
    {
        std::vector<OutputTensor> tensors = plainTensors(
            subject, [this](io::Dtype source) { return dtypeFor(source); },
            [](const std::string &) { return false; });
        Json config = exportedConfig(subject);
        const std::map<std::string, std::string> names{
            {"f32", "float32"}, {"f16", "float16"}, {"bf16", "bfloat16"}};
        if (const auto name = names.find(m_params.dtype); name != names.end()) {
            config["torch_dtype"] = name->second;
        }
        return {std::move(tensors), config.dump(2) + "\n"};
    }

private:
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

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(exporter, safetensors, SafetensorsFormat);

} // namespace bitprism
