// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/report/reporter.h"

#include <nlohmann/json.hpp>

namespace bitprism {

namespace {

Json parsed(const std::string &text)
{
    const Json json = Json::parse(text, nullptr, false);
    return json.is_discarded() ? Json() : json;
}

template <typename T> Json resultJson(const std::shared_ptr<const T> &result)
{
    return result ? result->toJson() : Json();
}

Json runJson(const ReportRun &run)
{
    const store::RunRecord &record = run.record;
    Json json{{"id", record.id},
              {"name", record.name},
              {"kind", record.kind},
              {"experiment", record.experiment},
              {"status", store::statusName(record.status)},
              {"failure", record.failure},
              {"created", record.created},
              {"finished", record.finished},
              {"blocks_done", record.blocksDone},
              {"blocks", record.blocks},
              {"model_path", record.modelPath},
              {"model_fingerprint", record.modelHash},
              {"model", run.model.toJson()},
              {"command", run.command},
              {"recipe", parsed(record.recipe)},
              {"request", parsed(record.request)},
              {"environment", parsed(record.environment)},
              {"summary", resultJson(run.summary)},
              {"sensitivity", resultJson(run.sensitivity)},
              {"outliers", resultJson(run.outliers)},
              {"what_if", run.whatIf.layers.empty() ? Json() : parsed(keptText(run.whatIf))},
              {"interactions", resultJson(run.interactions)},
              {"allocation", resultJson(run.allocation)},
              {"evaluations", Json::array()}};
    for (const auto &evaluation : run.evaluations) {
        json["evaluations"].push_back(evaluation->toJson());
    }
    return json;
}

/// Everything a report knows as one document, for programs.
class JsonReporter final : public Reporter
{
public:
    using Params = NoParams;
    static ComponentInfo info()
    {
        return {Kind::reporter, "json", BITPRISM_TR("Component", "JSON"), "RFC 8259", {}};
    }
    explicit JsonReporter(const Params &) { }

    void write(const ReportModel &model, io::ByteSink &sink) const override
    {
        Json json{{"title", model.title},
                  {"created", model.created},
                  {"version", model.version},
                  {"store", model.storeFile},
                  {"runs", Json::array()},
                  {"comparison", model.comparison.toJson()},
                  {"calibration_sets", Json::array()}};
        for (const ReportRun &run : model.runs) {
            json["runs"].push_back(runJson(run));
        }
        for (const CalibrationSets &sets : model.calibrationSets) {
            json["calibration_sets"].push_back(toJson(sets));
        }
        sink.write(json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n");
    }
};

} // namespace

BITPRISM_EXPORT_COMPONENT(reporter, json, JsonReporter);

} // namespace bitprism
