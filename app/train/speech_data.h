// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/train/sample_task.h"
#include "app/train/spoken_sentences.h"

namespace bitprism::train {

/// Sizes that both speech samples share.
struct SpeechSize
{
    int hidden = 128;
    int heads = 4;
    int blocks = 3; ///< of each stack
    int feedForward = 512;
    int targetPositions = 64;
    int vocabulary = 512; ///< of text tokens, at most
    int rowsPerStep = 48;
    std::size_t training = 8000;
    std::size_t evaluation = 48;
    std::size_t calibration = 12;
    std::size_t shippedEvaluation = 36; ///< of them, so that a sample stays under 5 MB
    std::size_t shippedCalibration = 6;
};

SpeechSize speechSizeOf(const SampleSources &sources);

/// The utterances of both speech samples; held-out ones share no sentence with the others.
struct SpeechData
{
    std::vector<Utterance> training;
    std::vector<Utterance> evaluation;
    std::vector<Utterance> calibration;
};

/// Synthesises what is not in the sources' folder yet.
SpeechData speechDataOf(const SampleSources &sources, const SpeechSize &size);

std::vector<std::string> textsOf(const std::vector<Utterance> &utterances);

/// The first recordings, at most `most`, as FLAC files, and their words in transcripts.csv.
void writeSpeech(const std::filesystem::path &folder, const std::vector<Utterance> &utterances,
                 std::size_t most);

/// Teacher forcing: `prompt`, text, end; the prompt is not scored. Inputs [rows, length] and
/// targets of the same shape, -100 where nothing is scored.
struct DecoderRows
{
    at::Tensor inputs;
    at::Tensor targets;
};

DecoderRows decoderRows(const std::vector<std::int64_t> &prompt,
                        const std::vector<const std::vector<std::int64_t> *> &texts,
                        std::int64_t endToken);

/// Cross entropy of a decoder (stack 1) that attends to `memory`.
at::Tensor decoderLoss(const Model &model, BlockHooks *hooks, const at::Tensor &memory,
                       const DecoderRows &rows);

} // namespace bitprism::train
