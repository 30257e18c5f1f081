// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/component.h"
#include "core/report/report_model.h"

#include <string_view>

namespace bitprism {

/// Where a document goes.
class ByteSink
{
public:
    virtual ~ByteSink() = default;
    virtual void write(std::string_view bytes) = 0;
};

class StringSink final : public ByteSink
{
public:
    void write(std::string_view bytes) override { m_text += bytes; }
    const std::string &text() const { return m_text; }

private:
    std::string m_text;
};

/// Writes a report in one format: a component of kind `reporter`. Every text of the model is
/// untrusted and escaped.
class Reporter
{
public:
    using Interface = Reporter;
    static constexpr Kind kind = Kind::reporter;
    virtual ~Reporter() = default;

    virtual void write(const ReportModel &report, ByteSink &sink) const = 0;
};

/// Writes a report to a file atomically and gives its size in bytes. `format` is a reporter's id.
std::int64_t writeReport(const ReportModel &report, std::string_view format,
                         const std::filesystem::path &output);

} // namespace bitprism
