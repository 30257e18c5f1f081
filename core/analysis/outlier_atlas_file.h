// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/results/outlier_atlas.h"

#include <filesystem>
#include <string>

namespace bitprism {

/// The map of one input of layers; `atlasFile` is LayerOutliers::atlasFile. A file that is missing,
/// damaged, or no atlas is BadInput in one line. Reads the map alone, so that it takes a few
/// milliseconds: for a worker thread.
OutlierMap readOutlierMap(const std::filesystem::path &runFolder, const std::string &atlasFile);

/// The tokens of stack `stack` (LayerOutliers::tokenStack); errors as above.
AtlasTokens readAtlasTokens(const std::filesystem::path &runFolder, int stack);

} // namespace bitprism
