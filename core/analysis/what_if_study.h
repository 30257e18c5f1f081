// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/analysis/input_change.h"
#include "core/analysis/outlier_atlas_file.h"
#include "core/analysis/outlier_what_if.h"
#include "core/analysis/output_error.h"

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace bitprism {

/// What a study spends on one input.
struct WhatIfEffort
{
    SampleCut cut; ///< of the kept tokens and rows that errors are measured on
    SampleCut search; ///< the same, for outlier-suppression-plus to try its thresholds on
    int thresholds = 24;
};

/// Tries each transform on what is kept of one input of layers. Ranges come from all of it, errors
/// from the part that the effort leaves.
class WhatIfStudy
{
public:
    /// `kept` outlives the study. BadInput for a question out of range.
    WhatIfStudy(const InputSamples &kept, const WhatIfQuestion &question,
                const WhatIfEffort &effort, std::stop_token stop);

    /// Of all layers that read the input, or of one.
    std::vector<LayerWhatIf> answer(const std::string &only = {}) const;

private:
    /// One input under one transform, quantized.
    struct ChangedInput
    {
        InputChange change;
        InputRange range;
        std::vector<float> x; ///< [sampled, channels]
        std::vector<float> error; ///< x quantized minus x
    };

    WhatIfOutcome begun(std::string_view id) const;
    ComponentChoice choiceOf(std::string_view id) const;
    std::optional<TranslatableText> reasonAgainst(std::string_view id) const;
    InputChange changeOf(std::string_view id) const;
    ChangedInput quantized(InputChange change) const;
    void measure(const ChangedInput &changed, std::size_t index, WhatIfOutcome &outcome) const;
    InputChange suppressed() const;

    const InputSamples &m_kept;
    InputSamples m_samples; ///< the part of it that errors are measured on
    WhatIfQuestion m_question;
    WhatIfEffort m_effort;
    std::stop_token m_stop;
    std::vector<double> m_weights; ///< of tokens
    std::vector<Squares> m_outputs; ///< by layer
};

} // namespace bitprism
