// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <nlohmann/json.hpp>

#include <string>

namespace bitprism {

/// Options of the job `bench`: runs one benchmark.
///
///     {"name": "gptq", "parameters": {"rows": 1024}}
///
/// Publishes one BenchResult; persists nothing.
struct BenchJobOptions
{
    std::string name;
    Json parameters = Json::object();

    void visit(ParamVisitor &v)
    {
        v.text("name", name,
               {BITPRISM_TR("Job", "Benchmark"), BITPRISM_TR("Job", "Which part is measured.")});
        v.json("parameters", parameters,
               {BITPRISM_TR("Job", "Parameters"), BITPRISM_TR("Job", "The sizes of its work.")});
    }
};

} // namespace bitprism
