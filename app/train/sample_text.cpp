// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/sample_text.h"

#include "app/train/sample_files.h"
#include "core/base/error.h"
#include "core/io/atomic_file.h"

namespace bitprism::train {

TextSize textSizeOf(const SampleSources &sources)
{
    TextSize size;
    if (sources.isToy) {
        size = {32, 2, 2, 64, 64, 300, 4, 32};
    }
    return size;
}

void writeTexts(const std::filesystem::path &folder, const Corpus &corpus)
{
    std::filesystem::create_directories(folder / "data");
    io::writeFileAtomically(folder / "data" / "evaluation.txt", corpus.evaluation);
    io::writeFileAtomically(folder / "data" / "calibration.txt", corpus.calibration);
}

std::pair<at::Tensor, at::Tensor> rowsOf(TokenSampler &sampler, const TextSize &size,
                                         std::int64_t step)
{
    at::Tensor inputs = at::empty({size.rowsPerStep, size.rowLength}, at::kInt);
    at::Tensor targets = at::empty_like(inputs);
    for (int row = 0; row < size.rowsPerStep; ++row) {
        const std::int64_t start = std::int64_t{row} * size.rowLength;
        sampler.fillRow(step * size.rowsPerStep + row, inputs.data_ptr<std::int32_t>() + start,
                        targets.data_ptr<std::int32_t>() + start);
    }
    return {inputs.to(at::kLong), targets.to(at::kLong)};
}

at::Tensor windowsOf(const std::vector<std::int32_t> &tokens, std::int64_t length,
                     std::int64_t most)
{
    const std::int64_t windows = std::min<std::int64_t>(most, std::int64_t(tokens.size()) / length);
    at::Tensor rows = at::empty({windows, length}, at::kInt);
    std::copy_n(tokens.begin(), windows * length, rows.data_ptr<std::int32_t>());
    return rows.to(at::kLong);
}

ByteTokens::ByteTokens(const SampleSources &sources, const TextSize &size)
    : corpus(readCorpus(sources.text))
    , tokenizer(ByteBpe::learn(corpus.training, size.vocabulary))
    , training(tokenizer.encode(corpus.training))
    , evaluation(tokenizer.encode(corpus.evaluation))
    , starts(chapterStartsIn(tokenizer, training))
    , sampler(training, starts, size.rowLength, sources.seed)
{
    if (tokenizer.vocabularySize() != size.vocabulary) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: too short for %2 tokens."),
                    sources.text, size.vocabulary);
    }
}

void writeByteTokenizer(const std::filesystem::path &folder, const std::string &tokenizerJson,
                        const TextSize &size)
{
    const char *special = ByteBpe::endOfText;
    io::writeFileAtomically(folder / "tokenizer.json", tokenizerJson);
    writeJson(folder / "tokenizer_config.json",
              {{"bos_token", special},
               {"eos_token", special},
               {"model_max_length", size.context},
               {"tokenizer_class", "PreTrainedTokenizerFast"}});
    writeJson(folder / "special_tokens_map.json", {{"bos_token", special}, {"eos_token", special}});
}

std::vector<std::size_t> chapterStartsIn(const ByteBpe &tokenizer,
                                         const std::vector<std::int32_t> &tokens)
{
    const std::int32_t newline = tokenizer.encode("\n").front();
    std::vector<std::size_t> starts = {0};
    for (std::size_t i = 2; i < tokens.size(); ++i) {
        if (tokens[i - 1] == newline && tokens[i - 2] == newline) {
            starts.push_back(i);
        }
    }
    return starts;
}

} // namespace bitprism::train
