// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/parameters.h"

#include <nlohmann/json.hpp>

#include <string>

namespace bitprism {

/// Options of the job `export`: writes the quantized checkpoint of the run `runId`.
///
///     {"format": "safetensors",      // or {"id": "safetensors", "dtype": "bf16"}
///      "output": "/abs/folder",      // must not exist yet, or be empty
///      "overwrite": false}           // a file (gguf) may be replaced
///
/// Publishes one ExportSummary.
struct ExportJobOptions
{
    Json format = "safetensors";
    std::string output;
    bool overwrite = false;
    bool dryRun = false;

    void visit(ParamVisitor &v)
    {
        v.json("format", format,
               {BITPRISM_TR("Job", "Format"),
                BITPRISM_TR("Job", "An exporter's id, or an object with parameters.")});
        v.path("output", output,
               {BITPRISM_TR("Job", "Folder"), BITPRISM_TR("Job", "Folder to write.")});
        v.flag("overwrite", overwrite,
               {BITPRISM_TR("Job", "Replace"),
                BITPRISM_TR("Job", "A file that is there is replaced; a folder never is.")});
        v.flag("dry_run", dryRun,
               {BITPRISM_TR("Job", "Dry run"),
                BITPRISM_TR("Job", "Says how many bytes it would write, and writes nothing.")});
    }
};

} // namespace bitprism
