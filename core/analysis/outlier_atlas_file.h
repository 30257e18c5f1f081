// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_atlas.h"
#include "core/results/outlier_samples.h"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>

namespace bitprism {

/// The atlas of an `outliers` run lies in its folder: a safetensors file for each input of layers,
/// and one with the tokens of each stack. Each appears complete or not at all.

/// Name of the file of input `input` (counted within the unit) of unit `unit`.
std::string atlasFileName(int unit, int input);

void writeInputAtlas(const std::filesystem::path &file, const OutlierMap &map,
                     const InputSamples &samples);
void writeAtlasTokens(const std::filesystem::path &runFolder, int stack, const AtlasTokens &tokens);

/// The map of one input of layers; `atlasFile` is LayerOutliers::atlasFile. A file that is missing,
/// damaged, or no atlas is BadInput in one line. Reads the map alone, so that it takes a few
/// milliseconds: for a worker thread.
OutlierMap readOutlierMap(const std::filesystem::path &runFolder, const std::string &atlasFile);

/// The tokens of stack `stack` (LayerOutliers::tokenStack); errors as above.
AtlasTokens readAtlasTokens(const std::filesystem::path &runFolder, int stack);

/// Reads at most so many of the cached tokens and of each layer's rows; extremes are read whole.
struct SampleCut
{
    std::int64_t tokens = std::numeric_limits<std::int64_t>::max(); ///< beside the extremes
    std::int64_t rows = std::numeric_limits<std::int64_t>::max();
};

/// What is cached of one input; errors as above.
InputSamples readInputSamples(const std::filesystem::path &runFolder, const std::string &atlasFile,
                              const SampleCut &cut = {});

} // namespace bitprism
