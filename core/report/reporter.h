// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/io/byte_sink.h"
#include "core/report/report_model.h"

#include <string_view>

namespace bitprism {

/// Writes a report in one format: a component of kind `reporter`. Every text of the model is
/// untrusted and escaped.
class Reporter
{
public:
    using Interface = Reporter;
    static constexpr Kind kind = Kind::reporter;
    virtual ~Reporter() = default;

    virtual void write(const ReportModel &report, io::ByteSink &sink) const = 0;
};

/// Writes a report to a file atomically and gives its size in bytes. `format` is a reporter's id.
std::int64_t writeReport(const ReportModel &report, std::string_view format,
                         const std::filesystem::path &output);

} // namespace bitprism
