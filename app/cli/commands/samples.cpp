// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "core/families/describe.h"
#include "core/families/locate_model.h"
#include "core/io/atomic_file.h"
#include "core/io/folder.h"

#include <nlohmann/json.hpp>

#include <cerrno>

namespace bitprism::cli {

namespace fs = std::filesystem;

namespace {

/// Copies one sample's folder to `target` and gives the sample as it lies there.
SampleModel copied(SampleModel sample, const fs::path &target)
{
    io::AtomicFolder folder(target);
    std::error_code failure;
    for (const fs::path &entry : io::entriesOf(sample.path)) {
        fs::copy(entry, folder.workPath() / entry.filename(), fs::copy_options::recursive, failure);
        if (failure) { // of where it goes, and without a reason if the disk filled up midway
            std::error_code unknown;
            const bool isFull = fs::space(folder.workPath(), unknown).available == 0;
            throwSystemError(isFull ? ENOSPC : failure.value(), "take a copy of " + entry.string(),
                             target / entry.filename());
        }
    }
    folder.commit();
    const fs::path from = sample.path;
    const auto moved = [&](const fs::path &file) {
        const fs::path relative = file.lexically_relative(from);
        const bool isInside = !relative.empty() && *relative.begin() != "..";
        return isInside ? folder.path() / relative : file;
    };
    sample.calibration = moved(sample.calibration);
    sample.evaluation = moved(sample.evaluation);
    sample.path = folder.path();
    return sample;
}

std::vector<SampleModel> copyAll(const std::vector<SampleModel> &samples, const std::string &to)
{
    const fs::path folder = fs::absolute(to).lexically_normal();
    std::error_code failure;
    fs::create_directories(folder, failure);
    if (failure) {
        throwSystemError(failure.value(), "create", folder);
    }
    std::vector<SampleModel> result;
    for (const SampleModel &sample : samples) {
        result.push_back(copied(sample, folder / sample.name));
    }
    return result;
}

std::string summaryOf(const SampleModel &sample)
{
    const auto found = sample.summary.find("en");
    return found == sample.summary.end() ? std::string() : found->second;
}

int samplesCommand(const Invocation &invocation)
{
    std::vector<SampleModel> samples = sampleModels();
    if (const std::optional<std::string> folder = invocation.arguments.text("copy")) {
        samples = copyAll(samples, *folder);
    }
    Json document = {{"samples", Json::array()}};
    std::string text = samples.empty() ? "No samples found.\n" : "";
    for (const SampleModel &sample : samples) {
        const ModelInfo info = describeModel(sample.path);
        document["samples"].push_back({{"name", sample.name},
                                       {"family", info.family},
                                       {"path", sample.path.string()},
                                       {"parameters", info.parameters},
                                       {"data",
                                        {{"calibration", sample.calibration.string()},
                                         {"evaluation", sample.evaluation.string()}}},
                                       {"summary", summaryOf(sample)},
                                       {"tasks", sample.tasks}});
        text += sample.name + " (" + info.family + ", " + shownCount(info.parameters)
            + " parameters): " + summaryOf(sample) + "\n";
        for (const std::string &task : sample.tasks) {
            text += "    " + task + ": " + sample.evaluation.string() + "\n";
        }
        text += "    calibration: " + sample.calibration.string() + "\n";
    }
    invocation.output.print(document, text);
    return 0;
}

} // namespace

BITPRISM_COMMAND(samples){"samples",
                          "List the sample models and where their data lie",
                          {},
                          {{"copy", "DIR", "Copy every sample with its data into this folder"}},
                          &samplesCommand};

} // namespace bitprism::cli
