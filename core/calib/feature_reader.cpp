// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/feature_reader.h"

#include "core/base/error.h"
#include "core/io/checkpoint.h"
#include "core/io/companion_files.h"
#include "core/io/folder.h"
#include "core/io/json_reader.h"
#include "core/media/audio.h"
#include "core/media/log_mel.h"
#include "core/media/resize.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

constexpr std::int64_t shortestWave = 1600; // a tenth of a second (edge-asr.md 3.4)

at::Tensor tensorOf(const std::vector<float> &values, at::IntArrayRef shape)
{
    return at::from_blob(const_cast<float *>(values.data()), shape, at::kFloat).clone();
}

/// Three numbers under `key`, left as they are where the file has none.
void readTriple(const Json &json, const char *key, const std::filesystem::path &path,
                std::array<double, 3> &values)
{
    const auto found = json.find(key);
    if (found == json.end()) {
        return;
    }
    bool isGood = found->is_array() && found->size() == values.size();
    for (std::size_t i = 0; isGood && i < values.size(); ++i) {
        isGood = (*found)[i].is_number();
        values[i] = isGood ? (*found)[i].get<double>() : values[i];
        isGood = isGood && (std::string_view(key) == "image_mean" || values[i] > 0);
    }
    if (!isGood) {
        throw Error(ErrorCode::BadInput, BITPRISM_TR("Error", "%1: \"%2\" must be three numbers."),
                    path, key);
    }
}

/// Frames of a recording's window: "chunk_length" seconds, 30 in published models.
std::int64_t framesOf(const Json &json, const std::filesystem::path &path)
{
    constexpr std::int64_t longest = media::whisperSamples / media::speechRate;
    const auto found = json.find("chunk_length");
    if (found == json.end()) {
        return media::whisperFrames;
    }
    if (!found->is_number_integer() || *found < 1 || *found > longest) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: \"chunk_length\" must be 1 to %2 whole seconds."),
                    path, longest);
    }
    return found->get<std::int64_t>() * media::speechRate / media::samplesPerFrame;
}

} // namespace

FeatureReader::FeatureReader(const Model &model)
    : m_kind(model.info().featureKind)
    , m_size(model.info().featureSize)
    , m_frames(media::whisperFrames)
    , m_mean(media::ImagePreparation().mean)
    , m_deviation(media::ImagePreparation().deviation)
    , m_model(model.info().path)
{
    if (m_kind.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 reads text, neither recordings nor images; choose "
                                "another task, sampler or data."),
                    m_model);
    }
    const std::filesystem::path path = model.checkpoint().path() / io::companions::preprocessor;
    if (!io::exists(path)) {
        return;
    }
    const Json json = io::readJsonFile(path, {.maxBytes = std::size_t{4} << 20});
    if (json.is_object() && m_kind == featureKinds::image) {
        readTriple(json, "image_mean", path, m_mean);
        readTriple(json, "image_std", path, m_deviation);
    } else if (json.is_object() && m_kind == featureKinds::logMel) {
        m_frames = framesOf(json, path);
    }
}

std::vector<DataRecord> FeatureReader::filesOf(const Dataset &data) const
{
    std::vector<DataRecord> files;
    for (const DataRecord &record : data.records()) {
        if (!record.file.empty()) {
            files.push_back(record);
        }
    }
    if (files.empty()) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 lists no %2; give a folder of them, or a table with a column "
                                "\"file\"."),
                    data.path(), m_kind == featureKinds::image ? "images" : "recordings");
    }
    return files;
}

FeatureReader::Features FeatureReader::read(const std::filesystem::path &file) const
{
    return m_kind == featureKinds::image ? readImage(file) : readAudio(file);
}

FeatureReader::Features FeatureReader::readImage(const std::filesystem::path &file) const
{
    media::ImagePreparation preparation;
    preparation.size = m_size;
    preparation.mean = m_mean;
    preparation.deviation = m_deviation;
    const std::vector<float> values = media::prepareImage(media::readImage(file), preparation);
    return {tensorOf(values, {3, m_size, m_size})};
}

FeatureReader::Features FeatureReader::readAudio(const std::filesystem::path &file) const
{
    const media::Audio audio = media::readSpeech(file);
    Features features;
    features.seconds = audio.seconds();
    if (m_kind == featureKinds::logMel) {
        features.isCut
            = static_cast<std::int64_t>(audio.samples.size()) > m_frames * media::samplesPerFrame;
        features.values
            = tensorOf(media::whisperLogMel(audio.samples, static_cast<int>(m_size), m_frames),
                       {m_size, m_frames});
        return features;
    }
    const auto samples = static_cast<std::int64_t>(audio.samples.size());
    if (samples < shortestWave) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "%1: %2 seconds are too short; give a tenth or more."),
                    file, features.seconds);
    }
    features.values = tensorOf(audio.samples, {samples});
    return features;
}

} // namespace bitprism
