// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/train/speech_data.h"

#include "core/io/atomic_file.h"

#include <algorithm>
#include <cmath>

namespace bitprism::train {

namespace {

/// What is shipped has 11 bits a sample: its steps stay below the noise that was added, and its
/// files take half the room of those with 16.
constexpr float shippedLevels = 1024;

std::vector<Utterance> draw(const SampleSources &sources, const std::string &name,
                            std::size_t count)
{
    return sources.isToy ? toneUtterances(count, sources.seed + name.size())
                         : synthesise(sources.folder, name, count, sources.seed);
}

} // namespace

SpeechSize speechSizeOf(const SampleSources &sources)
{
    SpeechSize size;
    if (sources.isToy) {
        size = {32, 2, 1, 64, 32, 300, 4, 24, 4, 4};
    }
    return size;
}

SpeechData speechDataOf(const SampleSources &sources, const SpeechSize &size)
{
    SpeechData data;
    data.evaluation = draw(sources, "evaluation", size.evaluation);
    data.calibration = draw(sources, "calibration", size.calibration);
    data.training = draw(sources, "training", size.training);
    const auto isHeldOut = [&data](const Utterance &utterance) {
        return std::any_of(data.evaluation.begin(), data.evaluation.end(),
                           [&](const Utterance &other) { return other.text == utterance.text; });
    };
    if (!sources.isToy) { // three tones of ten words leave too few sentences to hold any out
        std::erase_if(data.training, isHeldOut);
        std::erase_if(data.calibration, isHeldOut);
    }
    return data;
}

std::vector<std::string> textsOf(const std::vector<Utterance> &utterances)
{
    std::vector<std::string> texts;
    for (const Utterance &utterance : utterances) {
        texts.push_back(utterance.text);
    }
    return texts;
}

void writeSpeech(const std::filesystem::path &folder, const std::vector<Utterance> &utterances,
                 std::size_t most)
{
    std::filesystem::create_directories(folder);
    std::string transcripts = "file,text\n";
    for (std::size_t i = 0; i < std::min(most, utterances.size()); ++i) {
        const std::string name = std::to_string(i) + ".flac";
        std::vector<float> coarse = utterances[i].samples;
        for (float &sample : coarse) {
            sample = std::nearbyint(sample * shippedLevels) / shippedLevels;
        }
        writeFlac(folder / name, coarse);
        transcripts += name + "," + utterances[i].text + "\n";
    }
    io::writeFileAtomically(folder / "transcripts.csv", transcripts);
}

DecoderRows decoderRows(const std::vector<std::int64_t> &prompt,
                        const std::vector<const std::vector<std::int64_t> *> &texts,
                        std::int64_t endToken)
{
    std::size_t length = 0;
    for (const auto *text : texts) {
        length = std::max(length, prompt.size() + text->size());
    }
    const auto count = std::int64_t(texts.size());
    DecoderRows rows{at::full({count, std::int64_t(length)}, endToken, at::kLong),
                     at::full({count, std::int64_t(length)}, -100, at::kLong)};
    for (std::size_t r = 0; r < texts.size(); ++r) {
        std::vector<std::int64_t> whole = prompt;
        whole.insert(whole.end(), texts[r]->begin(), texts[r]->end());
        std::copy(whole.begin(), whole.end(), rows.inputs.data_ptr<std::int64_t>() + r * length);
        whole.push_back(endToken);
        for (std::size_t i = prompt.size() - 1; i + 1 < whole.size(); ++i) {
            rows.targets.data_ptr<std::int64_t>()[r * length + i] = whole[i + 1];
        }
    }
    return rows;
}

at::Tensor decoderLoss(const Model &model, BlockHooks *hooks, const at::Tensor &memory,
                       const DecoderRows &rows)
{
    Batch batch;
    batch.tokens = rows.inputs.to(model.device());
    batch.memory = memory;
    const at::Tensor hidden = runStack(model, 1, batch, hooks).flatten(0, 1);
    return crossEntropy(runHead(model, 1, hidden), rows.targets.reshape({-1}));
}

} // namespace bitprism::train
