// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/error.h"
#include "core/export/affine_layers.h"
#include "core/export/packed_words.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace bitprism {

namespace {

constexpr std::string_view gptqName = "gptq";
const std::vector<int> gptqWidths{2, 3, 4, 8};
const std::vector<int> planarWidths{2, 3, 4, 5, 6, 7, 8}; // read, not written
constexpr std::int64_t wordMultiple = 32; // of rows and columns

struct GptqExportParams
{
    std::string zeroPoints = "auto";

    void visit(ParamVisitor &v)
    {
        v.choice("zero_points", zeroPoints,
                 {{"auto", BITPRISM_TR("Component", "v1 where all fit, else v2")},
                  {"v1", BITPRISM_TR("Component", "v1: one less than the zero point")},
                  {"v2", BITPRISM_TR("Component", "v2: the zero point itself")}},
                 {BITPRISM_TR("Component", "Zero points"),
                  BITPRISM_TR("Component", "How zero points are stored; older programs read v1.")});
    }
};

/// checkpoint_format: how zero points and codes lie in the words.
struct GptqVersion
{
    bool isOffByOne = true; ///< zero points are one less, modulo 2^bits: "gptq"
    bool isPlanar = false; ///< "gptq_p"
};

/// What quantization_config says of a module, beside what its tensors say themselves.
struct GptqClaims
{
    StatedForm form;
    bool hasOrder = true; ///< "desc_act": groups may follow GPTQ's order
};

/// `<m>.qweight`, `.qzeros`, `.scales`, `.g_idx` (export-formats.md 6).
class GptqTensor final : public AffineTensor
{
public:
    GptqTensor(const io::Checkpoint &stored, const std::string &module, std::int64_t rows,
               std::int64_t cols, const GptqClaims &claims, GptqVersion version)
        : AffineTensor(stored, module, rows, cols, claims.form.bits, partsOf(stored, module))
        , m_claims(claims)
        , m_version(version)
    {
    }

    static std::vector<std::string> partsOf(const io::Checkpoint &stored, const std::string &module)
    {
        std::vector<std::string> parts{module + ".qweight", module + ".qzeros", module + ".scales"};
        if (stored.findPart(module + ".g_idx") != nullptr) {
            parts.push_back(module + ".g_idx");
        }
        return parts;
    }

protected:
    std::pair<GridSet, std::vector<std::uint8_t>> load() const override
    {
        const std::int64_t groups = stored().findPart(module() + ".scales")->shape[0];
        GridSet grids = emptyGrid(rows(), *m_claims.form.groupSize, groups);
        readGrids(grids);
        readGroups(grids);
        const auto out = static_cast<std::size_t>(rows());
        const auto in = static_cast<std::size_t>(cols());
        const std::vector<std::uint32_t> packed = words(module() + ".qweight");
        std::vector<std::uint8_t> codes(out * in);
        for (std::size_t row = 0; row < out; ++row) {
            unpack({packed.data() + row, denseWords(in, bits()), out},
                   {codes.data() + row * in, in, 1});
        }
        return {std::move(grids), std::move(codes)};
    }

private:
    void unpack(Strided<const std::uint32_t> words, Strided<std::uint8_t> codes) const
    {
        if (m_version.isPlanar) {
            unpackPlanar(words, bits(), codes);
        } else {
            unpackDense(words, bits(), codes);
        }
    }

    void readGrids(GridSet &grids) const
    {
        const auto out = static_cast<std::size_t>(rows());
        const std::vector<float> scales = floats(module() + ".scales");
        const std::vector<std::uint32_t> packed = words(module() + ".qzeros");
        const std::size_t perGroup = denseWords(out, bits());
        std::vector<std::uint8_t> zeros(out);
        bool isSymmetric = true;
        for (std::int64_t group = 0; group < grids.groupsPerRow; ++group) {
            unpack({packed.data() + static_cast<std::size_t>(group) * perGroup, perGroup, 1},
                   {zeros.data(), out, 1});
            for (std::size_t row = 0; row < out; ++row) {
                const std::size_t place = grids.gridIndex(static_cast<std::int64_t>(row), group);
                grids.scales[place] = scales[static_cast<std::size_t>(group) * out + row];
                // v1 keeps one less, modulo 2^bits.
                const int zero = (zeros[row] + (m_version.isOffByOne ? 1 : 0)) & grids.maxCode();
                grids.zeroPoints[place] = static_cast<std::int16_t>(zero);
                isSymmetric = isSymmetric && zero == 1 << (bits() - 1);
            }
        }
        if (m_claims.form.isSymmetric.value_or(false) && !isSymmetric) {
            failConfig(stored(), module(), "sym", "true", "has zero points apart from the middle");
        }
        grids.rule = isSymmetric ? RangeRule::GptqSym : RangeRule::GptqAsym;
        if (stored().findPart(module() + ".scales")->dtype == io::Dtype::BF16) {
            grids.scaleType = ScaleType::Bf16;
        }
    }

    void readGroups(GridSet &grids) const
    {
        if (stored().findPart(module() + ".g_idx") == nullptr) {
            return;
        }
        const std::vector<std::int32_t> groups = integers(module() + ".g_idx");
        bool isPlain = true;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (groups[i] < 0 || groups[i] >= grids.groupsPerRow) {
                damaged(module() + ".g_idx");
            }
            isPlain = isPlain && groups[i] == static_cast<std::int64_t>(i) / grids.groupSize;
        }
        if (!isPlain && !m_claims.hasOrder) {
            failConfig(stored(), module(), "desc_act", "false",
                       "has a g_idx whose groups are not of neighbouring columns");
        }
        if (!isPlain) {
            grids.groupOfColumn.assign(groups.begin(), groups.end());
        }
    }

    GptqClaims m_claims; ///< with the group size as it is
    GptqVersion m_version;
};

/// What one layer's tensors look like; a checkpoint has one as its default and others by exception.
using LayerForm = std::tuple<int, std::int64_t, bool>; // bits, group size, symmetric

LayerForm gptqFormOf(const AffineLayer &layer)
{
    return {layer.grids().bits, layer.groupSize(), layer.isSymmetric()};
}

LayerForm commonForm(const std::vector<AffineLayer> &layers)
{
    std::map<LayerForm, int> counts;
    for (const AffineLayer &layer : layers) {
        ++counts[gptqFormOf(layer)];
    }
    return std::max_element(counts.begin(), counts.end(),
                            [](const auto &a, const auto &b) { return a.second < b.second; })
        ->first;
}

/// A regular expression for the name itself.
std::string exactly(const std::string &name)
{
    std::string pattern;
    for (const char letter : name) {
        pattern += letter == '.' ? std::string("\\.") : std::string(1, letter);
    }
    return pattern + "$";
}

StatedForm statedForm(const ConfigReader &config, StatedForm form)
{
    form.bits = static_cast<int>(config.integer("bits", 2, 8, form.bits));
    if (const auto size = statedGroupSize(config, "group_size")) {
        form.groupSize = size;
    }
    if (config.has("sym")) {
        form.isSymmetric = config.flag("sym", false);
    }
    return form;
}

/// The form of most layers first, then those of the exceptions that "dynamic" names. (Whose they
/// are is a regular expression's say; a module fits where one of them does.)
std::vector<StatedForm> statedForms(const ConfigReader &config)
{
    StatedForm usual;
    usual.bits = static_cast<int>(config.integer("bits", 2, 8));
    usual = statedForm(config, usual);
    std::vector<StatedForm> forms{usual};
    const std::optional<ConfigReader> exceptions = config.object("dynamic");
    if (exceptions) {
        for (const auto &[pattern, entry] : config.find("dynamic")->items()) {
            if (pattern.starts_with("-:")) {
                continue; // left unquantized
            }
            if (const auto own = exceptions->object(pattern)) {
                forms.push_back(statedForm(*own, usual));
            }
        }
    }
    return forms;
}

/// GPTQ's layout, versions 1 and 2: what AutoGPTQ and GPTQModel write.
class GptqFormat final : public FolderFormat
{
public:
    using Params = GptqExportParams;
    static ComponentInfo info()
    {
        return {Kind::exporter,
                "gptq",
                BITPRISM_TR("Component", "GPTQ"),
                "GPTQ checkpoint layout, v1 and v2",
                {}};
    }
    explicit GptqFormat(const Params &params)
        : m_params(params)
    {
    }

    std::string_view quantMethod() const override { return "gptq"; }

    io::CodedTensors decode(const io::Checkpoint &stored) const override
    {
        const ConfigReader config = quantizationOf(stored);
        static const std::map<std::string, GptqVersion> versions{
            {"gptq", {true, false}}, {"gptq_v2", {false, false}}, {"gptq_p", {false, true}}};
        const std::string name = config.text("checkpoint_format", "gptq");
        const auto version = versions.find(name);
        if (version == versions.end()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: checkpoint_format \"%2\" cannot be read; gptq, gptq_v2 "
                                    "and gptq_p can."),
                        stored.path(), name);
        }
        if (const std::string type = config.text("pack_dtype", "int32"); type != "int32") {
            config.fail("pack_dtype", "\"int32\", which the codes are");
        }
        const std::vector<StatedForm> forms = statedForms(config);
        const bool hasOrder = config.flag("desc_act", true);
        io::CodedTensors coded;
        for (const std::string &module : modulesWith(stored, ".qweight")) {
            coded.tensors.push_back(decodeModule(stored, module, forms, hasOrder, version->second));
            for (const std::string &part : GptqTensor::partsOf(stored, module)) {
                coded.parts.insert(part);
            }
        }
        return coded;
    }

    std::optional<io::CodeLimits> codeLimits() const override
    {
        io::CodeLimits limits{{}, wordMultiple, /*hasGroups=*/true, /*mergesLayers=*/true};
        for (const int bits : gptqWidths) {
            limits.columnsOfWidth[bits] = wordMultiple;
        }
        return limits;
    }

protected:
    ExportFolder contents(const ExportSubject &subject) const override
    {
        const std::vector<AffineLayer> layers = affineLayers(subject, gptqName);
        for (const AffineLayer &layer : layers) {
            requireWidth(layer, gptqWidths, gptqName);
            requireWords(*layer.layer);
            requireHalfScales(layer, gptqName);
        }
        requireMergeable(layers, gptqName);
        const bool isOffByOne = usesVersion1(layers);
        std::map<std::string, const AffineLayer *> byTensor;
        for (const AffineLayer &layer : layers) {
            byTensor[layer.layer->tensor] = &layer;
        }
        std::vector<OutputTensor> tensors = plainTensors(
            subject, sourceDtype, [&](const std::string &name) { return byTensor.contains(name); });
        for (const AffineLayer &layer : layers) {
            addTensors(layer, shardOf(subject, layer.layer->tensor), isOffByOne, tensors);
        }
        Json config = exportedConfig(subject);
        config["quantization_config"] = quantizationConfig(subject, layers, isOffByOne);
        // Both versions take as many bytes, so that the size is known before the zero points are.
        const std::string end = isOffByOne ? "   \n" : "\n";
        std::string quantization = config["quantization_config"].dump(2) + end;
        return {std::move(tensors),
                config.dump(2) + end,
                {{"quantize_config.json", std::move(quantization)}}};
    }

private:
    static std::unique_ptr<const io::CodedTensor> decodeModule(const io::Checkpoint &stored,
                                                               const std::string &module,
                                                               const std::vector<StatedForm> &forms,
                                                               bool hasOrder, GptqVersion version)
    {
        using io::Dtype;
        const auto &weight = requirePart(stored, module + ".qweight", {Dtype::I32}, 2).shape;
        const auto &zeros = requirePart(stored, module + ".qzeros", {Dtype::I32}, 2).shape;
        const auto &scales
            = requirePart(stored, module + ".scales", {Dtype::F16, Dtype::BF16, Dtype::F32}, 2)
                  .shape;
        const std::int64_t rows = weight[1];
        const std::int64_t groups = scales[0];
        // qzeros [groups, rows / 32 * bits] tells the width, qweight [cols / 32 * bits, rows] the
        // columns.
        const std::int64_t bits = rows > 0 ? zeros[1] * 32 / rows : 0;
        const std::vector<int> &known = version.isPlanar ? planarWidths : gptqWidths;
        const bool isWidth = std::find(known.begin(), known.end(), bits) != known.end();
        const std::int64_t cols = isWidth ? weight[0] * 32 / bits : 0;
        const bool isRagged
            = version.isPlanar && (rows % wordMultiple != 0 || cols % wordMultiple != 0);
        if (!isWidth || isRagged || zeros[1] * 32 != rows * bits || weight[0] * 32 != cols * bits
            || scales[1] != rows || zeros[0] != groups || groups > cols || groups > 65536) {
            failParts(stored, module, "has codes, zero points and scales of contradicting shapes");
        }
        const GptqClaims claims{claimOf(stored, module, forms, bits, cols, groups), hasOrder};
        if (stored.findPart(module + ".g_idx") != nullptr
            && requirePart(stored, module + ".g_idx", {Dtype::I32}, 1).shape[0] != cols) {
            failParts(stored, module, "has a g_idx of another length than its columns");
        }
        return std::make_unique<GptqTensor>(stored, module, rows, cols, claims, version);
    }

    /// The form that the tensors bear out, its group size filled in.
    static StatedForm claimOf(const io::Checkpoint &stored, const std::string &module,
                              const std::vector<StatedForm> &forms, std::int64_t bits,
                              std::int64_t cols, std::int64_t groups)
    {
        const auto hasBits = [&](const StatedForm &form) { return form.bits == bits; };
        const auto sameBits = std::find_if(forms.begin(), forms.end(), hasBits);
        if (sameBits == forms.end()) {
            failConfig(stored, module, "bits", std::to_string(forms.front().bits),
                       "has codes of " + std::to_string(bits) + " bits");
        }
        const auto found = std::find_if(sameBits, forms.end(), [&](const StatedForm &form) {
            return hasBits(form) && form.makesGroups(cols, groups);
        });
        if (found == forms.end()) {
            failConfig(stored, module, "group_size", std::to_string(*sameBits->groupSize),
                       "has " + std::to_string(groups) + " groups for its " + std::to_string(cols)
                           + " columns");
        }
        StatedForm form = *found;
        const std::int64_t even = (cols + groups - 1) / groups;
        form.groupSize = form.groupSize.value_or(even) < 0 ? cols : form.groupSize.value_or(even);
        if ((cols + *form.groupSize - 1) / *form.groupSize != groups) {
            failParts(stored, module, "has a number of groups that its columns cannot have");
        }
        return form;
    }

    static void requireWords(const LayerInfo &layer)
    {
        if (layer.rows % wordMultiple != 0 || layer.cols % wordMultiple != 0) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1 packs rows and columns in multiples of %2, and %3 is %4 x "
                                    "%5; skip the layer, or export to compressed-tensors."),
                        gptqName, wordMultiple, layer.name, layer.rows, layer.cols);
        }
    }

    /// A zero point of 0 has no form in version 1, where it would be -1.
    bool usesVersion1(const std::vector<AffineLayer> &layers) const
    {
        for (const AffineLayer &layer : layers) {
            const std::vector<std::int16_t> &zeros = layer.grids().zeroPoints;
            if (std::find(zeros.begin(), zeros.end(), 0) == zeros.end()) {
                continue;
            }
            if (m_params.zeroPoints == "v1") {
                throw Error(ErrorCode::BadInput,
                            BITPRISM_TR("Error",
                                        "A zero point of %1 is 0, which version 1 of gptq cannot "
                                        "hold; export with zero_points v2."),
                            layer.layer->name);
            }
            return false;
        }
        return m_params.zeroPoints != "v2";
    }

    static void addTensors(const AffineLayer &layer, const std::string &shard, bool isOffByOne,
                           std::vector<OutputTensor> &tensors)
    {
        using io::Dtype;
        const std::string &module = layer.layer->name;
        const std::int64_t rows = layer.grids().rows;
        const std::int64_t cols = layer.grids().cols;
        const std::int64_t groups = layer.grids().groupsPerRow;
        const int bits = layer.grids().bits;
        tensors.push_back({{module + ".qweight", Dtype::I32, {cols / 32 * bits, rows}},
                           shard,
                           [layer] { return packedCodes(layer); }});
        tensors.push_back({{module + ".qzeros", Dtype::I32, {groups, rows / 32 * bits}},
                           shard,
                           [layer, isOffByOne] { return packedZeros(layer, isOffByOne); }});
        tensors.push_back({{module + ".scales", Dtype::F16, {groups, rows}}, shard, [layer] {
                               return scaleBytes(layer, Dtype::F16, /*byRow=*/false);
                           }});
        tensors.push_back({{module + ".g_idx", Dtype::I32, {cols}}, shard, [layer] {
                               std::vector<std::uint32_t> groupOf;
                               for (std::int64_t col = 0; col < layer.grids().cols; ++col) {
                                   groupOf.push_back(
                                       static_cast<std::uint32_t>(layer.grids().group(col)));
                               }
                               return bytesOf(groupOf);
                           }});
    }

    static std::vector<std::byte> packedCodes(const AffineLayer &layer)
    {
        const auto rows = static_cast<std::size_t>(layer.grids().rows);
        const auto cols = static_cast<std::size_t>(layer.grids().cols);
        const int bits = layer.grids().bits;
        const std::vector<std::uint8_t> codes = layer.weight->codes();
        std::vector<std::uint32_t> words(denseWords(cols, bits) * rows);
        for (std::size_t row = 0; row < rows; ++row) {
            packDense({codes.data() + row * cols, cols, 1}, bits,
                      {words.data() + row, denseWords(cols, bits), rows});
        }
        return bytesOf(words);
    }

    static std::vector<std::byte> packedZeros(const AffineLayer &layer, bool isOffByOne)
    {
        const auto rows = static_cast<std::size_t>(layer.grids().rows);
        const auto groups = static_cast<std::size_t>(layer.grids().groupsPerRow);
        const int bits = layer.grids().bits;
        const std::size_t perGroup = denseWords(rows, bits);
        std::vector<std::uint32_t> words(perGroup * groups);
        std::vector<std::uint8_t> zeros(rows);
        for (std::size_t group = 0; group < groups; ++group) {
            for (std::size_t row = 0; row < rows; ++row) {
                const int zero = layer.zeroPoint(static_cast<std::int64_t>(row),
                                                 static_cast<std::int64_t>(group));
                zeros[row] = static_cast<std::uint8_t>(zero - (isOffByOne ? 1 : 0));
            }
            packDense({zeros.data(), rows, 1}, bits,
                      {words.data() + group * perGroup, perGroup, 1});
        }
        return bytesOf(words);
    }

    static Json quantizationConfig(const ExportSubject &subject,
                                   const std::vector<AffineLayer> &layers, bool isOffByOne)
    {
        const LayerForm common = commonForm(layers);
        const auto [bits, groupSize, isSymmetric] = common;
        const bool hasOrder
            = std::any_of(layers.begin(), layers.end(), [](const AffineLayer &layer) {
                  return !layer.grids().groupOfColumn.empty();
              });
        const bool hasHead
            = std::any_of(layers.begin(), layers.end(),
                          [](const AffineLayer &layer) { return layer.layer->kind == "head"; });
        Json config = {{"quant_method", "gptq"},
                       {"bits", bits},
                       {"group_size", groupSize},
                       {"desc_act", hasOrder},
                       {"sym", isSymmetric},
                       {"lm_head", hasHead},
                       {"checkpoint_format", isOffByOne ? "gptq" : "gptq_v2"},
                       {"pack_dtype", "int32"},
                       {"meta", {{"quantizer", {"bitprism"}}}}};
        Json exceptions = Json::object();
        for (const AffineLayer &layer : layers) {
            if (gptqFormOf(layer) != common) {
                exceptions["+:" + exactly(layer.layer->name)] = {{"bits", layer.grids().bits},
                                                                 {"group_size", layer.groupSize()},
                                                                 {"sym", layer.isSymmetric()}};
            }
        }
        for (const std::string &name : plainLayers(subject, /*withHead=*/false)) {
            exceptions["-:" + exactly(name)] = Json::object();
        }
        if (!exceptions.empty()) {
            config["dynamic"] = exceptions;
        }
        return config;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(exporter, gptq, GptqFormat);

} // namespace bitprism
