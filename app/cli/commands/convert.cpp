// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/command.h"
#include "app/cli/interrupts.h"
#include "app/cli/job_options.h"
#include "app/cli/output_file.h"
#include "app/cli/progress_bar.h"
#include "core/base/parallel.h"
#include "core/export/exporter.h"
#include "core/families/locate_model.h"

#include <nlohmann/json.hpp>

#include <chrono>
#include <mutex>
#include <sys/resource.h>
#include <thread>

namespace bitprism::cli {

namespace {

/// Shows what the conversion does and lets Ctrl-C end it, on a thread of its own.
class ConversionContext final : public JobContext
{
public:
    ConversionContext(const Output &output, const std::stop_source &stop)
        : JobContext(0, stop.get_token())
        , m_bar(output.isQuiet())
        , m_watcher([this, stop](const std::stop_token &ended) { watch(ended, stop); })
    {
    }
    ~ConversionContext() override
    {
        m_watcher.request_stop();
        m_watcher.join();
        m_bar.clear();
    }

    void stage(std::string_view text) override
    {
        const std::lock_guard lock(m_mutex);
        m_progress.stage = text;
    }
    void progress(double done, double total) override
    {
        const std::lock_guard lock(m_mutex);
        m_progress.fraction = total > 0 ? done / total : 0;
    }

private:
    void watch(const std::stop_token &ended, const std::stop_source &stop)
    {
        constexpr std::chrono::milliseconds pause{100};
        while (!ended.stop_requested()) {
            std::this_thread::sleep_for(pause);
            if (interruptRequested()) {
                stop.request_stop();
            }
            const std::lock_guard lock(m_mutex);
            m_bar.draw(m_progress, stop.stop_requested());
        }
    }

    std::mutex m_mutex;
    JobProgress m_progress;
    ProgressBar m_bar;
    std::jthread m_watcher;
};

/// The key that --type sets.
std::string typeKey(const std::string &format)
{
    return format == "gguf" ? "type" : format == "safetensors" ? "dtype" : "";
}

Json formatRequest(const Arguments &arguments)
{
    const std::string format = *arguments.text("format");
    Registry::instance().require(Kind::exporter, format, "--format");
    Json request = settingsObject(parsedSettings(arguments, {"exporter"}), "exporter");
    request["id"] = format;
    if (const auto type = arguments.text("type")) {
        if (typeKey(format).empty()) {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error",
                                    "--type has no meaning for %1, which takes the codes as they "
                                    "are; leave it out."),
                        format);
        }
        request[typeKey(format)] = *type;
    }
    if (const auto search = arguments.text("search")) {
        if (format != "gguf") {
            throw Error(ErrorCode::BadUsage,
                        BITPRISM_TR("Error", "--search is of gguf's blocks; leave it out."));
        }
        request["search"] = *search;
    }
    if (const auto imatrix = arguments.text("imatrix")) {
        request["imatrix"] = dataFile(*imatrix);
    }
    return request;
}

std::int64_t peakResidentBytes()
{
    struct rusage usage = {};
    return ::getrusage(RUSAGE_SELF, &usage) == 0 ? std::int64_t{usage.ru_maxrss} * 1024 : 0;
}

int convertCommand(const Invocation &invocation)
{
    const Arguments &arguments = invocation.arguments;
    if (invocation.global.threads > 0) {
        setThreadCount(invocation.global.threads);
    }
    const Json request = formatRequest(arguments);
    const auto start = std::chrono::steady_clock::now();
    const CheckpointSubject subject(locateModel(arguments.positional("MODEL")),
                                    /*keepsCodes=*/!arguments.has("type"));
    const std::filesystem::path output = exportPath(
        request, subject, std::filesystem::absolute(*arguments.text("output")).lexically_normal());
    refuseStore(invocation, output);
    const bool isDryRun = arguments.has("dry-run");
    takeInterrupts();
    std::int64_t bytes = 0;
    std::vector<std::string> notes = exportNotes(request, subject);
    if (!subject.info().problem.empty()) {
        notes.push_back(subject.info().problem);
    }
    {
        const std::stop_source stop;
        ConversionContext context(invocation.output, stop);
        const ExportTarget target
            = arguments.has("overwrite") ? ExportTarget::Replaced : ExportTarget::New;
        if (isDryRun) { // else exportTo() finds out
            requireExportTarget(request, subject, output, target);
        }
        bytes = isDryRun ? predictedExportBytes(request, subject)
                         : exportTo(request, subject, output, context, target);
    }
    const double seconds
        = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    const std::string done = isDryRun ? " would be written" : ", " + shownSeconds(seconds);
    invocation.output.print({{"output", output.string()},
                             {"format", *arguments.text("format")},
                             {"bytes", bytes},
                             {"seconds", seconds},
                             {"notes", notes},
                             {"peak_rss_bytes", peakResidentBytes()}},
                            output.string() + " (" + exactBytes(bytes) + done + ")\n"
                                + shownNotes(notes));
    return 0;
}

} // namespace

BITPRISM_COMMAND(convert){
    "convert",
    "Write a checkpoint in another format, file to file",
    {{"MODEL", "Checkpoint folder, GGUF file, sample, or organisation/name"}},
    {{"format", "gguf|safetensors|compressed-tensors|gptq|awq",
      "What to write: gguf, safetensors, or a format that holds the model's codes", true},
     {"type", "TYPE",
      "Element or block type. gguf: f32, f16, bf16, q8_0, q4_0, q4_1, q5_0, q5_1, q2_k, q3_k, "
      "q4_k, q5_k, q6_k, iq4_nl; safetensors: f32, f16, bf16; default: as the source"},
     {"output", "PATH",
      "Folder to write; for gguf a file, or a folder for a file named after the model", true},
     {"search", "best|direct",
      "Scales of q8_0, q4_0, q4_1, q5_0, q5_1: direct, from the extremes of each block as "
      "llama.cpp makes them (default), or best, the least error at twice the time; the other "
      "types are always searched"},
     {"imatrix", "FILE", "Importance matrix of llama.cpp, for gguf"},
     {"set", "KEY=VALUE", "Parameter of the format: exporter.head_type=q8_0", false, true},
     {"overwrite", "", "Replace a GGUF file that is there; folders are never replaced"},
     {"dry-run", "", "Say how many bytes it would write, to the byte, and write nothing"}},
    &convertCommand};

} // namespace bitprism::cli
