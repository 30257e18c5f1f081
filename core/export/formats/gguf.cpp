// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/gguf.h"

#include "core/base/error.h"
#include "core/base/float16.h"
#include "core/base/parallel.h"
#include "core/export/exporter.h"
#include "core/export/gguf_blocks.h"
#include "core/export/gguf_model.h"
#include "core/export/importance.h"
#include "core/kernels/ggml_blocks.h"
#include "core/kernels/ggml_codec.h"
#include "core/kernels/ggml_direct.h"
#include "core/tokenize/gguf_tokenizer.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>

namespace bitprism {

namespace {

constexpr std::string_view formatName = "gguf";
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
    std::string search = "best";
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
                              "How the scales of q8_0, q4_0, q4_1, q5_0 and q5_1 are found; from "
                              "the extremes is several times faster.")});
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

/// Tensors of a GGUF file under the names of the checkpoint, decoded when they are read.
class GgufTensorReader final : public io::CodedTensor
{
public:
    /// `headSize`: rows of a head whose rows are interleaved; 0: they are in order.
    GgufTensorReader(std::shared_ptr<const io::GgufFile> source, const io::GgufTensor &tensor,
                     std::string name, GgmlType type, std::int64_t headSize)
        : CodedTensor({std::move(name), valueType(type), tensor.shape, 0, tensor.bytes},
                      std::string(tensor.type->name))
        , m_source(std::move(source))
        , m_tensor(tensor)
        , m_type(type)
        , m_headSize(headSize)
        , m_cols(headSize > 0 && tensor.shape.size() == 1 ? 1 : tensor.shape.back())
    {
    }

    const std::filesystem::path &file() const override { return m_source->path(); }
    void announce() const override { m_source->announce(m_tensor); }

    void read(std::int64_t firstRow, std::span<float> values) const override
    {
        const std::int64_t count = std::ssize(values) / m_cols;
        decodeGgml(m_type, blocks(firstRow, count), {values.data(), count, m_cols});
    }

    std::shared_ptr<const QuantizedWeight> weight() const override
    {
        if (isPlain(m_type) || m_tensor.shape.size() != 2) {
            return nullptr;
        }
        return std::make_shared<GgmlWeight>(m_type, m_tensor.shape[0], m_tensor.shape[1],
                                            blocks(0, m_tensor.shape[0]));
    }

private:
    static io::Dtype valueType(GgmlType type)
    {
        return type == GgmlType::F16 ? io::Dtype::F16
            : type == GgmlType::BF16 ? io::Dtype::BF16
                                     : io::Dtype::F32;
    }

    std::vector<std::byte> blocks(std::int64_t firstRow, std::int64_t count) const
    {
        const auto rowBytes = static_cast<std::size_t>(ggmlRowBytes(m_type, m_cols));
        std::vector<std::byte> bytes(static_cast<std::size_t>(count) * rowBytes);
        if (m_headSize == 0) {
            m_source->read(m_tensor, bytes, static_cast<std::uint64_t>(firstRow) * rowBytes);
            return bytes;
        }
        for (std::int64_t i = 0; i < count; ++i) {
            const std::int64_t row = interleavedRow(firstRow + i, m_headSize);
            m_source->read(
                m_tensor,
                std::span(bytes).subspan(static_cast<std::size_t>(i) * rowBytes, rowBytes),
                static_cast<std::uint64_t>(row) * rowBytes);
        }
        return bytes;
    }

    std::shared_ptr<const io::GgufFile> m_source;
    io::GgufTensor m_tensor;
    GgmlType m_type;
    std::int64_t m_headSize;
    std::int64_t m_cols; ///< 1 in a bias with one value for each interleaved row
};

std::int64_t headRows(const io::GgufTensor &tensor, std::int64_t heads)
{
    const std::int64_t rows = tensor.shape.size() == 2 ? tensor.shape[0] : tensor.elements();
    const bool fits = heads > 0 && rows % heads == 0 && rows / heads % 2 == 0;
    return fits ? rows / heads : 0;
}

/// One tensor of the file to write.
struct Planned
{
    io::GgufDeclaration declaration;
    const io::TensorInfo *source = nullptr; ///< null: `values`
    GgmlType type = GgmlType::F32;
    std::int64_t headSize = 0;
    std::optional<GgmlBlocks> blocks{}; ///< codes of a run, in the file's type
    std::optional<std::vector<float>> values{}; ///< what stands for the stored tensor
    std::vector<float> importance{}; ///< by column; empty: all alike
    bool isDirect = false; ///< scales without a search
};

/// Rows of a planned tensor in the order of the file, encoded.
class RowEncoder
{
public:
    RowEncoder(const Planned &planned, const io::Checkpoint &checkpoint)
        : m_planned(planned)
        , m_checkpoint(checkpoint)
        , m_cols(planned.declaration.shape.back())
    {
    }

    std::int64_t rows() const
    {
        std::int64_t rows = 1;
        for (std::size_t i = 0; i + 1 < m_planned.declaration.shape.size(); ++i) {
            rows *= m_planned.declaration.shape[i];
        }
        return rows;
    }

    /// Rows firstRow .. firstRow + count - 1 of the file.
    std::vector<std::byte> encode(std::int64_t firstRow, std::int64_t count) const
    {
        std::vector<float> values(static_cast<std::size_t>(count * m_cols));
        const bool isInOrder = m_planned.headSize == 0;
        if (isInOrder) {
            read(firstRow, values);
        }
        for (std::int64_t i = 0; !isInOrder && i < count; ++i) {
            read(storedRow(firstRow + i),
                 std::span(values).subspan(static_cast<std::size_t>(i * m_cols),
                                           static_cast<std::size_t>(m_cols)));
        }
        const MatrixView<const float> view(values.data(), count, m_cols);
        return m_planned.isDirect ? encodeGgmlDirect(m_planned.type, view)
                                  : encodeGgml(m_planned.type, view, m_planned.importance);
    }

    /// The checkpoint's row that stands at `row` of the file: the inverse of interleavedRow().
    std::int64_t storedRow(std::int64_t row) const
    {
        const std::int64_t size = m_planned.headSize;
        const std::int64_t inHead = row % size;
        return row - inHead + inHead % 2 * (size / 2) + inHead / 2;
    }

private:
    void read(std::int64_t row, std::span<float> values) const
    {
        if (m_planned.values) {
            std::copy_n(m_planned.values->begin() + row * m_cols, values.size(), values.begin());
        } else if (m_planned.source->shape.size() == 2
                   && m_planned.source->dtype != io::Dtype::F8E4M3) {
            m_checkpoint.readRowsInto(m_planned.source->name, row, values);
        } else { // one dimension, or scales that belong to the whole
            const std::vector<float> whole = m_checkpoint.readFloat(m_planned.source->name);
            std::copy_n(whole.begin() + row * m_cols, values.size(), values.begin());
        }
    }

    const Planned &m_planned;
    const io::Checkpoint &m_checkpoint;
    std::int64_t m_cols;
};

/// What llama.cpp and its relatives load.
class GgufFormat final : public io::CheckpointFormat
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
                opened.config = std::make_shared<const Json>(configOfGguf(*file));
            }
            for (const io::GgufTensor &tensor : file->tensors()) {
                addTensor(file, tensor, architecture, *opened.config, opened.coded);
            }
        }
        return opened;
    }

    void check(const PlannedCodes &codes) const override { requireGgmlCodes(codes); }

    void write(const ExportSubject &subject, const std::filesystem::path &output,
               JobContext &context) const override
    {
        const std::vector<Planned> tensors = plan(subject);
        std::vector<io::GgufDeclaration> declarations;
        for (const Planned &planned : tensors) {
            declarations.push_back(planned.declaration);
        }
        io::GgufWriter writer(output, metadata(subject, tensors), declarations);
        double done = 0;
        double total = 0;
        for (const Planned &planned : tensors) {
            total += static_cast<double>(io::ggufDataBytes(planned.declaration));
        }
        for (const Planned &planned : tensors) {
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

private:
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
        const std::string name = checkpointTensorName(tensor.name).value_or(tensor.name);
        const std::int64_t heads = interleavedHeads(architecture, config, tensor.name);
        const std::int64_t headSize = heads > 0 ? headRows(tensor, heads) : 0;
        const bool isOddBias = tensor.shape.size() == 1 && headSize > 0 && !isPlain(*type);
        if ((heads > 0 && headSize == 0) || isOddBias) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: tensor \"%2\" does not divide into %3 heads; the file is "
                                    "damaged."),
                        file->path(), tensor.name, heads);
        }
        coded.tensors.push_back(
            std::make_unique<GgufTensorReader>(file, tensor, name, *type, headSize));
    }

    std::vector<Planned> plan(const ExportSubject &subject) const
    {
        const io::Checkpoint &checkpoint = subject.checkpoint();
        const std::string where = checkpoint.path().string();
        const std::string architecture = ggufArchitecture(checkpoint.config(), where);
        const ImportanceMatrix importance
            = m_params.imatrix.empty() ? ImportanceMatrix() : readImportance(m_params.imatrix);
        std::vector<Planned> tensors;
        if (const std::vector<float> factors = ropeFactors(checkpoint.config(), where);
            !factors.empty()) {
            Planned planned;
            planned.declaration = {"rope_freqs.weight", 0, {std::ssize(factors)}};
            planned.values = factors;
            tensors.push_back(std::move(planned));
        }
        for (const io::TensorInfo &tensor : checkpoint.tensors()) {
            const bool isTiedHead = subject.info().hasTiedHead && tensor.name == "lm_head.weight";
            if (isDerivedTensor(tensor.name) || isTiedHead) {
                continue;
            }
            tensors.push_back(planTensor(subject, tensor, architecture, importance));
        }
        if (std::optional<UntiedHead> head = subject.untiedHead()) {
            Planned planned;
            planned.type = typeOf(nullptr, /*isHead=*/true, /*isEmbedding=*/false, head->cols);
            planned.declaration
                = {"output.weight", ggmlTypeInfo(planned.type).ggmlId, {head->rows, head->cols}};
            planned.values = std::move(head->values);
            tensors.push_back(std::move(planned));
        }
        return tensors;
    }

    Planned planTensor(const ExportSubject &subject, const io::TensorInfo &tensor,
                       const std::string &architecture, const ImportanceMatrix &importance) const
    {
        const std::optional<std::string> name = ggufTensorName(tensor.name);
        if (!name) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error",
                                    "%1: GGUF has no name for the tensor \"%2\"; export to "
                                    "safetensors instead."),
                        subject.checkpoint().path(), tensor.name);
        }
        Planned planned;
        planned.source = &tensor;
        const std::int64_t heads
            = interleavedHeads(architecture, subject.checkpoint().config(), *name);
        planned.headSize = heads == 0
            ? 0
            : (tensor.shape.size() == 2 ? tensor.shape[0] : tensor.elements()) / heads;
        const std::int64_t cols = tensor.shape.back();
        const QuantizedWeightPtr codes = subject.codes(tensor.name);
        const bool isMatrix = tensor.shape.size() == 2;
        if (codes != nullptr) {
            planned.blocks = ggmlBlocksOf(*codes, tensor.name);
            planned.type = planned.blocks->type;
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
        planned.declaration = {*name, ggmlTypeInfo(planned.type).ggmlId, tensor.shape};
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
        return dtype == io::Dtype::F32                              ? GgmlType::F32
            : dtype == io::Dtype::F16                               ? GgmlType::F16
            : dtype == io::Dtype::F64 || dtype == io::Dtype::F8E5M2 ? GgmlType::F32
                                                                    : GgmlType::BF16;
    }

    io::GgufMetadata metadata(const ExportSubject &subject,
                              const std::vector<Planned> &tensors) const
    {
        const io::Checkpoint &checkpoint = subject.checkpoint();
        Json config = checkpoint.config();
        if (subject.untiedHead()) {
            config["tie_word_embeddings"] = false;
        }
        io::GgufMetadata metadata
            = ggufModelMetadata(config, subject.info().name, checkpoint.path().string());
        std::map<std::uint32_t, std::uint64_t> elements;
        for (const Planned &planned : tensors) {
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
    /// order; so a tensor of any size takes a few megabytes.
    static void writeTensor(const Planned &planned, const io::Checkpoint &checkpoint,
                            io::GgufWriter &writer, JobContext &context,
                            const std::function<void(std::size_t)> &advance)
    {
        const RowEncoder encoder(planned, checkpoint);
        const std::int64_t rows = encoder.rows();
        const std::int64_t cols = planned.declaration.shape.back();
        constexpr std::int64_t pieceWeights = 1 << 18;
        const std::int64_t pieceRows = std::max<std::int64_t>(1, pieceWeights / cols);
        const std::int64_t perBatch = 8 * std::int64_t{threadCount()};
        const auto rowBytes = static_cast<std::size_t>(ggmlRowBytes(planned.type, cols));
        for (std::int64_t first = 0; first < rows; first += pieceRows * perBatch) {
            context.throwIfCancelled();
            const std::int64_t end = std::min(rows, first + pieceRows * perBatch);
            const std::int64_t pieces = (end - first + pieceRows - 1) / pieceRows;
            std::vector<std::vector<std::byte>> encoded(static_cast<std::size_t>(pieces));
            parallelFor(encoded.size(), 1, [&](std::size_t begin, std::size_t stop) {
                for (std::size_t i = begin; i < stop; ++i) {
                    const std::int64_t row = first + static_cast<std::int64_t>(i) * pieceRows;
                    const std::int64_t count = std::min(pieceRows, end - row);
                    encoded[i] = planned.blocks ? blockRows(planned, encoder, row, count, rowBytes)
                                                : encoder.encode(row, count);
                }
            });
            for (const std::vector<std::byte> &bytes : encoded) {
                writer.write(bytes);
                advance(bytes.size());
            }
        }
    }

    /// Codes of a run as they are; only their rows may have another order.
    static std::vector<std::byte> blockRows(const Planned &planned, const RowEncoder &encoder,
                                            std::int64_t first, std::int64_t count,
                                            std::size_t rowBytes)
    {
        std::vector<std::byte> bytes;
        bytes.reserve(static_cast<std::size_t>(count) * rowBytes);
        for (std::int64_t row = first; row < first + count; ++row) {
            const std::int64_t from = planned.headSize == 0 ? row : encoder.storedRow(row);
            const auto begin = planned.blocks->bytes.begin()
                + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(from) * rowBytes);
            bytes.insert(bytes.end(), begin, begin + static_cast<std::ptrdiff_t>(rowBytes));
        }
        return bytes;
    }

    Params m_params;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(exporter, gguf, GgufFormat);

} // namespace bitprism
