// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/outlier_content.h"

#include "core/report/chart/charts.h"
#include "core/report/outlier_inputs.h"
#include "core/report/report_text.h"

namespace bitprism::report {

namespace {

constexpr std::size_t histogramInputs = 4; ///< whose histograms are shown

void addAtlas(const ReportRun &run, const std::string &context, SectionBuilder &builder)
{
    const OutlierTable &outliers = *run.outliers;
    builder.heading(3, say(BITPRISM_TR("Report", "Outlier atlas")));
    builder.chart(chart::outlierPeaks(outliers));
    for (chart::Drawing &atlas : chart::channelAtlases(outliers, run.model, context)) {
        builder.chart(std::move(atlas));
    }
    builder.chart(chart::magnitudeMap(run.outlierMap, context));
    if (!run.outlierMap.problem.empty()) {
        builder.paragraph(say(BITPRISM_TR("Report", "No map of channels and tokens: %1"),
                              {run.outlierMap.problem}));
    }
    for (const OutlierInput &input : mostOutlying(outliers, histogramInputs)) {
        builder.chart(chart::valueHistograms(input, outliers.isOfWeights, context));
    }
}

} // namespace

void addOutliers(const ReportRun &run, const std::string &context, SectionBuilder &builder)
{
    const OutlierTable &outliers = *run.outliers;
    addAtlas(run, context, builder);
    builder.chart(chart::kurtosisByDepth(outliers, context));
    builder.chart(chart::errorShareByDepth(outliers, context));
    builder.table(outlierTable(outliers), true);
    builder.table(outlierCauseTable(outliers), true);
    builder.table(outlierTokenTable(outliers), true);
    for (const std::string &absence : outlierAbsences(outliers)) {
        builder.paragraph(absence);
    }
    builder.table(blockOutlierTable(outliers), true);
    builder.chart(chart::whatIfErrors(run.whatIf, context));
    builder.table(whatIfSummary(run.whatIf), false);
    builder.table(whatIfTable(run.whatIf), true);
}

} // namespace bitprism::report
