// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/error.h"
#include "core/recipe/recipe.h"
#include "core/results/outlier_samples.h"
#include "core/results/outlier_table.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// How the layers would be quantized, and the transforms' own parameters.
struct WhatIfQuestion
{
    int weightBits = 8; ///< symmetric min-max grids, one for each row (output channel); 2 to 8
    int activationBits = 8; ///< asymmetric min-max grids; 2 to 8
    bool perToken = false; ///< a grid for each token; otherwise one static grid per tensor
    double alpha = 0.5; ///< of smoothquant, in [0, 1]
    double gainGuard = 0.05; ///< gamma-migration leaves gains below this share of the median alone
    double keptShare = 0.01; ///< share of channels kept as they are, the largest first

    friend bool operator==(const WhatIfQuestion &, const WhatIfQuestion &) = default;
};

/// The ids of outcomes, in their order. `plain` changes nothing; `keep-top-channels` is the largest
/// channels and their weight columns left unquantized (Dettmers et al., arXiv 2208.07339).
inline constexpr std::string_view whatIfIds[] = {"plain",
                                                 "smoothquant",
                                                 "gamma-migration",
                                                 "outlier-suppression-plus",
                                                 "hadamard-rotation",
                                                 "keep-top-channels"};

/// What one transform would make of one layer.
struct WhatIfOutcome
{
    std::string id; ///< one of whatIfIds
    bool applies = true;
    TranslatableText reason = {}; ///< why not, one sentence, where it does not apply
    std::optional<TranslatableText> note = {}; ///< what must be known of the prediction
    /// What puts it into a recipe's transforms; its id is empty where no component does this.
    ComponentChoice choice = {};
    /// Range of the layer's input on the calibration set. Exact, but for hadamard-rotation.
    double low = 0;
    double high = 0;
    double kurtosis = 0; ///< over all entries of the input; exact, but for hadamard-rotation
    /// Squared error of the layer's output over its squared norm, from quantizing the input, the
    /// weights, and both: measured on the cached tokens and weight rows, so an estimate for all;
    /// exact where all of them are cached (small models), up to what is said beside whatIf().
    double activationError = 0;
    double weightError = 0;
    double outputError = 0;
    /// Standard error of outputError over the draws of tokens and of rows; 0 where all are cached.
    double outputErrorStderr = 0;
};

struct LayerWhatIf
{
    std::string layer;
    std::vector<WhatIfOutcome> outcomes; ///< in the order of whatIfIds
};

nlohmann::json toJson(const LayerWhatIf &answer);

/// Predictions of a run as they are kept beside its table, so that a report needs no other file:
/// the blob of this name.
inline constexpr std::string_view whatIfBlob = "what-if";
struct KeptWhatIf
{
    WhatIfQuestion question;
    std::vector<LayerWhatIf> layers; ///< reasons and choices are left out
};
std::string keptText(const KeptWhatIf &kept);
/// Nothing in it for a text that keptText() did not write.
KeptWhatIf keptFromText(const std::string &text);

/// What each transform would change of one layer of `table`, on the statistics that the run cached
/// in its folder. Well below a second for any layer; pure but for reading the file. BadInput for a
/// missing or damaged file, or a question out of range; Cancelled on a stop.
///
/// smoothquant and gamma-migration have the scales that the components would give the norm.
/// outlier-suppression-plus has one threshold for the input, searched on the layers' outputs at the
/// question's widths over fewer points than the component's, without the attention form.
/// hadamard-rotation has other signs; its kurtosis comes from the cached tokens, its range too, and
/// is said of all (rangeOf()).
/// On a toy model whose tokens are all cached, the first two were within 1 % of the real
/// transform's output error, outlier-suppression-plus within 35 %, hadamard-rotation within 50 %
/// (tests/jobs/tst_outlier_atlas.cpp).
LayerWhatIf whatIf(const std::filesystem::path &runFolder, const LayerOutliers &layer,
                   const WhatIfQuestion &question, std::stop_token stop = {});

/// The same for all layers of the table that have cached statistics, on fewer tokens and rows of
/// each, so that it takes about a second for hundreds of wide layers.
std::vector<LayerWhatIf> whatIfAll(const std::filesystem::path &runFolder,
                                   const OutlierTable &table, const WhatIfQuestion &question,
                                   std::stop_token stop = {});

/// The same of samples at hand: one entry for each of samples.layers.
std::vector<LayerWhatIf> whatIf(const InputSamples &samples, const WhatIfQuestion &question,
                                std::stop_token stop = {});

/// LayerOutliers::errorShares of one layer: at 8, 6 and 4 bits, `channels` (the largest first)
/// kept.
std::vector<ErrorShare> errorShares(const InputSamples &samples, const WeightRows &layer,
                                    const std::vector<std::int64_t> &channels);

} // namespace bitprism
