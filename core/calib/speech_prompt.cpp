// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/calib/speech_prompt.h"

#include "core/base/error.h"
#include "core/families/config_reader.h"
#include "core/io/checkpoint.h"
#include "core/io/companion_files.h"
#include "core/io/folder.h"
#include "core/io/json_reader.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>

namespace bitprism {

namespace {

constexpr std::int64_t whisperNewTokens = 224; // the reference's cap
constexpr std::int64_t whisperSpace = 220;
constexpr double moonshineTokensPerSecond = 6;

/// Ids of a published vocabulary (edge-asr.md 2.5).
struct WhisperIds
{
    std::int64_t vocabulary;
    std::int64_t end;
    std::vector<std::int64_t> prompt;
};

const std::vector<WhisperIds> &whisperIds()
{
    static const std::vector<WhisperIds> list{
        {51864, 50256, {50257, 50362}}, // .en: [sot, no timestamps]
        {51865, 50257, {50258, 50259, 50359, 50363}}, // [sot, en, transcribe, no timestamps]
        {51866, 50257, {50258, 50259, 50360, 50364}},
    };
    return list;
}

/// `key` of generation_config.json, else of config.json.
std::vector<std::int64_t> idsUnder(const ConfigReader &generation, const ConfigReader &config,
                                   const char *key, std::int64_t vocabulary)
{
    return (generation.has(key) ? generation : config).tokens(key, vocabulary);
}

/// Ids forced at places 1, 2, ... as pairs [place, id]; null ids are left out.
std::vector<std::int64_t> forcedIds(const ConfigReader &reader, std::int64_t vocabulary)
{
    std::vector<std::int64_t> ids;
    const Json *list = reader.find("forced_decoder_ids");
    if (list == nullptr || list->is_null()) {
        return ids;
    }
    for (const Json &pair : *list) {
        const bool isPair = pair.is_array() && pair.size() == 2
            && (pair[1].is_number_integer() || pair[1].is_null());
        if (!isPair) {
            reader.fail("forced_decoder_ids", "pairs of a place and a token");
        }
        if (pair[1].is_number_integer() && pair[1] >= 0 && pair[1] < vocabulary) {
            ids.push_back(pair[1].get<std::int64_t>());
        }
    }
    return ids;
}

} // namespace

std::int64_t SpeechRules::limitFor(double seconds) const
{
    const auto bySeconds = tokensPerSecond > 0
        ? static_cast<std::int64_t>(std::floor(tokensPerSecond * seconds))
        : mostTokens;
    return std::max<std::int64_t>(1, std::min(mostTokens, bySeconds));
}

SpeechRules speechRules(const Model &model)
{
    const ModelInfo &info = model.info();
    if (info.featureKind != featureKinds::logMel && info.featureKind != featureKinds::waveform) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 does not listen to speech, so it has no word error rate; "
                                "choose another task, `methods` lists them."),
                    info.path);
    }
    if (info.stacks.back().memoryStack < 0) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error",
                                "%1 has no decoder that writes text%2; measure its encoder "
                                "with the task output-error."),
                    info.path, info.problem.empty() ? "" : " (" + info.problem + ")");
    }
    const std::filesystem::path path = model.checkpoint().path() / io::companions::generation;
    const Json generationJson = io::exists(path) ? io::readJsonFile(path) : Json::object();
    const ConfigReader generation(generationJson, path.string());
    const ConfigReader config(model.checkpoint().config(),
                              model.checkpoint().configPath().string());
    const std::int64_t vocabulary = info.vocabularySize;
    SpeechRules rules;
    rules.prompt = {std::max<std::int64_t>(0, info.bosToken)};
    rules.endToken = info.eosTokens.empty() ? -1 : info.eosTokens.front();
    const auto known
        = std::find_if(whisperIds().begin(), whisperIds().end(),
                       [&](const WhisperIds &ids) { return ids.vocabulary == vocabulary; });
    const bool isWhisper = info.featureKind == featureKinds::logMel;
    if (isWhisper && known != whisperIds().end()) {
        rules.prompt = known->prompt;
        rules.endToken = known->end;
    } else {
        const std::vector<std::int64_t> forced
            = forcedIds(generation.has("forced_decoder_ids") ? generation : config, vocabulary);
        rules.prompt.insert(rules.prompt.end(), forced.begin(), forced.end());
    }
    const auto add = [&](const char *key, std::set<std::int64_t> &set) {
        const std::vector<std::int64_t> ids = idsUnder(generation, config, key, vocabulary);
        set.insert(ids.begin(), ids.end());
    };
    add("suppress_tokens", rules.suppressed);
    add("begin_suppress_tokens", rules.suppressedFirst);
    if (isWhisper && known != whisperIds().end() && rules.suppressedFirst.empty()) {
        rules.suppressedFirst = {whisperSpace, rules.endToken};
    }
    rules.lastText = isWhisper && rules.endToken >= 0 ? rules.endToken - 1 : vocabulary - 1;
    rules.mostTokens = info.contextLength - static_cast<std::int64_t>(rules.prompt.size());
    if (isWhisper) {
        rules.mostTokens = std::min(rules.mostTokens, whisperNewTokens);
    } else {
        rules.tokensPerSecond = moonshineTokensPerSecond;
    }
    return rules;
}

} // namespace bitprism
