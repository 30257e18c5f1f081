// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/jobs/analysis_requests.h"

#include "core/results/model_info.h"
#include "widgets/jobs/project.h"
#include "widgets/shared/settings.h"

#include <QCoreApplication>
#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

/// Enough for stable figures, few enough for minutes; as the command line takes by default.
constexpr int probeSamples = 16;
constexpr int probeLength = 256;
constexpr int outlierLength = 512;

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
    const bool isMeasured = model && model->runnable && recipe.evaluation.empty();
    if (isMeasured && !project.evaluationFile().isEmpty()) {
        options["evaluations"].push_back(
            {{"task", usualTask(*model)}, {"data", project.evaluationFile().toStdString()}});
    }
    request.options = options.dump();
    return request;
}

JobRequest sensitivityRequest(const Project &project, const Recipe &recipe,
                              const std::vector<int> &widths)
{
    JobRequest request = baseRequest(project, "sensitivity");
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
    const Json options = {{"data", project.calibrationFile().toStdString()},
                          {"calibration", calibrationJson(outlierLength)}};
    request.options = options.dump();
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
                                       "analysed and quantized: %1")
        .arg(QString::fromStdString(project.model()->problem));
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
