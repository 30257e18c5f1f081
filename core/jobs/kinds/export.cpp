// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/export/exporter.h"
#include "core/jobs/job.h"
#include "core/jobs/opened_model.h"
#include "core/jobs/options/export_options.h"
#include "core/jobs/run_subject.h"
#include "core/results/generation.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

/// Writes the quantized checkpoint of a run. See options/export_options.h.
class Export final : public Job
{
public:
    using Params = ExportJobOptions;
    static ComponentInfo info()
    {
        return {Kind::job,
                "export",
                BITPRISM_TR("Job", "Export a run"),
                "writes a checkpoint for other programs",
                {}};
    }
    explicit Export(const Params &options)
        : m_options(options)
    {
    }

    void run(JobRun &run) const override
    {
        if (m_options.output.empty()) {
            throw Error(ErrorCode::BadInput,
                        BITPRISM_TR("Error", "No folder to export to was given."));
        }
        const QuantizedSubject subject = openQuantized(run.request());
        const auto summary = std::make_shared<ExportSummary>();
        const ModelTransforms &transforms = subject.plan->transforms();
        const RunSubject exported(*subject.transformed, *subject.codes, transforms.online(),
                                  transforms.untiesHead());
        const std::filesystem::path output
            = exportPath(m_options.format, exported,
                         std::filesystem::absolute(m_options.output).lexically_normal());
        summary->output = output.string();
        const ExportTarget target
            = m_options.overwrite ? ExportTarget::Replaced : ExportTarget::New;
        if (m_options.dryRun) { // else exportTo() finds out
            requireExportTarget(m_options.format, exported, output, target);
        }
        summary->bytes = m_options.dryRun
            ? predictedExportBytes(m_options.format, exported)
            : exportTo(m_options.format, exported, output, run, target);
        summary->notes = exportNotes(m_options.format, exported);
        summary->format = exportFormatId(m_options.format);
        run.publish(summary);
    }

private:
    Params m_options;
};

} // namespace

BITPRISM_EXPORT_COMPONENT(job, export, Export);

} // namespace bitprism
