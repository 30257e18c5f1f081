// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/report/report_model.h"

namespace bitprism {

/// The parts of a report that can be left out; the list of runs always stays.
struct ReportSections
{
    bool results = true; ///< metrics side by side, with the trade-off
    bool layers = true; ///< layers of the runs, and how they differ
    bool recipes = true; ///< what differs between the recipes, and the recipes themselves
    bool sensitivity = true;
    bool outliers = true;
    bool allocation = true;
    bool provenance = true; ///< commands that repeat the runs, versions, machine

    bool operator==(const ReportSections &) const = default;
};

/// The report without the parts that are switched off, for any format.
ReportModel restrictedTo(ReportModel report, const ReportSections &sections);

/// The parts that the report has something of.
ReportSections sectionsOf(const ReportModel &report);

} // namespace bitprism
