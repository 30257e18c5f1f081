// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/feature_reader.h"
#include "core/calib/sampler.h"

#include <functional>
#include <string_view>
#include <vector>

namespace bitprism {

/// What a decoder or text tower reads beside a file's features.
struct FileText
{
    bool isWanted = true; ///< false: the file is passed over
    std::vector<std::int64_t> tokens{}; ///< none: no text is read
};

/// Files drawn at random without replacement until `samples` of them are wanted. `textFor` says
/// what is read beside the features of a file. Notes where there were fewer; `what` names them:
/// "recordings".
SampleSet drawFiles(
    const Dataset &dataset, const Model &model, std::int64_t samples, std::string_view what,
    const std::function<FileText(const DataRecord &, const FeatureReader::Features &)> &textFor,
    Random &random, JobContext &context);

/// Cuts to `limit` tokens with the last one kept: an end mark.
void cutBeforeLast(std::vector<std::int64_t> &tokens, std::int64_t limit);

} // namespace bitprism
