// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/outlier_inputs.h"

#include "core/report/report_text.h"

#include <algorithm>
#include <cmath>

namespace bitprism::report {

double outlierRatio(const LayerOutliers &layer)
{
    const double ratio = layer.maxAbs / layer.channelMaxMedian;
    return layer.channelMaxMedian > 0 && std::isfinite(ratio) ? ratio : 0;
}

std::vector<OutlierInput> inputsOf(const OutlierTable &table)
{
    std::vector<OutlierInput> inputs;
    for (const LayerOutliers &layer : table.layers) {
        const bool isSame = !inputs.empty() && !layer.channelMaxAbs.empty()
            && inputs.back().layer->channelMaxAbs == layer.channelMaxAbs;
        if (isSame) {
            ++inputs.back().readers;
        } else {
            inputs.push_back({&layer, 1});
        }
    }
    return inputs;
}

std::vector<OutlierInput> mostOutlying(const OutlierTable &table, std::size_t most)
{
    std::vector<OutlierInput> inputs = inputsOf(table);
    std::stable_sort(inputs.begin(), inputs.end(),
                     [](const OutlierInput &a, const OutlierInput &b) {
                         return outlierRatio(*a.layer) > outlierRatio(*b.layer);
                     });
    inputs.resize(std::min(inputs.size(), most));
    return inputs;
}

std::string inputName(const OutlierInput &input)
{
    return input.readers == 1 ? input.layer->layer
                              : say(BITPRISM_TR("Report", "%1 and %2 more"),
                                    {input.layer->layer, std::to_string(input.readers - 1)});
}

} // namespace bitprism::report
