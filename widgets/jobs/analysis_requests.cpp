// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/analysis_requests.h"

#include "core/io/json_reader.h"
#include "core/results/model_info.h"
#include "widgets/jobs/project.h"
#include "widgets/shared/settings.h"
#include "widgets/shared/text.h"

#include <QCoreApplication>
#include <nlohmann/json.hpp>

#include <filesystem>

namespace bitprism {

namespace {

/// Enough for stable figures, few enough for minutes; as the command line takes by default.
constexpr int probeSamples = 16;
constexpr int probeLength = 256;
constexpr int outlierLength = 512;
constexpr const char *mixedQuantizer = "high-impact-mixed";

JobRequest baseRequest(const Project &project, const char *kind)
{
    JobRequest request;
    request.kind = kind;
    request.storePath = project.writableStorePath().toStdString();
    request.modelPath = project.model() ? project.model()->path : std::string();
    request.threads = jobThreads();
    return request;
}

Json calibrationJson(int length)
{
    return {{"sampler", "random-windows"}, {"samples", probeSamples}, {"length", length}};
}

/// The same name in a folder of the same name: a sample's data, wherever the sample lies.
bool isSameSampleFile(const std::filesystem::path &file, const std::filesystem::path &other)
{
    return !file.empty() && file.filename() == other.filename()
        && file.parent_path().filename() == other.parent_path().filename();
}

} // namespace

JobRequest runRequest(const Project &project, const Recipe &recipe, const QString &name)
{
    JobRequest request = baseRequest(project, "run");
    request.name = name.toStdString();
    request.seed = recipe.seed;
    Json options = {{"recipe", recipe.toJson()},
                    {"data", project.calibrationFile().toStdString()},
                    {"evaluations", Json::array()}};
    const ModelInfoPtr &model = project.model();
    const UsualEvaluation &usual = project.usualEvaluation();
    const std::string file = project.evaluationFile().toStdString();
    if (model && model->runnable && recipe.evaluation.empty() && !file.empty()) {
        for (const std::string &task : usual.tasks) {
            options["evaluations"].push_back({{"task", Json::parse(task)}, {"data", file}});
        }
        if (usual.tasks.empty()) {
            options["evaluations"].push_back({{"task", usualTask(*model)}, {"data", file}});
        }
    }
    // Cut alike also where the recipe names its own tasks: the runs before it are compared with it.
    for (const auto &[key, value] : {std::pair("samples", usual.samples),
                                     {"length", usual.length},
                                     {"stride", usual.stride}}) {
        if (value > 0) {
            options[key] = value;
        }
    }
    if (!usual.documents.empty()) {
        options["documents"] = usual.documents;
    }
    request.options = options.dump();
    return request;
}

JobRequest ratiosRequest(const Project &project, const Recipe &recipe)
{
    JobRequest request = baseRequest(project, "sensitivity");
    //: the name of a run
    request.name = QCoreApplication::translate("Analysis", "Sensitivity, ratios").toStdString();
    request.seed = recipe.seed;
    const Json weights = recipe.weights.parameters();
    const bool isMixed = recipe.weights.id == mixedQuantizer;
    Json quantizer = {{"id", mixedQuantizer}};
    for (const char *key : {"group_size", "scores", "axis"}) {
        if (weights.contains(key) && (isMixed || key == std::string_view("group_size"))) {
            quantizer[key] = weights[key];
        }
    }
    const int low = isMixed ? weights.value("bits", 2) : 2;
    const int high = isMixed ? weights.value("high_bits", 4) : 4;
    const Json options = {{"data", project.calibrationFile().toStdString()},
                          {"calibration", calibrationJson(probeLength)},
                          {"probes", "ratios"},
                          {"bits", {low, high}},
                          {"ratios", {0, 0.1, 0.4, 1}},
                          {"interactions", "block"},
                          {"quantizer", quantizer}};
    request.options = options.dump();
    return request;
}

JobRequest sensitivityRequest(const Project &project, const Recipe &recipe,
                              const std::vector<int> &widths)
{
    if (recipe.weights.id == mixedQuantizer) { // widths alone say nothing of its layers
        return ratiosRequest(project, recipe);
    }
    JobRequest request = baseRequest(project, "sensitivity");
    //: the name of a run; %1 is a quantizer's
    request.name = QCoreApplication::translate("Analysis", "Sensitivity, %1")
                       .arg(QString::fromStdString(recipe.weights.id))
                       .toStdString();
    request.seed = recipe.seed;
    Json quantizer = recipe.weights.toJson();
    quantizer.erase("bits");
    const Json options = {{"data", project.calibrationFile().toStdString()},
                          {"calibration", calibrationJson(probeLength)},
                          {"bits", widths},
                          {"quantizer", quantizer}};
    request.options = options.dump();
    return request;
}

JobRequest outliersRequest(const Project &project)
{
    JobRequest request = baseRequest(project, "outliers");
    //: the name of a run
    request.name = QCoreApplication::translate("Analysis", "Outliers").toStdString();
    const Json options = {{"data", project.calibrationFile().toStdString()},
                          {"calibration", calibrationJson(outlierLength)}};
    request.options = options.dump();
    return request;
}

std::optional<JobRequest> repeatedRequest(const Project &project,
                                          const std::optional<store::RunRecord> &record)
{
    if (!record || record->request.empty()) {
        return std::nullopt;
    }
    JobRequest request;
    Json options;
    const bool isReadable = !errorOf([&] {
        request = JobRequest::fromJson(record->request);
        options = io::parseJson(request.options, "request");
    });
    if (!isReadable || request.kind != record->kind) {
        return std::nullopt;
    }
    const JobRequest now = baseRequest(project, request.kind.c_str());
    request.storePath = now.storePath;
    request.modelPath = now.modelPath;
    request.threads = now.threads;
    request.runId.clear();
    const std::string data = options.value("data", std::string());
    const std::string known = project.calibrationFile().toStdString();
    if (isSameSampleFile(data, known)) { // a project that was made elsewhere names that folder
        options["data"] = known;
        request.options = options.dump();
    }
    return request;
}

QString missingForAnalysis(const Project &project)
{
    if (!project.model()) {
        return QCoreApplication::translate("Analysis", "Open a model first.");
    }
    if (!project.isModelPresent()) {
        return QCoreApplication::translate(
                   "Analysis", "The model is no longer at %1. Open it from where it lies now.")
            .arg(QString::fromStdString(project.model()->path));
    }
    if (project.model()->runnable && project.calibrationFile().isEmpty()) {
        return QCoreApplication::translate("Analysis", "Choose calibration data first.");
    }
    return {};
}

QString limitOfAnalysis(const Project &project)
{
    if (!project.model() || project.model()->runnable) {
        return {};
    }
    return QCoreApplication::translate("Analysis",
                                       "This model cannot be run, so its weights alone are "
                                       "analysed and quantized: %1.")
        .arg(modelProblemText(project.model()->problem));
}

std::string usualTask(const ModelInfo &model)
{
    if (model.featureKind == featureKinds::image && model.stacks.size() > 1) {
        return "zero-shot-images";
    }
    if (!model.featureKind.empty() && model.stacks.back().memoryStack >= 0) {
        return "wer";
    }
    if (model.objective == objectives::nextToken) {
        return "perplexity";
    }
    if (model.objective == objectives::classification) {
        return "accuracy";
    }
    return model.objective == objectives::none ? "output-error" : "masked-nll";
}

int jobThreads() { return static_cast<int>(storedSettings().threads); }

} // namespace bitprism
