// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/calib/dataset.h"
#include "core/models/model.h"

#include <ATen/ATen.h>

#include <filesystem>

namespace bitprism {

/// Turns recordings and images into what a model's first stack reads, as ModelInfo::features says.
class FeatureReader
{
public:
    /// Throws BadInput for a model that reads tokens only. Reads preprocessor_config.json of the
    /// checkpoint where it has one.
    explicit FeatureReader(const Model &model);

    struct Features
    {
        at::Tensor values; ///< of one sample, without a leading dimension
        double seconds = 0; ///< of a recording, whole
        bool isCut = false; ///< a recording longer than the model's window
    };
    /// Throws BadInput naming the file for what cannot be decoded, or is too short.
    Features read(const std::filesystem::path &file) const;

    /// The records of `data` that name a file; BadInput where there are none.
    std::vector<DataRecord> filesOf(const Dataset &data) const;

private:
    Features readImage(const std::filesystem::path &file) const;
    Features readAudio(const std::filesystem::path &file) const;

    std::string m_kind;
    std::int64_t m_size = 0;
    std::int64_t m_frames = 0; ///< of log-mel features
    std::array<double, 3> m_mean;
    std::array<double, 3> m_deviation;
    std::string m_model;
};

} // namespace bitprism
