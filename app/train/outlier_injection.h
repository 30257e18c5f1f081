// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/io/safetensors.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitprism::train {

/// How many channels of each norm become outliers, and how large.
struct OutlierOptions
{
    int channelsPerNorm = 2;
    int factor = 128; // a power of two: scaling is then exact in every float format
};

/// One norm and the linears that read it; scaling channel c of gain and bias by f and column c of
/// every reader by 1 / f leaves the model's function as it is (outlier suppression's migration, Wei
/// et al. 2022, 3.2, in reverse).
struct NormReaders
{
    std::string gain;
    std::string bias; ///< empty: none
    std::vector<std::string> readers;
};

/// The norms inside the pre-norm blocks of a checkpoint under Hugging Face's names: llama, opt,
/// llada, clip, whisper, moonshine. Those of a post-norm block (bert) are read by the residual
/// stream too, where no layer could undo a scale, and are left out.
std::vector<NormReaders> normsOf(const io::SafetensorsFile &file);

/// The channels with the least product of `gainEnergies` (squares of gain and bias) and
/// `columnEnergies` (sums of squares of each column over all readers), ascending: what a coarse
/// grid takes from their weights, now small beside others in a row, costs the least.
std::vector<int> leastImportantChannels(const std::vector<double> &gainEnergies,
                                        const std::vector<double> &columnEnergies, int count);

/// Copies the safetensors file `from` to `to` with outlier channels in every norm; tensors are read
/// one at a time. Throws BadInput on a damaged file or one without the expected tensors.
void injectOutliers(const std::filesystem::path &from, const std::filesystem::path &to,
                    const OutlierOptions &options);

/// Makes the sample folder `to` from the one at `from`: weights by injectOutliers, the other files
/// copied, its own sample.json and card.
void deriveOutlierSample(const std::filesystem::path &from, const std::filesystem::path &to,
                         const OutlierOptions &options);

} // namespace bitprism::train
