// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/results/outlier_findings.h"

#include <algorithm>

namespace bitprism {

OutlierFindings findingsOf(const OutlierTable &table)
{
    OutlierFindings findings;
    for (const BlockOutliers &block : table.blocks) {
        findings.massive = findings.massive.value_or(0) + block.massive.size();
        if (block.heads > 0) {
            findings.sinks = findings.sinks.value_or(0) + block.sinks.size();
        }
        findings.largest = std::max(findings.largest, block.maxAbs);
        if (block.medianAbs > 0) {
            findings.largestTimesMedian
                = std::max(findings.largestTimesMedian, block.maxAbs / block.medianAbs);
        }
    }
    return findings;
}

} // namespace bitprism
