// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/analysis/outlier_atlas_file.h"

#include "core/analysis/atlas_container.h"
#include "core/base/error.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>

namespace bitprism {

namespace fs = std::filesystem;

namespace {

/// A name from a table must not lead out of the run's folder.
fs::path fileIn(const fs::path &folder, const std::string &name)
{
    if (name.empty() || fs::path(name).filename() != fs::path(name)) {
        throw Error(ErrorCode::BadInput,
                    BITPRISM_TR("Error", "The run keeps no outlier atlas of this layer (\"%1\")."),
                    name);
    }
    return folder / name;
}

std::string tokensFileName(int stack)
{
    return "atlas-tokens-" + std::to_string(stack) + ".safetensors";
}

void addSamples(AtlasContents &contents, const InputSamples &samples)
{
    const std::int64_t channels = samples.channels;
    contents.add("low", {channels}, samples.low);
    contents.add("high", {channels}, samples.high);
    contents.add("power_sums", {4, channels}, samples.powerSums);
    contents.add("sample_tokens", {samples.sampled()}, samples.sampleTokens);
    contents.add("sample", {samples.sampled(), channels}, samples.sample);
    if (!samples.gain.empty()) {
        contents.add("gain", {channels}, samples.gain);
    }
    if (!samples.bias.empty()) {
        contents.add("bias", {channels}, samples.bias);
    }
    for (const WeightRows &rows : samples.layers) {
        contents.add("columns:" + rows.layer, {channels}, rows.columnMaxAbs);
        contents.add("rows:" + rows.layer, {rows.sampled(), channels}, rows.values);
    }
}

Json layerFacts(const InputSamples &samples)
{
    Json layers = Json::array();
    for (const WeightRows &rows : samples.layers) {
        layers.push_back({{"name", rows.layer}, {"rows", rows.rows}});
    }
    return layers;
}

WeightRows readRows(const AtlasFile &file, const Json &fact, std::int64_t channels,
                    std::int64_t most)
{
    if (!fact.is_object() || !fact.contains("name") || !fact["name"].is_string()
        || !fact.contains("rows") || !fact["rows"].is_number_integer()) {
        file.fail();
    }
    WeightRows rows;
    rows.layer = fact["name"];
    rows.rows = fact["rows"];
    rows.columnMaxAbs = file.read<float>("columns:" + rows.layer, {channels});
    const std::int64_t sampled = file.rowsOf("rows:" + rows.layer, 2);
    if (sampled < 1 || rows.rows < sampled) {
        file.fail();
    }
    rows.values = file.read<float>("rows:" + rows.layer, {sampled, channels}, most);
    return rows;
}

/// An outliers run refuses values that are not finite, so such a file was damaged since. What
/// nothing entered has no range.
void requireFinite(const AtlasFile &file, const InputSamples &samples)
{
    if (samples.tokens == 0) {
        return;
    }
    for (const std::vector<float> *values :
         {&samples.low, &samples.high, &samples.gain, &samples.bias, &samples.sample}) {
        file.requireFinite(std::span<const float>(*values));
    }
    file.requireFinite(std::span<const double>(samples.powerSums));
    for (const WeightRows &rows : samples.layers) {
        file.requireFinite(std::span<const float>(rows.columnMaxAbs));
        file.requireFinite(std::span<const float>(rows.values));
    }
}

} // namespace

std::string atlasFileName(int unit, int input)
{
    char name[48];
    std::snprintf(name, sizeof name, "atlas-%04d-%d.safetensors", unit, input);
    return name;
}

void writeInputAtlas(const fs::path &file, const OutlierMap &map, const InputSamples &samples)
{
    std::vector<std::int64_t> rowChannels;
    std::vector<std::int64_t> rowFirst;
    std::vector<std::uint8_t> rowCodes;
    for (const OutlierMap::ChannelRow &row : map.rows) {
        rowChannels.push_back(row.channel);
        rowFirst.push_back(row.firstToken);
        rowCodes.insert(rowCodes.end(), row.codes.begin(), row.codes.end());
    }
    const auto rows = static_cast<std::int64_t>(map.rows.size());
    AtlasContents contents; // wide elements first, so that each lies aligned in the file
    contents.add("row_channels", {rows}, rowChannels);
    contents.add("row_first", {rows}, rowFirst);
    addSamples(contents, samples);
    contents.add("channel_max_abs", {map.channels}, map.channelMaxAbs);
    contents.add("channel_median", {map.channels}, map.channelMedian);
    contents.add("channel_99", {map.channels}, map.channel99);
    contents.add("token_low", {map.tokens}, map.tokenLow);
    contents.add("token_high", {map.tokens}, map.tokenHigh);
    contents.add("map", {map.mapChannels(), map.mapTokens()}, map.codes);
    contents.add("rows", {rows, map.tokens}, rowCodes);
    contents.write(file,
                   {{"channels", map.channels},
                    {"tokens", map.tokens},
                    {"channel_pool", map.channelPool},
                    {"token_pool", map.tokenPool},
                    {"top_bin", map.scale.topBin},
                    {"extremes", samples.extremes},
                    {"norm", samples.norm},
                    {"can_move_norm", samples.canMoveNorm},
                    {"folds_gain", samples.foldsGain},
                    {"layers", layerFacts(samples)}});
}

OutlierMap readOutlierMap(const fs::path &runFolder, const std::string &atlasFile)
{
    const AtlasFile file(fileIn(runFolder, atlasFile));
    OutlierMap map;
    map.channels = file.number("channels", 1);
    map.tokens = file.number("tokens", 0);
    map.channelPool = file.number("channel_pool", 1);
    map.tokenPool = file.number("token_pool", 1);
    map.scale.topBin = static_cast<int>(std::min<std::int64_t>(4095, file.number("top_bin", 0)));
    map.codes = file.read<std::uint8_t>("map", {map.mapChannels(), map.mapTokens()});
    map.channelMaxAbs = file.read<float>("channel_max_abs", {map.channels});
    map.channelMedian = file.read<float>("channel_median", {map.channels});
    map.channel99 = file.read<float>("channel_99", {map.channels});
    map.tokenLow = file.read<float>("token_low", {map.tokens});
    map.tokenHigh = file.read<float>("token_high", {map.tokens});
    if (file.has("gain")) {
        map.gain = file.read<float>("gain", {map.channels});
    }
    const std::int64_t rows = file.rowsOf("rows", 2);
    const auto channels = file.read<std::int64_t>("row_channels", {rows});
    const auto first = file.read<std::int64_t>("row_first", {rows});
    const auto codes = file.read<std::uint8_t>("rows", {rows, map.tokens});
    for (std::size_t i = 0; i < channels.size(); ++i) {
        if (channels[i] < 0 || channels[i] >= map.channels) {
            file.fail();
        }
        const auto begin = codes.begin() + static_cast<std::ptrdiff_t>(i) * map.tokens;
        map.rows.push_back({channels[i], first[i], {begin, begin + map.tokens}});
    }
    return map;
}

InputSamples readInputSamples(const fs::path &runFolder, const std::string &atlasFile,
                              const SampleCut &cut)
{
    const AtlasFile file(fileIn(runFolder, atlasFile));
    InputSamples samples;
    samples.channels = file.number("channels", 1);
    samples.tokens = file.number("tokens", 0);
    samples.extremes = file.number("extremes", 0);
    samples.norm = file.text("norm");
    samples.canMoveNorm = file.flag("can_move_norm");
    samples.foldsGain = file.flag("folds_gain");
    const std::vector<std::int64_t> wide{samples.channels};
    samples.low = file.read<float>("low", wide);
    samples.high = file.read<float>("high", wide);
    samples.powerSums = file.read<double>("power_sums", {4, samples.channels});
    if (file.has("gain")) {
        samples.gain = file.read<float>("gain", wide);
    }
    if (file.has("bias")) {
        samples.bias = file.read<float>("bias", wide);
    }
    const std::int64_t sampled = file.rowsOf("sample", 2);
    if (samples.extremes > sampled || sampled > samples.tokens) {
        file.fail();
    }
    const std::int64_t wanted = samples.extremes + std::min(cut.tokens, sampled - samples.extremes);
    samples.sampleTokens = file.read<std::int64_t>("sample_tokens", {sampled}, wanted);
    samples.sample = file.read<float>("sample", {sampled, samples.channels}, wanted);
    const Json layers = file.facts().value("layers", Json::array());
    if (!layers.is_array()) {
        file.fail();
    }
    for (const Json &fact : layers) {
        samples.layers.push_back(readRows(file, fact, samples.channels, cut.rows));
    }
    requireFinite(file, samples);
    return samples;
}

void writeAtlasTokens(const fs::path &runFolder, int stack, const AtlasTokens &tokens)
{
    AtlasContents contents;
    contents.add("samples", {tokens.count()}, tokens.samples);
    contents.add("positions", {tokens.count()}, tokens.positions);
    contents.add("ids", {static_cast<std::int64_t>(tokens.ids.size())}, tokens.ids);
    contents.add("vocabulary", {static_cast<std::int64_t>(tokens.vocabulary.size())},
                 tokens.vocabulary);
    std::vector<std::int64_t> ends;
    std::vector<std::uint8_t> texts; // one behind the other: pieces need not be valid UTF-8
    for (const std::string &piece : tokens.pieces) {
        texts.insert(texts.end(), piece.begin(), piece.end());
        ends.push_back(static_cast<std::int64_t>(texts.size()));
    }
    contents.add("ends", {static_cast<std::int64_t>(ends.size())}, ends);
    contents.add("texts", {static_cast<std::int64_t>(texts.size())}, texts);
    contents.write(runFolder / tokensFileName(stack), Json::object());
}

AtlasTokens readAtlasTokens(const fs::path &runFolder, int stack)
{
    const AtlasFile file(runFolder / tokensFileName(stack));
    AtlasTokens tokens;
    const std::int64_t count = file.rowsOf("samples", 1);
    tokens.samples = file.read<std::int64_t>("samples", {count});
    tokens.positions = file.read<std::int64_t>("positions", {count});
    const std::int64_t ids = file.rowsOf("ids", 1);
    if (ids != 0 && ids != count) {
        file.fail();
    }
    tokens.ids = file.read<std::int64_t>("ids", {ids});
    const std::int64_t words = file.rowsOf("vocabulary", 1);
    tokens.vocabulary = file.read<std::int64_t>("vocabulary", {words});
    const auto ends = file.read<std::int64_t>("ends", {words});
    const auto texts = file.read<std::uint8_t>("texts", {file.rowsOf("texts", 1)});
    std::int64_t begin = 0;
    for (const std::int64_t end : ends) {
        if (end < begin || end > static_cast<std::int64_t>(texts.size())) {
            file.fail();
        }
        tokens.pieces.emplace_back(texts.begin() + begin, texts.begin() + end);
        begin = end;
    }
    return tokens;
}

} // namespace bitprism
