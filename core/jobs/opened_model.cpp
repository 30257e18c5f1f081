// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/jobs/opened_model.h"

#include "core/families/locate_model.h"
#include "core/io/json_reader.h"
#include "core/jobs/options/run_options.h"
#include "core/jobs/run_files.h"
#include "core/quant/code_file.h"
#include "core/store/checkpoint_fingerprint.h"
#include "core/store/experiment_store.h"

#include <nlohmann/json.hpp>

#include <charconv>

namespace bitprism {

namespace {

[[noreturn]] void throwUnknownDevice(const std::string &name)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error", "Unknown device \"%1\"; choose cpu, cuda or cuda:N."), name);
}

/// The recipe of a run as it was executed: the request's seed and evaluations are part of it.
Recipe storedRecipe(const store::RunRecord &record)
{
    return Recipe::fromJson(io::parseJson(record.recipe, "run " + record.id), "run " + record.id);
}

} // namespace

at::Device deviceFromName(const std::string &name)
{
    if (name == "cpu" || name.empty()) {
        return at::kCPU;
    }
    constexpr std::string_view prefix = "cuda";
    if (name.rfind(prefix, 0) != 0) {
        throwUnknownDevice(name);
    }
    int index = 0;
    if (name.size() > prefix.size()) {
        const char *first = name.data() + prefix.size() + 1;
        const char *last = name.data() + name.size();
        const auto [end, problem] = std::from_chars(first, last, index);
        if (name[prefix.size()] != ':' || problem != std::errc() || end != last || index < 0) {
            throwUnknownDevice(name);
        }
    }
    if (!at::hasCUDA()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "There is no CUDA device for \"%1\"; choose cpu."), name);
    }
    return {at::kCUDA, static_cast<c10::DeviceIndex>(index)};
}

const tokenize::Tokenizer &OpenedModel::requireTokenizer() const
{
    return tokenize::require(tokenizer.get(), model->info());
}

namespace {

/// Also tells codes that were damaged before the store kept a hash of each file.
void requireCodesOf(const store::ExperimentStore &opened, const store::RunRecord &record,
                    const QuantizedOverlay &codes, const ModelInfo &model)
{
    const auto summary = opened.resultOf<RunSummary>(record.id);
    if (summary != nullptr && !summary->codesSha256.empty()
        && summary->codesSha256 != codesSha256(model, codes)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 is damaged: it does not hold the codes that run %2 wrote; put "
                                "it back from a copy, or delete the run and run its recipe "
                                "again."),
                    opened.runFolder(record.id), record.id);
    }
}

using Opener = std::unique_ptr<Model> (*)(const std::filesystem::path &, at::Device);

OpenedModel opened(const std::string &path, const std::string &device, Opener open)
{
    const std::filesystem::path folder = locateModel(path);
    OpenedModel opened;
    opened.model = open(folder, deviceFromName(device));
    if (tokenize::Tokenizer::existsIn(folder)) {
        opened.tokenizer = tokenize::Tokenizer::open(folder);
    }
    return opened;
}

} // namespace

OpenedModel openModel(const std::string &path, const std::string &device)
{
    return opened(path, device, &Model::open);
}

OpenedModel openWeights(const std::string &path, const std::string &device)
{
    return opened(path, device, &Model::openWeights);
}

void throwNeedsRun(const ModelInfo &info, std::string_view component)
{
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1 needs a model that runs, and %2 cannot be run (%3); choose rtn or "
                            "one of the ggml types, which read weights only."),
                component, info.path, info.problem);
}

double secondsToQuantize(const Model &model)
{
    constexpr double weightsPerSecond = 2e7;
    constexpr double beginning = 1; // opening the store, and the first block
    return beginning + static_cast<double>(model.info().parameters) / weightsPerSecond;
}

QuantizedSubject openQuantized(const JobRequest &request)
{
    const store::ExperimentStore opened(request.storePath, store::OpenMode::ReadOnly);
    const store::RunRecord record = opened.run(request.runId);
    QuantizedSubject subject;
    subject.opened = openWeights(record.modelPath, request.device);
    const Model &model = *subject.opened.model;
    if (store::checkpointFingerprint(model.info().path) != record.modelHash) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1 has changed since run %2 quantized it."),
                    model.info().path, record.id);
    }
    const store::RunProgress progress = opened.runProgress(record.id);
    if (record.kind != "run" || static_cast<int>(progress.journal.size()) < record.blocks) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "Run %1 has no quantized model: it is of kind %2 with %3 of %4 "
                                "blocks done."),
                    record.id, record.kind, record.blocksDone, record.blocks);
    }
    opened.requireCodes(record.id);
    subject.codes = std::make_shared<QuantizedOverlay>(model.device());
    subject.plan = std::make_unique<RunPlan>(storedRecipe(record), model);
    const RunPlan &plan = *subject.plan;
    const std::filesystem::path learned = transformFile(opened.runFolder(record.id));
    if (!subject.plan->transforms().restore(learned)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1, what the transforms of run %2 learned, is missing; run the "
                                "recipe again."),
                    learned, record.id);
    }
    subject.transformed = plan.transforms().applyTo(model);
    const std::shared_ptr<ActivationQuantizer> activations = plan.makeActivationQuantizer();
    for (const store::JournalEntry &entry : progress.journal) {
        activations->restore(readCommittedUnit(entry, record.id).activations);
        const auto folder = opened.runFolder(record.id);
        const std::filesystem::path file = folder / codeFileName(entry.block);
        const CodeFile codes = readCodeFile(file);
        subject.codes->edit(model, codes.edits, file.string());
        for (const auto &[name, weight] : codes.layers) {
            if (const LayerInfo *layer = model.info().findLayer(name)) {
                subject.codes->add(*layer, weight);
            }
        }
    }
    requireCodesOf(opened, record, *subject.codes, model.info());
    if (activations->searchesOutput()) {
        activations->restore(readActivationFile(activationFile(opened.runFolder(record.id))));
    }
    subject.activations = plan.runtimeHooks(activations);
    return subject;
}

OpenedModel openSubject(const JobRequest &request)
{
    if (request.storePath.empty() || request.runId.empty()) {
        return openModel(request.modelPath, request.device);
    }
    QuantizedSubject subject = openQuantized(request);
    OpenedModel opened = std::move(subject.opened);
    opened.model = subject.transformed->withOverlay(subject.codes, subject.activations);
    return opened;
}

} // namespace bitprism
