// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/calibration_samples.h"

#include "core/eval/masked_items.h"

#include <c10/core/GradMode.h>
#include <nlohmann/json.hpp>

namespace bitprism {

CalibrationChoice calibrationChoice(const Json &calibration, int samples, int length)
{
    Json filled = {{"samples", samples}, {"length", length}};
    if (calibration.is_object()) {
        filled.update(calibration);
    } else {
        filled = calibration; // the recipe's reader says what is wrong with it
    }
    return Recipe::fromJson({{"version", Recipe::currentVersion}, {"calibration", filled}},
                            "calibration")
        .calibration;
}

namespace {

std::unique_ptr<Sampler> samplerOf(const CalibrationChoice &choice)
{
    return create<Sampler>(choice.sampler.id, choice.samplerParameters(),
                           "calibration: " + choice.sampler.id);
}

} // namespace

CalibrationChoice fittingChoice(CalibrationChoice choice, const ModelInfo &model)
{
    const bool isDefault = choice.sampler.id == CalibrationChoice().sampler.id;
    if (!isDefault || samplerOf(choice)->serves(model)) {
        return choice;
    }
    for (const std::string &id : Registry::instance().ids(Kind::sampler)) {
        CalibrationChoice other = choice;
        other.sampler = {id, "{}"};
        if (samplerOf(other)->serves(model)) {
            return other;
        }
    }
    return choice;
}

SampleSet drawSamples(const CalibrationChoice &choice, const std::string &data, const Model &model,
                      const tokenize::Tokenizer *tokenizer, JobContext &context)
{
    if (data.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "No calibration data was given; name a file or folder."));
    }
    context.stage("calibration samples");
    const auto sampler = samplerOf(choice);
    if (!sampler->serves(model.info())) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "calibration: the sampler %1 does not make what %2 reads; leave it "
                                "out for the fitting one."),
                    choice.sampler.id, model.info().path);
    }
    const Dataset dataset = Dataset::open(data);
    Random random = context.random("sampler");
    return sampler->draw(dataset, tokenizer, &model, random, context);
}

namespace {

std::vector<std::int64_t> tokensOf(const Batch &sample)
{
    if (!sample.tokens.defined()) { // a recording for a lone encoder
        return {};
    }
    const at::Tensor tokens = sample.tokens.to(at::kCPU).contiguous();
    const std::int64_t *first = tokens.data_ptr<std::int64_t>();
    return {first, first + tokens.numel()};
}

EvaluationItem nextTokens(std::vector<std::int64_t> tokens)
{
    EvaluationItem item;
    item.targets.assign(tokens.begin() + 1, tokens.end());
    for (std::size_t position = 0; position + 1 < tokens.size(); ++position) {
        item.positions.push_back(static_cast<std::int64_t>(position));
    }
    item.tokens = std::move(tokens);
    return item;
}

/// The class that the model itself finds most likely.
EvaluationItem ownClass(const Model &model, const Batch &sample)
{
    EvaluationItem item;
    item.tokens = tokensOf(sample);
    item.positions = {0};
    item.targetKind = TargetKind::Label;
    StreamState state = model.begin(0, sample);
    for (const BlockId id : model.blocksOf(0)) {
        model.runBlock(model.loadBlock(id), state);
    }
    const at::Tensor logits = model.finish(model.loadHead(0), state.hidden.select(1, 0));
    item.targets = {logits.argmax(-1).item<std::int64_t>()};
    return item;
}

/// What the model's loss is about in sample `unit`; nothing where it scores no token.
std::optional<EvaluationItem> scoredItem(const Batch &sample, std::int64_t unit, const Model &model,
                                         const tokenize::Tokenizer *tokenizer)
{
    const ModelInfo &info = model.info();
    if (info.objective == objectives::none) { // its output is looked at, and nothing scored
        return std::nullopt;
    }
    if (info.objective == objectives::classification) {
        return ownClass(model, sample);
    }
    std::vector<std::int64_t> tokens = tokensOf(sample);
    if (info.objective == objectives::maskedToken) {
        return maskedPassItem(tokens, maskableTokens(tokens, tokenizer),
                              static_cast<int>(unit % maskedPasses), maskTokenOf(info, tokenizer),
                              unit);
    }
    if (info.objective == objectives::maskedDiffusion) {
        Random random(0, "masks of sample " + std::to_string(unit));
        const auto length = static_cast<std::int64_t>(tokens.size());
        const auto count = maskCounts(length, 1, MaskCounts::Uniform, random).front();
        return monteCarloItem(tokens, count, 1, maskTokenOf(info, tokenizer), unit, random);
    }
    return nextTokens(std::move(tokens));
}

} // namespace

ItemSet scoredItems(const SampleSet &samples, const Model &model,
                    const tokenize::Tokenizer *tokenizer)
{
    const c10::NoGradGuard noGradients;
    ItemSet items;
    items.length = samples.length;
    items.stride = samples.length;
    items.notes = samples.notes;
    for (const Batch &sample : samples.samples) {
        std::optional<EvaluationItem> item = scoredItem(sample, items.units, model, tokenizer);
        if (!item) { // keeps its place, so that another sample's pass does not change
            item.emplace();
            item->tokens = tokensOf(sample);
        }
        if (sample.features.defined()) {
            item->features = sample.features.squeeze(0);
        }
        item->unit = items.units++;
        items.items.push_back(std::move(*item));
    }
    return items;
}

std::vector<LossSample> lossSamples(const ItemSet &items)
{
    std::vector<LossSample> samples;
    for (const ItemBatch &batch : batchItems(items.items, 1)) { // each item by itself
        if (batch.targets.numel() > 0) {
            samples.push_back({batch.batch, batch.rows, batch.targets, batch.weights});
        }
    }
    return samples;
}

std::vector<Batch> calibrationBatches(const Model &model, const SampleSet &samples)
{
    return batchesOf(samples, batchTokens(model));
}

} // namespace bitprism
