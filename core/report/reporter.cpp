// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/reporter.h"

#include "core/io/atomic_file.h"

#include <nlohmann/json.hpp>

namespace bitprism {

std::int64_t writeReport(const ReportModel &report, std::string_view format,
                         const std::filesystem::path &output)
{
    const auto reporter = create<Reporter>(format, Json::object(), "--format");
    io::AtomicFile file(output);
    reporter->write(report, file);
    file.commit();
    return static_cast<std::int64_t>(file.size());
}

} // namespace bitprism
