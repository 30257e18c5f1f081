// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <nlohmann/json.hpp>

#include <string>

namespace bitprism {

/// Where statistics come from; part of the options of the jobs that calibrate.
///
///     "data": "/abs/file.txt",
///     "calibration": {"sampler": "random-windows", "samples": 16, "length": 512}
///
/// `calibration` takes the keys of a recipe's "calibration": the sampler's id and its parameters.
struct CalibrationOptions
{
    std::string data;
    Json calibration = Json::object();

    void visit(ParamVisitor &v)
    {
        v.path("data", data,
               {BITPRISM_TR("Job", "Calibration data"),
                BITPRISM_TR("Job", "File that the calibration samples are drawn from.")});
        v.json("calibration", calibration,
               {BITPRISM_TR("Job", "Sampler"),
                BITPRISM_TR("Job", "The sampler's id, under \"sampler\", and its parameters.")});
    }
};

} // namespace bitprism
