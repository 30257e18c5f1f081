// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

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

/// One norm and the linears that read it; scaling channel c of the gain by f and column c of every
/// reader by 1 / f leaves the model's function as it is (outlier suppression's migration, Wei et
/// al. 2022, 3.2, in reverse).
struct NormReaders
{
    std::string gain;
    std::vector<std::string> readers;
};

/// The two norms of each block of a Llama checkpoint under Hugging Face's names.
std::vector<NormReaders> normsOfLlama(int blockCount);

/// The channels with the least sum of squares of gain times column over all readers, ascending:
/// what a coarse grid takes from their weights, now small beside others in a row, costs the least.
/// `columnEnergies` is the sum of squares of each column over all readers.
std::vector<int> leastImportantChannels(const std::vector<float> &gain,
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
