// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/families/locate_model.h"

#include "core/io/file.h"
#include "core/io/folder.h"
#include "core/io/json_reader.h"

#include <nlohmann/json.hpp>

#include <cstdlib>
#include <map>
#include <optional>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t maxReferenceBytes = 4096;

std::string environment(const char *name)
{
    const char *value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
}

/// Folder of the running program.
fs::path programFolder()
{
    std::error_code ignored;
    return fs::read_symlink("/proc/self/exe", ignored).parent_path();
}

std::optional<SampleModel> readSample(const fs::path &folder)
{
    std::error_code ignored;
    const fs::path file = folder / "sample.json";
    if (!fs::is_regular_file(file, ignored)
        || !fs::is_regular_file(folder / "model.safetensors", ignored)) {
        return std::nullopt;
    }
    const Json json = io::readJsonFile(file);
    SampleModel sample;
    sample.name = folder.filename().string();
    sample.path = folder;
    try {
        const Json data = json.value("data", Json::object());
        const auto resolved = [&](const char *key) {
            const std::string relative = data.value(key, "");
            return relative.empty() ? fs::path() : (folder / relative).lexically_normal();
        };
        sample.calibration = resolved("calibration");
        sample.evaluation = resolved("evaluation");
        sample.tasks = json.value("tasks", std::vector<std::string>());
        sample.derivedFrom = json.value("derived_from", std::string());
        sample.summary = json.value("summary", std::map<std::string, std::string>());
    } catch (const Json::exception &) { // a value of another type than said above
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: not a sample's description; reinstall Bitprism."),
                    file);
    }
    return sample;
}

/// Where Hugging Face tools keep downloads, by their own rules of precedence.
fs::path huggingFaceCache()
{
    if (const std::string hub = environment("HF_HUB_CACHE"); !hub.empty()) {
        return hub;
    }
    if (const std::string home = environment("HF_HOME"); !home.empty()) {
        return fs::path(home) / "hub";
    }
    if (const std::string cache = environment("XDG_CACHE_HOME"); !cache.empty()) {
        return fs::path(cache) / "huggingface" / "hub";
    }
    return fs::path(environment("HOME")) / ".cache" / "huggingface" / "hub";
}

/// "organisation/name", without anything that could lead out of the cache.
bool isRepositoryName(std::string_view model)
{
    const std::size_t slash = model.find('/');
    return slash != std::string_view::npos && slash > 0 && slash + 1 < model.size()
        && model.find('/', slash + 1) == std::string_view::npos && model.front() != '.'
        && model[slash + 1] != '.' && model.front() != '~';
}

/// The snapshot that refs/main names, else the only or latest one that holds a configuration.
std::optional<fs::path> snapshotOf(const fs::path &repository)
{
    std::error_code ignored;
    const fs::path reference = repository / "refs" / "main";
    if (fs::is_regular_file(reference, ignored)) {
        std::string revision = io::readWholeFile(reference, maxReferenceBytes);
        revision.erase(revision.find_last_not_of(" \r\n") + 1);
        const fs::path snapshot = repository / "snapshots" / revision;
        const bool isPlain = !revision.empty() && revision.find('/') == std::string::npos
            && revision.front() != '.';
        if (isPlain && fs::exists(snapshot / "config.json", ignored)) {
            return snapshot;
        }
    }
    std::map<fs::file_time_type, fs::path> snapshots;
    for (const auto &entry : fs::directory_iterator(repository / "snapshots", ignored)) {
        if (fs::exists(entry.path() / "config.json", ignored)) {
            snapshots.emplace(entry.last_write_time(ignored), entry.path());
        }
    }
    return snapshots.empty() ? std::nullopt : std::optional(snapshots.rbegin()->second);
}

} // namespace

std::vector<fs::path> sampleFolders()
{
    const fs::path program = programFolder();
    std::vector<fs::path> folders{program / ".." / "samples",
                                  program / ".." / "share" / "bitprism" / "samples",
                                  fs::path(BITPRISM_SOURCE_FOLDER) / "resources" / "samples"};
    for (fs::path &folder : folders) {
        folder = folder.lexically_normal();
    }
    return folders;
}

std::vector<SampleModel> sampleModels()
{
    std::map<std::string, SampleModel> byName;
    for (const fs::path &folder : sampleFolders()) {
        std::error_code ignored;
        for (const fs::directory_entry &entry : fs::directory_iterator(folder, ignored)) {
            if (std::optional<SampleModel> sample = readSample(entry.path())) {
                byName.emplace(sample->name, std::move(*sample));
            }
        }
    }
    std::vector<SampleModel> samples;
    for (auto &[name, sample] : byName) {
        samples.push_back(std::move(sample));
    }
    return samples;
}

std::optional<fs::path> sampleProject()
{
    std::error_code ignored;
    for (const fs::path &folder : sampleFolders()) {
        if (fs::is_regular_file(folder / "sample.bitprism", ignored)) {
            return folder / "sample.bitprism";
        }
    }
    return std::nullopt;
}

fs::path locateModel(std::string_view model)
{
    if (model.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "The model's name is empty; give a folder, a sample's name, "
                                "or organisation/name."));
    }
    std::error_code ignored;
    if (fs::exists(fs::path(model), ignored)) {
        const fs::path absolute = fs::absolute(fs::path(model)).lexically_normal();
        return absolute.has_filename() ? absolute : absolute.parent_path();
    }
    for (const SampleModel &sample : sampleModels()) {
        if (sample.name == model) {
            return sample.path;
        }
    }
    if (isRepositoryName(model)) {
        std::string folder = "models--" + std::string(model);
        folder.replace(folder.find('/'), 1, "--");
        if (const auto snapshot = snapshotOf(huggingFaceCache() / folder)) {
            return fs::absolute(*snapshot).lexically_normal();
        }
        // A download that broke off, or whose blobs were deleted.
        for (const auto &entry :
             fs::directory_iterator(huggingFaceCache() / folder / "snapshots", ignored)) {
            io::refuseBrokenLink(entry.path() / "config.json");
        }
    }
    io::refuseBrokenLink(fs::path(model));
    if (model.front() == '/' || model.front() == '.') { // a path, and nothing else
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1: no such folder; check the path, or put the model back."),
                    model);
    }
    std::string names;
    for (const SampleModel &sample : sampleModels()) {
        names += (names.empty() ? "" : ", ") + sample.name;
    }
    throw Error(ErrorCode::BadInput,
                BITPRISM_TR("Error",
                            "%1: no such folder, sample (%2) or model in the Hugging Face "
                            "cache %3; check the name."),
                model, names.empty() ? std::string("none found") : names, huggingFaceCache());
}

} // namespace bitprism
