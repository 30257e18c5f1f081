// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf.h"

#include "core/base/error.h"
#include "core/base/parallel.h"
#include "core/export/exporter.h"
#include "core/export/gguf_blocks.h"
#include "core/export/gguf_model.h"
#include "core/export/gguf_names.h"
#include "core/export/gguf_row_encoder.h"
#include "core/export/gguf_tensor_reader.h"
#include "core/export/importance.h"
#include "core/export/kept_tensors.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/ggml_direct.h"
#include "core/tokenize/gguf_tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

namespace bitprism {

namespace {

constexpr std::uint32_t quantizationVersion = 2;

/// Element types that a user may ask for, and what general.file_type calls a file mostly of them.
struct FileType
{
    GgmlType type;
    std::uint32_t id;
};
constexpr FileType fileTypes[]
    = {{GgmlType::F32, 0},  {GgmlType::F16, 1},   {GgmlType::BF16, 32}, {GgmlType::Q8_0, 7},
       {GgmlType::Q4_0, 2}, {GgmlType::Q4_1, 3},  {GgmlType::Q5_0, 8},  {GgmlType::Q5_1, 9},
       {GgmlType::Q2K, 10}, {GgmlType::Q3K, 11},  {GgmlType::Q4K, 14},  {GgmlType::Q5K, 16},
       {GgmlType::Q6K, 18}, {GgmlType::Iq4Nl, 25}};

std::vector<Choice> typeChoices(std::string_view first, TranslatableText firstTitle)
{
    std::vector<Choice> choices{{first, firstTitle}};
    for (const FileType &known : fileTypes) {
        // The names are the format's own, in every language.
        const std::string_view name = ggmlTypeInfo(known.type).name;
        choices.push_back({name, {"Component", name.data()}});
    }
    return choices;
}

struct GgufExportParams
{
    std::string type = "source";
    std::string embeddingType = "auto";
    std::string headType = "auto";
    std::string search = "direct";
    std::string preTokenizer;
    std::string imatrix;

    void visit(ParamVisitor &v)
    {
        v.choice(
            "type", type, typeChoices("source", BITPRISM_TR("Component", "As in the source")),
            {BITPRISM_TR("Component", "Type"),
             BITPRISM_TR("Component", "Block type of the matrices that a run left unquantized.")});
        v.choice("embedding_type", embeddingType,
                 typeChoices("auto", BITPRISM_TR("Component", "Automatic")),
                 {BITPRISM_TR("Component", "Type of the embedding"),
                  BITPRISM_TR("Component", "Automatic: as the other matrices.")});
        v.choice("head_type", headType, typeChoices("auto", BITPRISM_TR("Component", "Automatic")),
                 {BITPRISM_TR("Component", "Type of the head"),
                  BITPRISM_TR("Component",
                              "Also of an embedding that is the head. Automatic: as the other "
                              "matrices, at least q6_k.")});
        v.choice("search", search,
                 {{"best", BITPRISM_TR("Component", "Least squared error")},
                  {"direct", BITPRISM_TR("Component", "From the extremes, as llama.cpp does")}},
                 {BITPRISM_TR("Component", "Scales"),
                  BITPRISM_TR("Component",
                              "How the scales of q8_0, q4_0, q4_1, q5_0 and q5_1 are found. From "
                              "the extremes is what llama.cpp does; the search for the least "
                              "error takes twice as long and errs a tenth less.")});
        v.text("pre_tokenizer", preTokenizer,
               {BITPRISM_TR("Component", "Pre-tokenizer"),
                BITPRISM_TR("Component",
                            "llama.cpp's name of the rule that splits a text into words; empty: "
                            "found from the tokenizer.")});
        v.path("imatrix", imatrix,
               {BITPRISM_TR("Component", "Importance matrix"),
                BITPRISM_TR("Component",
                            "A llama.cpp imatrix file that weighs the errors of input columns.")});
    }
};

std::int64_t headRows(const io::GgufTensor &tensor, std::int64_t heads)
{
    const std::int64_t rows = tensor.shape.size() == 2 ? tensor.shape[0] : tensor.elements();
    const bool fits = heads > 0 && rows % heads == 0 && rows / heads % 2 == 0;
    return fits ? rows / heads : 0;
}

/// What llama.cpp and its relatives load.
class GgufFormat final : public ExportFormat
{
public:
    using Params = GgufExportParams;
    static ComponentInfo info()
    {
        return {Kind::exporter, "gguf", BITPRISM_TR("Component", "GGUF"), "GGUF version 3", {}};
    }
    explicit GgufFormat(const Params &params)
        : m_params(params)
    {
    }

    bool isFile() const override { return true; }

    std::optional<io::FileCheckpoint> openFile(const std::filesystem::path &path) const override
    {
        if (!io::GgufFile::isGguf(path)) {
            return std::nullopt;
        }
        io::FileCheckpoint opened;
        std::string architecture;
        for (const std::filesystem::path &part : io::ggufParts(path)) {
            const auto file = std::make_shared<const io::GgufFile>(part);
            if (!opened.config) { // metadata lie in the first part
                architecture = file->text("general.architecture").value_or("");
                requireModel(*file);
                opened.config = std::make_shared<const Json>(configOfGguf(*file));
            }
            for (const io::GgufTensor &tensor : file->tensors()) {
                addTensor(file, tensor, architecture, *opened.config, opened.coded);
            }
        }
        return opened;
    }

    /// Of the types that quantizers make of each width.
    std::optional<io::CodeLimits> codeLimits() const override
    {
        io::CodeLimits limits;
        for (const GgmlType type : {GgmlType::Q2K, GgmlType::Q3K, GgmlType::Q4_0, GgmlType::Q5K,
                                    GgmlType::Q6K, GgmlType::Q8_0}) {
            const GgmlTypeInfo &info = ggmlTypeInfo(type);
            limits.columnsOfWidth[info.bits] = info.blockWeights;
            std::string quantizer = "ggml-" + std::string(info.name);
            std::replace(quantizer.begin(), quantizer.end(), '_', '-');
            limits.ownCodes[info.bits] = {quantizer, 8.0 * info.blockBytes / info.blockWeights};
        }
        return limits;
    }

    void write(const ExportSubject &subject, const std::filesystem::path &output,
               JobContext &context) const override
    {
        const std::vector<GgufPlannedTensor> tensors = plan(subject);
        io::GgufWriter writer(output, metadata(subject, tensors), declarationsOf(tensors));
        double done = 0;
        double total = 0;
        for (const GgufPlannedTensor &planned : tensors) {
            total += static_cast<double>(io::ggufDataBytes(planned.declaration));
        }
        for (const GgufPlannedTensor &planned : tensors) {
            context.throwIfCancelled();
            context.stage("writing " + planned.declaration.name);
            const auto advance = [&](std::size_t bytes) {
                done += static_cast<double>(bytes);
                context.progress(done, total);
            };
            writeTensor(planned, subject.checkpoint(), writer, context, advance);
        }
        writer.commit();
    }

    std::vector<std::string> notes(const ExportSubject &subject) const override
    {
        std::vector<std::string> notes;
        if (std::string note = tokenize::ggufTokenizerNote(subject.checkpoint().path());
            !note.empty()) {
            notes.push_back(std::move(note));
        }
        if (std::string note = fallbackNote(subject); !note.empty()) {
            notes.push_back(std::move(note));
        }
        if (!m_params.imatrix.empty() && !weighsAny(subject)) {
            notes.emplace_back("the importance matrix has no effect: no tensor is quantized by it");
        }
        if (const std::string type = directType(subject); !type.empty()) {
            notes.push_back("scales of " + type
                            + " from the extremes of each block, as llama.cpp makes them; search "
                              "best takes twice as long and errs a tenth less");
        }
        return notes;
    }

    std::int64_t predictedBytes(const ExportSubject &subject) const override
    {
        const std::vector<GgufPlannedTensor> tensors = plan(subject);
        return static_cast<std::int64_t>(
            io::ggufFileBytes(metadata(subject, tensors), declarationsOf(tensors)));
    }

private:
    static std::vector<io::GgufDeclaration>
    declarationsOf(const std::vector<GgufPlannedTensor> &tensors)
    {
        std::vector<io::GgufDeclaration> declarations;
        for (const GgufPlannedTensor &planned : tensors) {
            declarations.push_back(planned.declaration);
        }
        return declarations;
    }

    /// What became of matrices whose columns the blocks of the wanted type do not divide; empty:
    /// there is none.
    std::string fallbackNote(const ExportSubject &subject) const
    {
        const std::optional<GgmlType> wanted = ggmlTypeFromName(m_params.type);
        if (!wanted) {
            return {};
        }
        int matrices = 0;
        std::set<std::string_view> others;
        for (const GgufPlannedTensor &planned : plan(subject)) {
            const std::vector<std::int64_t> &shape = planned.declaration.shape;
            const bool isBlocked
                = shape.size() == 2 && !planned.codes && planned.type != GgmlType::F32;
            if (isBlocked && ggmlTypeThatFits(*wanted, shape.back()) != *wanted) {
                ++matrices;
                others.insert(ggmlTypeInfo(planned.type).name);
            }
        }
        if (matrices == 0) {
            return {};
        }
        std::string note = std::to_string(matrices) + " matrices are stored as";
        for (const std::string_view type : others) {
            note += (type == *others.begin() ? " " : ", ") + std::string(type);
        }
        return note + ": blocks of " + m_params.type + " do not divide their columns";
    }

    /// Whether some tensor is encoded by the importance matrix.
    bool weighsAny(const ExportSubject &subject) const
    {
        const std::vector<GgufPlannedTensor> tensors = plan(subject);
        return std::any_of(tensors.begin(), tensors.end(), [](const GgufPlannedTensor &planned) {
            return !planned.importance.empty();
        });
    }

    /// The first block type whose scales are found without a search; empty: none.
    std::string directType(const ExportSubject &subject) const
    {
        for (const GgufPlannedTensor &planned : plan(subject)) {
            if (planned.isDirect) {
                return std::string(ggmlTypeInfo(planned.type).name);
            }
        }
        return {};
    }

    /// Files that bring a tokenizer to programs hold no tensor.
    static void requireModel(const io::GgufFile &file)
    {
        if (file.tensors().empty() && file.value("tokenizer.ggml.tokens") != nullptr) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: the file holds a vocabulary and no tensors, so it is no "
                                    "model; the command tokenize reads it."),
                        file.path());
        }
    }

    static void addTensor(const std::shared_ptr<const io::GgufFile> &file,
                          const io::GgufTensor &tensor, const std::string &architecture,
                          const Json &config, io::CodedTensors &coded)
    {
        const std::optional<GgmlType> type = ggmlTypeFromId(tensor.type->id);
        if (!type) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" is of the type %3, which cannot be decoded; "
                                    "requantize the model to F32, F16, BF16, Q8_0, Q4_0, Q4_1, "
                                    "Q5_0, Q5_1, Q2_K to Q6_K or IQ4_NL."),
                        file->path(), tensor.name, tensor.type->name);
        }
        if (tensor.name == "rope_freqs.weight") {
            return; // read with the configuration
        }
        const std::string name
            = checkpointTensorName(architecture, tensor.name).value_or(tensor.name);
        const std::int64_t heads = interleavedHeads(
            architecture, ConfigReader(config, file->path().string()), tensor.name);
        const std::int64_t headSize = heads > 0 ? headRows(tensor, heads) : 0;
        const bool isOddBias = tensor.shape.size() == 1 && headSize > 0 && !isPlain(*type);
        if ((heads > 0 && headSize == 0) || isOddBias) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" does not divide into %3 heads; the file is "
                                    "damaged."),
                        file->path(), tensor.name, heads);
        }
        const bool isTransposed
            = tensor.shape.size() == 2 && isTransposedTensor(architecture, tensor.name);
        coded.tensors.push_back(
            ggufTensorReader(file, tensor, *type, {name, headSize, isTransposed}));
    }

    /// `subject` outlives the result.
    std::vector<GgufPlannedTensor> plan(const ExportSubject &subject) const
    {
        const io::Checkpoint &checkpoint = subject.checkpoint();
        const std::string where = checkpoint.path().string();
        const std::string architecture = ggufArchitecture(checkpoint.config(), where);
        const ImportanceMatrix importance
            = m_params.imatrix.empty() ? ImportanceMatrix() : readImportance(m_params.imatrix);
        std::vector<GgufPlannedTensor> tensors;
        if (const std::vector<float> factors = ropeFactors(checkpoint.config(), where);
            !factors.empty()) {
            GgufPlannedTensor planned;
            planned.declaration = {"rope_freqs.weight", 0, {std::ssize(factors)}};
            planned.values = factors;
            tensors.push_back(std::move(planned));
        }
        for (const io::TensorInfo *tensor : keptTensors(checkpoint)) {
            const bool isTiedHead = subject.info().hasTiedHead && tensor->name == "lm_head.weight";
            if (isDerivedTensor(tensor->name) || isTiedHead) {
                continue;
            }
            tensors.push_back(planTensor(subject, *tensor, architecture, importance));
        }
        if (std::optional<UntiedHead> head = subject.untiedHead()) {
            GgufPlannedTensor planned;
            planned.type = typeOf(nullptr, /*isHead=*/true, /*isEmbedding=*/false, head->cols);
            planned.declaration
                = {"output.weight", ggmlTypeInfo(planned.type).ggmlId, {head->rows, head->cols}};
            planned.values = std::move(head->values);
            tensors.push_back(std::move(planned));
        }
        return tensors;
    }

    GgufPlannedTensor planTensor(const ExportSubject &subject, const io::TensorInfo &tensor,
                                 const std::string &architecture,
                                 const ImportanceMatrix &importance) const
    {
        const std::optional<std::string> name = ggufTensorName(tensor.name);
        if (!name) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: GGUF has no name for the tensor \"%2\"; export to "
                                    "safetensors instead."),
                        subject.checkpoint().path(), tensor.name);
        }
        GgufPlannedTensor planned;
        planned.source = &tensor;
        const std::int64_t heads = interleavedHeads(
            architecture,
            ConfigReader(subject.checkpoint().config(), subject.checkpoint().path().string()),
            *name);
        planned.headSize = heads == 0
            ? 0
            : (tensor.shape.size() == 2 ? tensor.shape[0] : tensor.elements()) / heads;
        planned.isTransposed = tensor.shape.size() == 2 && isTransposedTensor(architecture, *name);
        const std::vector<std::int64_t> shape = planned.isTransposed
            ? std::vector<std::int64_t>(tensor.shape.rbegin(), tensor.shape.rend())
            : tensor.shape;
        const std::int64_t cols = shape.back();
        const QuantizedWeightPtr codes = subject.codes(tensor.name);
        // Positions are added, not multiplied: GGUF's readers want them unquantized.
        const bool isMatrix = shape.size() == 2 && *name != "position_embd.weight";
        if (codes != nullptr) {
            planned.type = ggmlTypeOf(*codes, tensor.name);
            planned.codes = [&subject, name = tensor.name] { return subject.codes(name); };
        } else {
            planned.values = subject.values(tensor.name);
            const bool isEmbedding = *name == "token_embd.weight";
            const bool isHead = *name == "output.weight"
                || (isEmbedding && subject.info().hasTiedHead && !subject.untiedHead());
            planned.type = isMatrix ? typeOf(&tensor, isHead, isEmbedding, cols) : GgmlType::F32;
            if (!isPlain(planned.type)) {
                planned.importance = importance.of(*name, cols);
                planned.isDirect = m_params.search == "direct" && planned.importance.empty()
                    && hasDirectEncoding(planned.type);
            }
        }
        planned.declaration = {*name, ggmlTypeInfo(planned.type).ggmlId, shape};
        if (planned.headSize != 0 && !isMatrix) { // a bias: one value a row
            planned.values = interleaved(
                planned.values ? *planned.values : subject.checkpoint().readFloat(tensor.name),
                planned.headSize);
            planned.headSize = 0;
        }
        return planned;
    }

    static std::vector<float> interleaved(const std::vector<float> &values, std::int64_t headSize)
    {
        std::vector<float> result(values.size());
        for (std::int64_t row = 0; row < std::ssize(values); ++row) {
            result[static_cast<std::size_t>(interleavedRow(row, headSize))]
                = values[static_cast<std::size_t>(row)];
        }
        return result;
    }

    /// `tensor` null: a head without a stored tensor.
    GgmlType typeOf(const io::TensorInfo *tensor, bool isHead, bool isEmbedding,
                    std::int64_t cols) const
    {
        const std::string &own = isHead ? m_params.headType : m_params.embeddingType;
        GgmlType type = GgmlType::F32;
        if ((isHead || isEmbedding) && own != "auto") {
            type = *ggmlTypeFromName(own);
        } else if (m_params.type == "source") {
            type = sourceType(tensor == nullptr ? io::Dtype::F32 : tensor->dtype);
        } else {
            type = *ggmlTypeFromName(m_params.type);
            // The reference gives the head more than the rest: its errors reach every token.
            if (isHead && ggmlTypeInfo(type).bits < 6) {
                type = GgmlType::Q6K;
            }
        }
        return ggmlTypeThatFits(type, cols);
    }

    static GgmlType sourceType(io::Dtype dtype)
    {
        return dtype == io::Dtype::F32 ? GgmlType::F32
            : dtype == io::Dtype::F16  ? GgmlType::F16
            : dtype == io::Dtype::F64  ? GgmlType::F32
                                       : GgmlType::BF16;
    }

    io::GgufMetadata metadata(const ExportSubject &subject,
                              const std::vector<GgufPlannedTensor> &tensors) const
    {
        const io::Checkpoint &checkpoint = subject.checkpoint();
        Json config = checkpoint.config();
        if (subject.untiedHead()) {
            config["tie_word_embeddings"] = false;
        }
        io::GgufMetadata metadata
            = ggufModelMetadata(config, subject.info().name, checkpoint.path().string());
        std::map<std::uint32_t, std::uint64_t> elements;
        for (const GgufPlannedTensor &planned : tensors) {
            if (planned.declaration.shape.size() > 1) {
                elements[planned.declaration.type]
                    += static_cast<std::uint64_t>(planned.declaration.shape[0])
                    * static_cast<std::uint64_t>(planned.declaration.shape[1]);
            }
        }
        const auto most
            = std::max_element(elements.begin(), elements.end(),
                               [](const auto &a, const auto &b) { return a.second < b.second; });
        const GgmlType majority
            = most == elements.end() ? GgmlType::F32 : *ggmlTypeFromId(most->first);
        for (const FileType &known : fileTypes) {
            if (known.type == majority) {
                metadata.emplace_back("general.file_type", known.id);
            }
        }
        metadata.emplace_back("general.quantization_version", quantizationVersion);
        if (!m_params.imatrix.empty()) {
            metadata.emplace_back("quantize.imatrix.file", m_params.imatrix);
        }
        io::GgufMetadata tokenizer = tokenize::ggufTokenizerMetadata(
            checkpoint.path(), subject.info().vocabularySize, m_params.preTokenizer);
        std::move(tokenizer.begin(), tokenizer.end(), std::back_inserter(metadata));
        return metadata;
    }

    /// In batches: each thread reads and encodes pieces of a few hundred rows, which are written in
    /// order; so a tensor of any size takes a few megabytes, and one that is decoded as a whole its
    /// values once.
    static void writeTensor(const GgufPlannedTensor &planned, const io::Checkpoint &checkpoint,
                            io::GgufWriter &writer, JobContext &context,
                            const std::function<void(std::size_t)> &advance)
    {
        const GgufRowEncoder encoder(planned, checkpoint);
        const std::int64_t rows = encoder.rows();
        const std::int64_t cols = planned.declaration.shape.back();
        constexpr std::int64_t pieceWeights = 1 << 18;
        const std::int64_t pieceRows = std::max<std::int64_t>(1, pieceWeights / cols);
        const std::int64_t perBatch = 8 * std::int64_t{threadCount()};
        for (std::int64_t first = 0; first < rows; first += pieceRows * perBatch) {
            context.throwIfCancelled();
            const std::int64_t end = std::min(rows, first + pieceRows * perBatch);
            const std::int64_t pieces = (end - first + pieceRows - 1) / pieceRows;
            std::vector<std::vector<std::byte>> encoded(static_cast<std::size_t>(pieces));
            parallelFor(encoded.size(), 1, [&](std::size_t begin, std::size_t stop) {
                for (std::size_t i = begin; i < stop; ++i) {
                    const std::int64_t row = first + static_cast<std::int64_t>(i) * pieceRows;
                    const std::int64_t count = std::min(pieceRows, end - row);
                    encoded[i] = encoder.encode(row, count);
                }
            });
            for (const std::vector<std::byte> &bytes : encoded) {
                writer.write(bytes);
                advance(bytes.size());
            }
        }
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(exporter, gguf, GgufFormat);

} // namespace bitprism
