// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/byte_bpe.h"
#include "app/train/corpus.h"
#include "app/train/sample_task.h"
#include "app/train/token_sampler.h"

#include <algorithm>
#include <utility>

namespace bitprism::train {

/// Sizes that the three text samples share.
struct TextSize
{
    int hidden = 192;
    int blocks = 4;
    int heads = 6;
    int feedForward = 640;
    int context = 256;
    int vocabulary = 2048;
    int rowsPerStep = 32;
    int rowLength = 256;
};

TextSize textSizeOf(const SampleSources &sources);

/// The two texts that are shipped, in `folder`/data.
void writeTexts(const std::filesystem::path &folder, const Corpus &corpus);

/// Rows of a step's batch by a token sampler: inputs [rows, length] and those that follow them.
std::pair<at::Tensor, at::Tensor> rowsOf(TokenSampler &sampler, const TextSize &size,
                                         std::int64_t step);

/// Consecutive windows of held-out tokens, at most `most`: [windows, length].
at::Tensor windowsOf(const std::vector<std::int32_t> &tokens, std::int64_t length,
                     std::int64_t most);

/// Mean loss of `evaluate(rows)` over pieces of at most 16 rows.
template <typename Evaluate> double meanLoss(const at::Tensor &rows, const Evaluate &evaluate)
{
    constexpr std::int64_t atOnce = 16;
    double sum = 0;
    for (std::int64_t first = 0; first < rows.size(0); first += atOnce) {
        const std::int64_t count = std::min(atOnce, rows.size(0) - first);
        sum += evaluate(rows.narrow(0, first, count)) * double(count);
    }
    return sum / double(rows.size(0));
}

/// Text cut by the byte-level BPE that tiny-llama's tokenizer is too. Throws BadInput for a text
/// too short for the vocabulary.
class ByteTokens
{
public:
    ByteTokens(const SampleSources &sources, const TextSize &size);

    Corpus corpus;
    ByteBpe tokenizer;
    std::vector<std::int32_t> training;
    std::vector<std::int32_t> evaluation;
    std::vector<std::size_t> starts;
    mutable TokenSampler sampler;
};

/// tokenizer.json (as given) and the files beside it.
void writeByteTokenizer(const std::filesystem::path &folder, const std::string &tokenizerJson,
                        const TextSize &size);

/// Where chapters begin: behind each blank line.
std::vector<std::size_t> chapterStartsIn(const ByteBpe &tokenizer,
                                         const std::vector<std::int32_t> &tokens);

} // namespace bitprism::train
