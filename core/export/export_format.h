// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/job_context.h"
#include "core/export/export_subject.h"
#include "core/io/checkpoint_format.h"

#include <filesystem>
#include <string>
#include <vector>

namespace bitprism {

/// A layout of checkpoints that is written too: what every component of kind `exporter` is.
class ExportFormat : public io::CheckpointFormat
{
public:
    /// Whether write() makes a file; else it fills a folder.
    virtual bool isFile() const { return false; }
    /// Writes to `output`: a new file, complete or not at all, or an empty folder that the caller
    /// makes final. Throws BadInput, naming the tensor, for what the format cannot hold.
    virtual void write(const ExportSubject &subject, const std::filesystem::path &output,
                       JobContext &context) const = 0;
    /// What the readers of the result will lack, a phrase each.
    virtual std::vector<std::string> notes(const ExportSubject & /*subject*/) const { return {}; }
    /// Bytes of what write() will make of the subject, to the byte; throws what it throws, as far
    /// as no value need be read. Asked before a run with the outlines of its codes: what will not
    /// fit is refused then, naming the layer and the nearest thing that would do.
    virtual std::int64_t predictedBytes(const ExportSubject &subject) const = 0;
};

} // namespace bitprism
